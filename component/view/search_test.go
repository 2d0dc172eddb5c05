package view

import (
	"strconv"
	"strings"
	"testing"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

func TestTheLineAboveTheHits(t *testing.T) {
	one, two := []*protocol.Message{of(1, "a")}, []*protocol.Message{of(2, "b"), of(1, "a")}
	for _, tc := range []struct {
		name  string
		words string
		found *client.Found
		want  string
	}{
		{"nothing looked for", "", nil, said.Say(text.SearchAdvice)},
		{"not begun", "a", nil, "Searching…"},
		{"under way", "a", &client.Found{Words: "a", Loading: true}, "Searching…"},
		{"nothing", "a", &client.Found{Words: "a"}, "Nothing found"},
		{"one", "a", &client.Found{Words: "a", Messages: one}, "1 message found"},
		{"two", "a", &client.Found{Words: "a", Messages: two}, "2 messages found"},
		{"more", "a", &client.Found{Words: "a", Messages: two, More: true}, "2+ messages found"},
		{"more on the way", "a", &client.Found{Words: "a", Messages: two, More: true, Loading: true}, "2+ messages found"},
		{"failed", "a", &client.Found{Words: "a", Failed: true}, said.Say(text.SearchFailed)},
		{"more failed", "a", &client.Found{Words: "a", Messages: two, More: true, Failed: true}, said.Say(text.SearchFailed)},
	} {
		s := search{open: true, words: tc.words, found: tc.found}
		if got := s.says(said); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	if closed := (&search{}); closed.says(said) != "" {
		t.Error("a closed search has a line")
	}
}

func TestASearchShowsTheLastAnswerUntilTheNext(t *testing.T) {
	messages := []*protocol.Message{of(1, "a")}
	var s search
	for _, step := range []struct {
		name    string
		found   *client.Found
		changed bool
		shown   string // the words whose answer is shown
	}{
		{"nothing", nil, false, ""},
		{"the first words", &client.Found{Words: "a", Loading: true}, true, "a"},
		{"still", &client.Found{Words: "a", Loading: true}, false, "a"},
		{"their answer", &client.Found{Words: "a", Messages: messages}, true, "a"},
		{"the same", &client.Found{Words: "a", Messages: messages}, false, "a"},
		{"other words", &client.Found{Words: "ab", Loading: true}, false, "a"},
		{"their answer", &client.Found{Words: "ab"}, true, "ab"},
		{"more words", &client.Found{Words: "abc", Loading: true}, false, "ab"},
		{"no answer", &client.Found{Words: "abc", Failed: true}, true, "abc"},
		{"again", &client.Found{Words: "abc", Loading: true}, true, "abc"},
		{"an edited message", &client.Found{Words: "abc", Messages: []*protocol.Message{of(1, "b")}}, true, "abc"},
		{"the end", nil, true, ""},
	} {
		if changed := s.take(step.found); changed != step.changed {
			t.Errorf("%s: changed %v", step.name, changed)
		}
		shown := ""
		if s.found != nil {
			shown = s.found.Words
		}
		if shown != step.shown {
			t.Errorf("%s: shows the answer to %q, want %q", step.name, shown, step.shown)
		}
	}
}

func TestHits(t *testing.T) {
	found := client.Found{Words: "nine", Messages: []*protocol.Message{
		{ID: "a", Seq: 7, Sender: protocol.User{ID: "u", Name: "Ada"}, CreatedAt: 5000, Text: "At\n*nine*."},
		{ID: "b", Seq: 6, Sender: protocol.User{ID: "u"}, DeletedAt: 1},
	}}
	hits := hitsOf(&found, said, func(at int64) string { return strconv.FormatInt(at, 10) })
	if h := hits[0]; h.id != "a" || h.seq != 7 || h.sender != "Ada" || h.when != "5" || shownOf(h.pieces) != "At [nine]." {
		t.Errorf("%+v", h)
	}
	if h := hits[1]; h.sender != said.NameOf(protocol.User{ID: "u"}) || shownOf(h.pieces) != said.Say(text.Deleted) {
		t.Errorf("%+v", h)
	}
}

// shownOf returns the pieces as a text, with matches in brackets.
func shownOf(pieces []markup.Piece) string {
	var shown strings.Builder
	for _, p := range pieces {
		if p.Kind == markup.PieceMark {
			p.Text = "[" + p.Text + "]"
		}
		shown.WriteString(p.Text)
	}
	return shown.String()
}
