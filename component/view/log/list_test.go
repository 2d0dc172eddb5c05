package log

import (
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
)

func TestEveryStateHasItsWord(t *testing.T) {
	for _, state := range []client.ItemState{client.ItemWaiting, client.ItemSending, client.ItemSent, client.ItemFailed} {
		if word, icon := stateSigns(state); text.For("en", nil).Say(word) == "" || icon == "" {
			t.Errorf("the state %s has no text or no icon", state)
		}
	}
}
