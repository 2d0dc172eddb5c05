package view

import (
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

func TestPeople(t *testing.T) {
	for _, tc := range []struct {
		snap client.Snapshot
		want string
	}{
		{client.Snapshot{Status: client.StatusLive}, ""},
		{client.Snapshot{Status: client.StatusLive, Members: 1}, "1 person here"},
		{client.Snapshot{Status: client.StatusLive, Members: 12}, "12 people here"},
		{client.Snapshot{Status: client.StatusReconnecting, Members: 12}, ""}, // the number may be out of date
	} {
		if got := peopleOf(&tc.snap, said); got != tc.want {
			t.Errorf("%s, %d: %q, want %q", tc.snap.Status, tc.snap.Members, got, tc.want)
		}
	}
}

// TestNobodyIsCalledByAnID checks that no id is shown for a user without a name. An id may be a mail address.
func TestNobodyIsCalledByAnID(t *testing.T) {
	const id = "ada.lovelace@mail.example"
	for _, lang := range []string{"en", "de", "fr", "ar"} {
		texts := text.For(lang, nil)
		m := &protocol.Message{ID: "m", Seq: 1, Rev: 1, Sender: protocol.User{ID: id}, Text: "hi"}
		hits := hitsOf(&client.Found{Messages: []*protocol.Message{m}}, texts, func(int64) string { return "" })
		var a announcer
		a.observe(&client.Snapshot{Status: client.StatusLive, Loaded: true})
		a.observe(&client.Snapshot{Status: client.StatusLive, Loaded: true, Messages: []*protocol.Message{m}})
		shown := []string{hits[0].sender, a.speak(time.Time{}, texts)}
		for _, text := range shown {
			if strings.Contains(text, id) {
				t.Errorf("%s: %q contains the id", lang, text)
			}
		}
	}
}
