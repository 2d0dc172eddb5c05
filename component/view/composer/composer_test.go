package composer

import (
	"strings"
	"testing"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// said holds the texts of these tests.
var said = text.For("en", nil)

func live(messages ...*protocol.Message) client.Snapshot {
	return client.Snapshot{
		Status: client.StatusLive, Loaded: true, Me: protocol.User{ID: "me"}, Messages: messages,
	}
}

func of(seq int64, text string) *protocol.Message {
	return &protocol.Message{Seq: seq, Sender: protocol.User{ID: "ben", Name: "Ben"}, Text: text}
}

// textOf returns pieces as a text.
func textOf(pieces []markup.Piece) (written string) {
	for _, p := range pieces {
		written += p.Text
	}
	return written
}

func TestWriting(t *testing.T) {
	users := []protocol.User{{ID: "ada", Name: "Ada"}, {ID: "u_2"}, {ID: "cy", Name: "Cy"}}
	for n, want := range []string{"", "Ada is writing…", "Ada and Guest 473 are writing…", "Several people are writing…"} {
		if got := textOf(writingOf(users[:n], said)); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// TestNobodyWritingIsCalledByAnID checks that no id is shown for a user without a name. An id may be a mail address.
func TestNobodyWritingIsCalledByAnID(t *testing.T) {
	const id = "ada.lovelace@mail.example"
	for _, lang := range []string{"en", "de", "fr", "ar"} {
		if got := textOf(writingOf([]protocol.User{{ID: id}}, text.For(lang, nil))); strings.Contains(got, id) {
			t.Errorf("%s: %q contains the id", lang, got)
		}
	}
}
