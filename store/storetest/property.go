package storetest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/hub"
)

// testModel does random things to the store and to the model, and wants the
// same from both.
func testModel(h *harness) {
	round := 0
	rapid.Check(h.T, func(t *rapid.T) {
		round++
		now := start
		rooms := []string{fmt.Sprintf("room-%d-0", round), fmt.Sprintf("room-%d-1", round)}
		user := rapid.SampledFrom([]string{"", ada.ID, bob.ID, "u_3", "u_4"})
		t.Repeat(map[string]func(*rapid.T){
			"commit": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(-3, 5).Draw(t, "µs")) * time.Microsecond)
				h.pair.commit(t, now, rapid.SliceOfN(drawOp(rooms), 1, 8).Draw(t, "ops"))
			},
			"reopen": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "seldom") == 0 {
					h.reopen()
				}
			},
			"page": func(t *rapid.T) {
				q := hub.Query{
					Kind:  rapid.SampledFrom(kinds).Draw(t, "kind"),
					At:    rapid.Int64Range(-1, 30).Draw(t, "at"),
					Limit: rapid.IntRange(1, 12).Draw(t, "limit"),
					Words: rapid.SampledFrom([]string{"a", "b", "a b", "ab", ""}).Draw(t, "words"),
				}
				if q.Kind == hub.QueryAround && rapid.Bool().Draw(t, "by id") {
					q.ID = id(rapid.IntRange(1, 12).Draw(t, "id"))
				}
				h.pair.page(t, rapid.SampledFrom(rooms).Draw(t, "room"), user.Draw(t, "user"), q)
			},
			"directory": func(t *rapid.T) {
				h.pair.rooms(t, user.Draw(t, "user"), func(room string) bool { return room == rooms[0] || room == rooms[1] })
				h.pair.members(t, rapid.SampledFrom(rooms).Draw(t, "room"))
			},
		})
	})
}

// drawOp draws from few ids, texts and senders, so that many meet.
func drawOp(rooms []string) *rapid.Generator[hub.Op] {
	kinds := []hub.OpKind{
		hub.OpOpen, hub.OpSend, hub.OpSend, hub.OpSend, hub.OpEdit, hub.OpEdit, hub.OpDelete, hub.OpReact, hub.OpReact, hub.OpReact,
		hub.OpPin, hub.OpRead, hub.OpConfigure, hub.OpDrop,
	}
	return rapid.Custom(func(t *rapid.T) hub.Op {
		op := hub.Op{
			Kind:   rapid.SampledFrom(kinds).Draw(t, "kind"),
			Room:   rapid.SampledFrom(rooms).Draw(t, "room"),
			Sender: rapid.SampledFrom([]protocol.User{ada, ada, bob, {ID: bob.ID, Name: "Robert"}, {ID: "u_3"}, {ID: "u_4"}}).Draw(t, "sender"),
		}
		message := id(rapid.IntRange(1, 12).Draw(t, "id"))
		text := rapid.SampledFrom([]string{"a", "a", "b", "a b abc", ""}).Draw(t, "text")
		var encrypted *protocol.Encrypted
		if text == "" {
			encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "iv", CT: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "ct")}
		}
		switch op.Kind {
		case hub.OpSend:
			op.Send = protocol.Send{
				Room: op.Room, ID: message, Text: text, Encrypted: encrypted,
				ReplyTo: rapid.SampledFrom([]string{"", "", id(1)}).Draw(t, "reply_to"),
			}
			op.FindOnly = rapid.IntRange(0, 4).Draw(t, "find only") == 0
		case hub.OpEdit:
			op.ID, op.Text, op.Encrypted = message, text, encrypted
		case hub.OpDelete:
			op.ID, op.Any = message, rapid.Bool().Draw(t, "any")
		case hub.OpReact:
			op.ID, op.On = message, rapid.IntRange(0, 2).Draw(t, "on") > 0
			op.Emoji = fmt.Sprint("e", rapid.IntRange(0, 2).Draw(t, "emoji"))
		case hub.OpPin:
			op.ID, op.On = message, rapid.Bool().Draw(t, "on")
		case hub.OpRead:
			op.Seq = rapid.Int64Range(-1, 30).Draw(t, "seq")
		case hub.OpConfigure:
			op.Title = rapid.SampledFrom([]string{"", "Title"}).Draw(t, "title")
		case hub.OpDrop:
			if rapid.IntRange(0, 3).Draw(t, "seldom") > 0 {
				op.Kind = hub.OpOpen
			}
		}
		return op
	})
}
