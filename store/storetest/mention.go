package storetest

import (
	"fmt"

	"hallway/protocol"
	"hallway/relay/rules"
)

var mentionTests = []test{
	{"MentionsAreContent", testMentionsAreContent},
	{"MentionOfAll", testMentionOfAll},
	{"UnreadMentions", testUnreadMentions},
	{"UnreadMentionsInABatch", testUnreadMentionsInBatch},
	{"MentionsOfAnErasedUser", testMentionsOfAnErasedUser},
	{"ManyMentions", testManyMentions},
}

// mention makes a send or an edit mention users; "" stands for everybody.
func mention(op rules.Op, users ...string) rules.Op {
	mentions := make([]protocol.Mention, len(users))
	for i, user := range users {
		mentions[i] = protocol.Mention{At: int64(i), Len: 1, User: user, All: user == ""}
	}
	if _, edits := op.Do.(rules.Edit); edits {
		return with(op, func(do *rules.Edit) { do.Mentions = mentions })
	}
	return with(op, func(do *rules.Send) { do.Mentions = mentions })
}

func testMentionsAreContent(h *harness) {
	to := func(users ...string) rules.Op { return mention(send("lobby", 1, "text"), users...) }
	out := h.commit(to(bob.ID, "u_3"))[0]
	h.equal("mentions", out.Message.Mentions, []protocol.Mention{{Len: 1, User: bob.ID}, {At: 1, Len: 1, User: "u_3"}})
	h.equal("mentions on a page", h.stored("lobby", 1).Mentions, out.Message.Mentions)
	for _, other := range []rules.Op{to(), to(bob.ID), to("u_3", bob.ID), to(bob.ID, ""), with(to(bob.ID, "u_3"), func(do *rules.Send) { do.Mentions[1].Len = 2 })} {
		if out := h.commit(other)[0]; out.Code != protocol.CodeConflict {
			h.Errorf("sent again with other mentions: %+v", out)
		}
	}
	if out := h.commit(to(bob.ID, "u_3"))[0]; out.Code != "" || out.New {
		h.Errorf("sent again: %+v", out)
	}
	for _, c := range []struct {
		op      rules.Op
		changes bool
	}{
		{mention(edit("lobby", 1, "text"), bob.ID, "u_3"), false},
		{mention(edit("lobby", 1, "text"), bob.ID), true}, // other mentions in the same text
		{mention(edit("lobby", 1, "text"), ""), true},
		{edit("lobby", 1, "text"), true},
		{edit("lobby", 1, "text"), false},
		{mention(edit("lobby", 1, "text"), bob.ID), true},
		{remove("lobby", 1), true},
	} {
		out := h.commit(c.op)[0]
		if out.Code != "" || out.New != c.changes {
			h.Errorf("%+v: %+v", c.op, out)
		}
		h.equal("mentions on a page", h.stored("lobby", 1).Mentions, out.Message.Mentions)
	}
}

func testMentionOfAll(h *harness) {
	for i, role := range []protocol.Role{protocol.RoleParticipant, protocol.RoleModerator, protocol.RoleOrganizer} {
		u := protocol.User{ID: fmt.Sprint("u_", i), Role: role}
		want := protocol.CodeForbidden
		if role != protocol.RoleParticipant {
			want = ""
		}
		outs := h.commit(by(u, send("lobby", 2*i, "a")), by(u, mention(send("lobby", 2*i+1, "a"), "")), by(u, mention(edit("lobby", 2*i, "a"), "u_9", "")))
		if outs[0].Code != "" || outs[1].Code != want || outs[2].Code != want {
			h.Errorf("%s: %+v", role, outs)
		}
	}
	// A Send with a stored id is answered, even if its sender has a lower role now.
	demoted := protocol.User{ID: "u_2", Role: protocol.RoleParticipant}
	if out := h.commit(by(demoted, mention(send("lobby", 5, "a"), "")))[0]; out.Code != "" || out.New {
		h.Errorf("sent again in a lower role: %+v", out)
	}
}

// mentionsOf returns a user's number of unread mentions, as a join and a list of rooms report it.
func (h *harness) mentionsOf(user string) int64 {
	h.Helper()
	joined := h.commit(by(protocol.User{ID: user, Role: protocol.RoleParticipant}, open("lobby")))[0].Mentions
	rooms := h.rooms(h, user, func(room string) bool { return room == "lobby" })
	if len(rooms) != 1 || rooms[0].Mentions != joined {
		h.Fatalf("%d unread mentions of %s by a join, and the rooms %+v", joined, user, rooms)
	}
	return joined
}

func (h *harness) wantMentions(what string, want map[string]int64) {
	h.Helper()
	for user, n := range want {
		if got := h.mentionsOf(user); got != n {
			h.Errorf("%s: %d unread mentions of %s, want %d", what, got, user, n)
		}
	}
}

