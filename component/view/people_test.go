package view

import (
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

func TestWriting(t *testing.T) {
	users := []protocol.User{{ID: "ada", Name: "Ada"}, {ID: "u_2"}, {ID: "cy", Name: "Cy"}}
	for n, want := range []string{"", "Ada is writing…", "Ada and Guest 473 are writing…", "Several people are writing…"} {
		got := ""
		for _, p := range writingOf(users[:n], said) {
			got += p.text
		}
		if got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestPeople(t *testing.T) {
	for _, tc := range []struct {
		snap client.Snapshot
		want string
	}{
		{client.Snapshot{Status: client.StatusLive}, ""},
		{client.Snapshot{Status: client.StatusLive, Members: 1}, "1 person here"},
		{client.Snapshot{Status: client.StatusLive, Members: 12}, "12 people here"},
		{client.Snapshot{Status: client.StatusReconnecting, Members: 12}, ""}, // it may be long ago
	} {
		if got := peopleOf(&tc.snap, said); got != tc.want {
			t.Errorf("%s, %d: %q, want %q", tc.snap.Status, tc.snap.Members, got, tc.want)
		}
	}
}
