package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/rules"
)

// testModel carries out random ops, and compares the store with the model.
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
				q := rules.Query{
					Kind:  rapid.SampledFrom(kinds).Draw(t, "kind"),
					At:    rapid.Int64Range(-1, 30).Draw(t, "at"),
					Limit: rapid.IntRange(1, 12).Draw(t, "limit"),
					Words: rapid.SampledFrom([]string{"a", "b", "a b", "ab", ""}).Draw(t, "words"),
				}
				if q.Kind == rules.QueryAround && rapid.Bool().Draw(t, "by id") {
					q.ID = id(rapid.IntRange(1, 12).Draw(t, "id"))
				}
				h.pair.page(t, rapid.SampledFrom(rooms).Draw(t, "room"), user.Draw(t, "user"), q)
			},
			"directory": func(t *rapid.T) {
				h.pair.rooms(t, user.Draw(t, "user"), func(room string) bool { return room == rooms[0] || room == rooms[1] })
				h.pair.members(t, rapid.SampledFrom(rooms).Draw(t, "room"))
				state := rapid.SampledFrom([]protocol.ReportState{"", protocol.ReportOpen, protocol.ReportResolved}).Draw(t, "state")
				before := rapid.Int64Range(0, 30).Draw(t, "before")
				h.pair.moderation(t, rapid.SampledFrom(rooms).Draw(t, "room"), state, before, rapid.IntRange(1, 20).Draw(t, "limit"))
			},
		})
	})
}

// drawOp draws from few ids, texts and senders, so that many collide.
func drawOp(rooms []string) *rapid.Generator[rules.Op] {
	draws := []func(*rapid.T) rules.Action{
		drawOpen, drawSend, drawSend, drawSend, drawEdit, drawEdit, drawDelete, drawReact, drawReact, drawReact,
		drawPin, drawRead, drawConfigure, drawDrop,
		drawAdjust, drawModerate, drawModerate, drawModerate, drawReport, drawResolve, drawRevoke, drawErase, drawSee,
	}
	return rapid.Custom(func(t *rapid.T) rules.Op {
		op := rules.Op{
			Room:   rapid.SampledFrom(rooms).Draw(t, "room"),
			Sender: rapid.SampledFrom([]protocol.User{ada, ada, bob, {ID: bob.ID, Name: "Robert"}, {ID: "u_3", Role: protocol.RoleModerator}, {ID: "u_4"}}).Draw(t, "sender"),
			Do:     rapid.SampledFrom(draws).Draw(t, "kind")(t),
		}
		switch do := op.Do.(type) {
		case rules.Send:
			do.Room = op.Room
			op.Do = do
		case rules.See:
			if g := do.Grants.(grants); g.room != "*" {
				op.Do = rules.See{Grants: grants{g.role, op.Room}}
			}
			op.Room = ""
		case rules.Revoke, rules.Forget:
			op.Room = ""
		}
		return op
	})
}

func drawID(t *rapid.T) string { return id(rapid.IntRange(1, 12).Draw(t, "id")) }

// drawContent draws a text or an encrypted one.
func drawContent(t *rapid.T) (text string, encrypted *protocol.Encrypted) {
	if text = rapid.SampledFrom([]string{"a", "a", "b", "a b abc", ""}).Draw(t, "text"); text == "" {
		encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "iv", CT: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "ct")}
	}
	return text, encrypted
}

func drawUser(t *rapid.T) string {
	return rapid.SampledFrom([]string{ada.ID, bob.ID, bob.ID, "u_3", "u_4", "u_5"}).Draw(t, "user")
}

func drawReason(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "a reason"}).Draw(t, "note")
}

func drawOpen(t *rapid.T) rules.Action {
	return rules.Open{Rank: drawRank(t), Read: rapid.Int64Range(0, 9).Draw(t, "read")}
}

func drawSend(t *rapid.T) rules.Action {
	do := rules.Send{FindOnly: rapid.IntRange(0, 4).Draw(t, "find only") == 0}
	do.ID, do.ReplyTo = drawID(t), rapid.SampledFrom([]string{"", "", id(1)}).Draw(t, "reply_to")
	do.Text, do.Encrypted = drawContent(t)
	do.Mentions = drawMentions(t, do.Text)
	return do
}

// drawMentions draws mentions, usually none; an encrypted text has none.
func drawMentions(t *rapid.T, text string) (mentions []protocol.Mention) {
	for at := range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "mentions") * min(1, len(text)) {
		user := rapid.SampledFrom([]string{"", ada.ID, bob.ID, "u_3", "u_5"}).Draw(t, "mentioned")
		mentions = append(mentions, protocol.Mention{At: int64(at), Len: 1, User: user, All: user == ""})
	}
	return mentions
}