func testUnreadMentions(h *harness) {
	h.commit(open("lobby"), by(bob, open("lobby")), send("lobby", 1, "to nobody"))
	h.wantMentions("none", map[string]int64{ada.ID: 0, bob.ID: 0, "u_3": 0})
	h.commit(
		mention(send("lobby", 2, "to two, one of them twice"), bob.ID, "u_3", bob.ID),
		mention(send("lobby", 3, "to all and one"), "", bob.ID),
		mention(send("lobby", 4, "to herself"), ada.ID),
		by(bob, mention(send("lobby", 5, "to Ada"), ada.ID)),
	)
	h.wantMentions("all", map[string]int64{ada.ID: 1, bob.ID: 2, "u_3": 2, "u_4": 1})
	h.reopen()
	h.wantMentions("reopened", map[string]int64{ada.ID: 1, bob.ID: 2, "u_3": 2, "u_4": 1})
	h.commit(by(bob, rules.Op{Room: "lobby", Do: rules.Read{Seq: 2}}))
	h.wantMentions("one is read", map[string]int64{bob.ID: 1, "u_3": 2})
	h.commit(mention(edit("lobby", 2, "to another"), "u_4"), mention(edit("lobby", 1, "to Bob, who has read it"), bob.ID))
	h.wantMentions("edited", map[string]int64{bob.ID: 1, "u_3": 1, "u_4": 2})
	h.commit(react("lobby", 3, bob.ID, "👍", true), pin("lobby", 3, true))
	h.wantMentions("reacted to", map[string]int64{bob.ID: 1, "u_3": 1, "u_4": 2})
	h.commit(remove("lobby", 3))
	h.wantMentions("deleted", map[string]int64{bob.ID: 0, "u_3": 0, "u_4": 1})
	h.commit(rules.Op{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActClear, User: ada.ID}}, rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}}, send("lobby", 2, "a"))
	h.wantMentions("another life", map[string]int64{"u_4": 0})
}

// testUnreadMentionsInBatch shows that a join counts the changes of earlier ops in its batch, but not those of later
// ones.
func testUnreadMentionsInBatch(h *harness) {
	join := by(bob, open("lobby"))
	h.commit(mention(send("lobby", 1, "a"), bob.ID), mention(send("lobby", 2, "a"), bob.ID), join)
	outs := h.commit(
		join,
		mention(send("lobby", 3, "a"), bob.ID), join,
		remove("lobby", 1), join,
		edit("lobby", 2, "b"), join,
		mention(edit("lobby", 2, "b"), ""), join,
		by(bob, rules.Op{Room: "lobby", Do: rules.Read{Seq: 2}}), join,
		with(join, func(do *rules.Open) { do.Read = 3 }), join,
		mention(send("lobby", 4, "a"), bob.ID), remove("lobby", 4), join,
		mention(send("lobby", 5, "a"), bob.ID),
	)
	var got []int64
	for _, out := range outs {
		if out.Settings.Archived || out.Message.ID != "" || out.Code != "" {
			continue
		}
		got = append(got, out.Mentions)
	}
	// The Read returns no mentions.
	h.equal("mentions by joins", got, []int64{2, 3, 2, 1, 2, 0, 1, 0, 1, 1})
	h.wantMentions("after the batch", map[string]int64{bob.ID: 2})
}

func testMentionsOfAnErasedUser(h *harness) {
	h.commit(by(bob, open("lobby")), mention(send("lobby", 1, "a"), bob.ID, "u_3"), send("lobby", 2, "b"))
	out := h.commit(rules.Op{Room: "lobby", Do: rules.Erase{User: bob.ID, Pseudonym: "erased-1", Seqs: []int64{1, 2}}})[0]
	if len(out.Messages) != 1 || out.Messages[0].Rev != 3 {
		h.Fatalf("erased %+v", out)
	}
	h.equal("mentions", h.stored("lobby", 1).Mentions, []protocol.Mention{{Len: 1, User: "erased-1"}, {At: 1, Len: 1, User: "u_3"}})
	h.wantMentions("erased", map[string]int64{bob.ID: 0, "u_3": 1})
}

func testManyMentions(h *harness) {
	const batch = 1000
	for from := 0; from < rules.UnreadMax+batch; from += batch {
		ops := make([]rules.Op, batch)
		for i := range ops {
			ops[i] = mention(send("lobby", from+i+1, "a"), []string{bob.ID, ""}[i%2])
		}
		h.commit(ops...)
	}
	h.wantMentions("many", map[string]int64{bob.ID: rules.UnreadMax, "u_3": (rules.UnreadMax + batch) / 2})
}
