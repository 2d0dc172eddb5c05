package view

import (
	"strconv"
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

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
