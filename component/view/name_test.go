package view

import (
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

func TestShownNames(t *testing.T) {
	long := strings.Repeat("n", 1000)
	for name, want := range map[string]string{
		"Ada":                 "Ada",
		" Ada\r\nLovelace\t":  "Ada Lovelace",
		"Ada\u202egnirts":     "Adagnirts",
		"\u2066Ada\u2069":     "Ada",
		"Ad\u200ba":           "Ada",
		"Ada\x00\x1b[31m":     "Ada [31m",
		"می\u200cنا":          "می\u200cنا",
		"👩\u200d🔬":            "👩\u200d🔬",
		"":                    "",
		" \u200b\u3164\u2800": "",
		long:                  long[:nameBytesMax] + "…",
	} {
		if got := shownName(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

// A user without a name is called by a word of the chat's language and a number, never by an
// id: that may be a mail address.
func TestUsersWithoutANameAreGuests(t *testing.T) {
	const id = "ada.lovelace@mail.example"
	for _, l := range languages {
		texts := textsFor(l.tag, nil)
		seen := make(map[string]bool)
		for _, name := range []string{"", "\n", "\u200b"} {
			called := texts.nameOf(protocol.User{ID: id, Name: name})
			if strings.Contains(called, id) || len(strings.Fields(called)) != 2 || called != texts.called(id, "") {
				t.Errorf("%s: %q", l.tag, called)
			}
		}
		for _, other := range []string{"u_1", "u_2", "u_3"} {
			seen[texts.nameOf(protocol.User{ID: other})] = true
		}
		if len(seen) != 3 {
			t.Errorf("%s: guests are %v", l.tag, seen)
		}
		m := &protocol.Message{ID: "m", Seq: 1, Rev: 1, Sender: protocol.User{ID: id}, Text: "hi"}
		r := storedRow(m, "me")
		hits := hitsOf(&client.Found{Messages: []*protocol.Message{m}}, texts, func(int64) string { return "" })
		var a announcer
		a.observe(&client.Snapshot{Status: client.StatusLive, Loaded: true})
		a.observe(&client.Snapshot{Status: client.StatusLive, Loaded: true, Messages: []*protocol.Message{m}})
		said := []string{texts.senderOf(&r), hits[0].sender, a.speak(time.Time{}, texts)}
		for _, p := range writingOf([]protocol.User{m.Sender}, texts) {
			said = append(said, p.text)
		}
		for _, text := range said {
			if strings.Contains(text, id) {
				t.Errorf("%s: %q has the id", l.tag, text)
			}
		}
	}
	if own := (&row{own: true, senderID: id}); said.senderOf(own) != "You" {
		t.Errorf("oneself is %q", said.senderOf(own))
	}
}