func drawEdit(t *rapid.T) rules.Action {
	do := rules.Edit{ID: drawID(t)}
	do.Text, do.Encrypted = drawContent(t)
	do.Mentions = drawMentions(t, do.Text)
	return do
}

func drawDelete(t *rapid.T) rules.Action {
	return rules.Delete{ID: drawID(t), Any: rapid.Bool().Draw(t, "any")}
}

func drawReact(t *rapid.T) rules.Action {
	return rules.React{
		ID: drawID(t), On: rapid.IntRange(0, 2).Draw(t, "on") > 0,
		Emoji: fmt.Sprint("e", rapid.IntRange(0, 5).Draw(t, "emoji")),
	}
}

func drawPin(t *rapid.T) rules.Action {
	return rules.Pin{ID: drawID(t), On: rapid.Bool().Draw(t, "on")}
}

func drawRead(t *rapid.T) rules.Action {
	return rules.Read{Seq: rapid.Int64Range(-1, 30).Draw(t, "seq")}
}

func drawConfigure(t *rapid.T) rules.Action {
	return rules.Configure{
		Title:    rapid.SampledFrom([]string{"", "Title"}).Draw(t, "title"),
		Settings: rapid.SampledFrom([]string{"", "", `{"archived":true}`, `{ "x": 1 }`}).Draw(t, "settings"),
	}
}

func drawDrop(t *rapid.T) rules.Action {
	if rapid.IntRange(0, 3).Draw(t, "seldom") > 0 {
		return rules.Open{}
	}
	return rules.Drop{}
}

func drawAdjust(t *rapid.T) rules.Action {
	return rules.Adjust{Adjust: protocol.Adjust{
		SlowModeS: rapid.SampledFrom([]*int64{nil, new(int64), ptr[int64](1)}).Draw(t, "slow mode"),
		Frozen:    rapid.SampledFrom([]*bool{nil, new(bool), new(bool), ptr(true)}).Draw(t, "frozen"),
	}}
}

func drawModerate(t *rapid.T) rules.Action {
	do := rules.Moderate{
		Act: rapid.SampledFrom(protocol.Acts[:]).Draw(t, "act"), User: drawUser(t), Reason: drawReason(t), Rank: drawRank(t),
		Until: rapid.SampledFrom([]protocol.Time{0, protocol.TimeOf(start) + 10, protocol.TimeOf(start) + 40}).Draw(t, "until"),
	}
	do.Again = do.Act == protocol.ActClear && rapid.Bool().Draw(t, "again")
	return do
}

func drawReport(t *rapid.T) rules.Action {
	return rules.Report{ID: drawID(t), Reason: drawReason(t)}
}

func drawResolve(t *rapid.T) rules.Action {
	return rules.Resolve{
		N:     rapid.Int64Range(1, 8).Draw(t, "report"),
		State: rapid.SampledFrom([]protocol.ReportState{protocol.ReportResolved, protocol.ReportDismissed}).Draw(t, "state"),
	}
}

func drawRevoke(t *rapid.T) rules.Action {
	return rules.Revoke{User: drawUser(t), On: rapid.Bool().Draw(t, "on"), Rank: drawRank(t)}
}

func drawErase(t *rapid.T) rules.Action {
	user := drawUser(t)
	if rapid.IntRange(0, 2).Draw(t, "the rest") == 0 {
		return rules.Forget{User: user, Pseudonym: fmt.Sprint("erased-", pseudonyms.Add(1))}
	}
	seqs := rapid.SliceOfN(rapid.Int64Range(1, 12), 1, 12).Draw(t, "seqs")
	return rules.Erase{User: user, Pseudonym: "erased-" + user, Seqs: slices.Compact(slices.Sorted(slices.Values(seqs)))}
}

func drawSee(t *rapid.T) rules.Action {
	g := grants{cmp.Or(drawRank(t), protocol.RoleParticipant), ""}
	if rapid.Bool().Draw(t, "all rooms") {
		g.room = "*"
	}
	return rules.See{Grants: g}
}

// drawRank draws a rank, usually an unknown one.
func drawRank(t *rapid.T) protocol.Role {
	return rapid.SampledFrom([]protocol.Role{"", "", "", protocol.RoleParticipant, protocol.RoleModerator, protocol.RoleOrganizer}).Draw(t, "rank")
}

func ptr[T any](v T) *T { return &v }
