package storetest

import (
	"cmp"
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
				h.pair.commit(t, now, rapid.SliceOfN(drawOp(rooms, !h.kind.Unmoderated), 1, 8).Draw(t, "ops"))
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
				if !h.kind.Unmoderated {
					state := rapid.SampledFrom([]protocol.ReportState{"", protocol.ReportOpen, protocol.ReportResolved}).Draw(t, "state")
					before := rapid.Int64Range(0, 30).Draw(t, "before")
					h.pair.moderation(t, rapid.SampledFrom(rooms).Draw(t, "room"), state, before, rapid.IntRange(1, 20).Draw(t, "limit"))
				}
			},
		})
	})
}

// drawOp draws from few ids, texts and senders, so that many meet.
func drawOp(rooms []string, moderated bool) *rapid.Generator[hub.Op] {
	kinds := []hub.OpKind{
		hub.OpOpen, hub.OpSend, hub.OpSend, hub.OpSend, hub.OpEdit, hub.OpEdit, hub.OpDelete, hub.OpReact, hub.OpReact, hub.OpReact,
		hub.OpPin, hub.OpRead, hub.OpConfigure, hub.OpDrop,
	}
	if moderated {
		kinds = append(kinds, hub.OpAdjust, hub.OpModerate, hub.OpModerate, hub.OpModerate, hub.OpReport, hub.OpResolve, hub.OpRevoke, hub.OpErase, hub.OpSee)
	}
	return rapid.Custom(func(t *rapid.T) hub.Op {
		op := hub.Op{
			Kind:   rapid.SampledFrom(kinds).Draw(t, "kind"),
			Room:   rapid.SampledFrom(rooms).Draw(t, "room"),
			Sender: rapid.SampledFrom([]protocol.User{ada, ada, bob, {ID: bob.ID, Name: "Robert"}, {ID: "u_3", Role: protocol.RoleModerator}, {ID: "u_4"}}).Draw(t, "sender"),
		}
		message := id(rapid.IntRange(1, 12).Draw(t, "id"))
		text := rapid.SampledFrom([]string{"a", "a", "b", "a b abc", ""}).Draw(t, "text")
		var encrypted *protocol.Encrypted
		if text == "" {
			encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "iv", CT: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "ct")}
		}
		if op.Kind == hub.OpOpen && moderated {
			op.Rank = drawRank(t)
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
			op.Emoji = fmt.Sprint("e", rapid.IntRange(0, 5).Draw(t, "emoji"))
		case hub.OpPin:
			op.ID, op.On = message, rapid.Bool().Draw(t, "on")
		case hub.OpRead:
			op.Seq = rapid.Int64Range(-1, 30).Draw(t, "seq")
		case hub.OpConfigure:
			op.Title = rapid.SampledFrom([]string{"", "Title"}).Draw(t, "title")
			if moderated {
				op.Settings = rapid.SampledFrom([]string{"", "", `{"archived":true}`, `{ "x": 1 }`}).Draw(t, "settings")
			}
		case hub.OpDrop:
			if rapid.IntRange(0, 3).Draw(t, "seldom") > 0 {
				op.Kind = hub.OpOpen
			}
		default:
			drawModeration(t, &op, message)
		}
		return op
	})
}

func drawModeration(t *rapid.T, op *hub.Op, message string) {
	op.User = rapid.SampledFrom([]string{ada.ID, bob.ID, bob.ID, "u_3", "u_4", "u_5"}).Draw(t, "user")
	op.Note = rapid.SampledFrom([]string{"", "a reason"}).Draw(t, "note")
	switch op.Kind {
	case hub.OpAdjust:
		op.Adjust.SlowModeS = rapid.SampledFrom([]*int64{nil, new(int64), ptr[int64](1)}).Draw(t, "slow mode")
		op.Adjust.Frozen = rapid.SampledFrom([]*bool{nil, new(bool), new(bool), ptr(true)}).Draw(t, "frozen")
	case hub.OpSee:
		op.Room, op.Grants = "", grants{cmp.Or(drawRank(t), protocol.RoleParticipant), op.Room}
		if rapid.Bool().Draw(t, "all rooms") {
			op.Grants = grants{op.Grants.Highest(), "*"}
		}
	case hub.OpModerate:
		op.Rank = drawRank(t)
		op.Act = rapid.SampledFrom(protocol.Acts[:]).Draw(t, "act")
		op.Until = rapid.SampledFrom([]protocol.Time{0, protocol.TimeOf(start) + 10, protocol.TimeOf(start) + 40}).Draw(t, "until")
		op.Again = op.Act == protocol.ActClear && rapid.Bool().Draw(t, "again")
	case hub.OpReport:
		op.ID = message
	case hub.OpResolve:
		op.Report = rapid.Int64Range(1, 8).Draw(t, "report")
		op.State = rapid.SampledFrom([]protocol.ReportState{protocol.ReportResolved, protocol.ReportDismissed}).Draw(t, "state")
	case hub.OpRevoke:
		op.Room, op.On, op.Rank = "", rapid.Bool().Draw(t, "on"), drawRank(t)
	case hub.OpErase:
		drawErase(t, op)
	}
}

// drawRank draws a rank, in most cases one that is not known.
func drawRank(t *rapid.T) protocol.Role {
	return rapid.SampledFrom([]protocol.Role{"", "", "", protocol.RoleParticipant, protocol.RoleModerator, protocol.RoleOrganizer}).Draw(t, "rank")
}

func ptr[T any](v T) *T { return &v }
