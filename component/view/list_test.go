package view

import (
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
)

func TestEveryStateHasItsWord(t *testing.T) {
	for _, state := range []client.ItemState{client.ItemWaiting, client.ItemSending, client.ItemSent, client.ItemFailed} {
		if text.For("en", nil).Say(stateWords[state]) == "" || stateIcons[state] == "" {
			t.Errorf("the state %s has no text or no icon", state)
		}
	}
}
