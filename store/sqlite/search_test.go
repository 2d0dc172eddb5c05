package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/word"
)

// FuzzSearch checks that every query is taken as words, never as a query language, and that every text is found by its
// own words.
func FuzzSearch(f *testing.F) {
	for _, seed := range [][2]string{
		{"Doors open at nine", "doors ni"},
		{"Größe Ελλάδα 北京 ni\u0308ne", "grosse ελλ"},
		{"a OR b", `"unbalanced`}, {"text:x -y ^z", "text:x AND (NOT y"}, {"{}[]()*", "NEAR/3 * \"\""},
		{"'; DROP TABLE search; --", "' OR 1=1 --"}, {"٣ ½ ² Ⅻ", "٣"}, {"a\u0301\u0489", "\u0301"},
		{"\u1e9e ﬁ İ", "ß fi i"}, {"x\u200dy", "x y"}, {"𝒜𝔸", "𝒜"}, {"a\x00b", "\xff"},
	} {
		f.Add(seed[0], seed[1])
	}
	s := mustOpen(f, filepath.Join(f.TempDir(), "hallway.db"))
	sent := 0
	find := func(t *testing.T, words string) []protocol.Message {
		page, err := s.Page(context.Background(), "lobby", "", rules.Query{Kind: rules.QuerySearch, Words: words, Limit: 1})
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		return page.Messages
	}
	f.Fuzz(func(t *testing.T, text, words string) {
		find(t, words)
		body, err := json.Marshal(map[string]string{"id": fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", sent+1), "text": text})
		if err != nil {
			t.Fatal(err)
		}
		send, err := protocol.DecodeSend(body, "lobby", protocol.Limits{TextBytes: 300, FrameBytes: protocol.FrameBytesMax})
		if err != nil {
			return // no message has that text
		}
		sent++
		if _, err := s.Commit(now, []rules.Op{{Room: "lobby", Sender: ada, Do: rules.Send{Send: send}}}); err != nil {
			t.Fatal(err)
		}
		settle(t, s)
		find(t, words)
		if expression(word.Parse(send.Text)) == "" {
			return // it has no words, or too many
		}
		if found := find(t, send.Text); len(found) != 1 || found[0].Text != send.Text {
			t.Fatalf("%q is not found by its own words: %+v", send.Text, found)
		}
	})
}
