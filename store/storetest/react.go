package storetest

import (
	"fmt"

	"hallway/protocol"
	"hallway/relay/rules"
)

func testReact(h *harness) {
	h.fill("lobby", 2)
	out := h.commit(
		react("lobby", 1, "u_3", "👍", true), react("lobby", 1, "u_9", "❤️", true), react("lobby", 1, "u_9", "👍", true),
		react("lobby", 1, "u_9", "👍", true), react("lobby", 1, "u_9", "🎉", false), react("lobby", 2, "u_9", "👍", false))
	h.equal("summary", out[2].Message.Reactions, []protocol.Reaction{
		{Emoji: "👍", Count: 2, Users: []string{"u_3", "u_9"}}, {Emoji: "❤️", Count: 1, Users: []string{"u_9"}},
	})
	h.equal("rev", out[2].Message.Rev, int64(5))
	h.equal("nothing of whose it is", out[2].Message.Mine, []string(nil))
	for _, again := range out[3:] {
		if again.New || again.Head != 5 {
			h.Errorf("nothing to change: %+v", again)
		}
	}
	mine := func(user string) []string {
		return h.pair.page(h, "lobby", user, rules.Query{Limit: 2}).Messages[0].Mine
	}
	h.equal("of u_9", mine("u_9"), []string{"👍", "❤️"})
	h.equal("of u_3", mine("u_3"), []string{"👍"})
	h.equal("of another", mine("u_5"), []string(nil))
	h.equal("of nobody", mine(""), []string(nil))

	out = h.commit(react("lobby", 1, "u_3", "👍", false), react("lobby", 1, "u_9", "👍", false), react("lobby", 1, "u_3", "👍", true),
		react("lobby", 1, "u_3", "👍", false), react("lobby", 1, "u_9", "❤️", false))
	h.equal("taken back", out[0].Message.Reactions, []protocol.Reaction{
		{Emoji: "👍", Count: 1, Users: []string{"u_9"}}, {Emoji: "❤️", Count: 1, Users: []string{"u_9"}},
	})
	h.equal("again, at the end", out[2].Message.Reactions, []protocol.Reaction{
		{Emoji: "❤️", Count: 1, Users: []string{"u_9"}}, {Emoji: "👍", Count: 1, Users: []string{"u_3"}},
	})
	h.equal("the last taken back", out[4].Message.Reactions, []protocol.Reaction(nil))
	h.equal("rev in the end", h.stored("lobby", 1).Rev, int64(10))
}

func testManyReactions(h *harness) {
	h.fill("lobby", 1)
	const users = protocol.ReactionUsersMax + 5
	user := func(n int) string { return fmt.Sprintf("user %d", users-n) } // not in the order of their ids
	var ops []rules.Op
	for n := range users {
		ops = append(ops, react("lobby", 1, user(n), "👍", true))
	}
	summary := h.commit(ops...)[users-1].Message.Reactions[0]
	if summary.Count != users || len(summary.Users) != protocol.ReactionUsersMax || summary.Users[0] != user(0) {
		h.Errorf("%d users: %+v", users, summary)
	}
	last := user(users - 1)
	h.equal("of the last, not named", h.pair.page(h, "lobby", last, rules.Query{Limit: 1}).Messages[0].Mine, []string{"👍"})
	h.pair.page(h, "lobby", "user of none", rules.Query{Limit: 1})
	out := h.commit(
		react("lobby", 1, last, "👍", true), react("lobby", 1, last, "👍", false), // not in the summary
		react("lobby", 1, user(3), "👍", false), react("lobby", 1, user(3), "👍", true)) // in the summary; the user becomes the last
	h.equal("twice", out[0].New, false)
	h.equal("taken back", out[1].Message.Reactions[0].Count, int64(users-1))
	named := out[2].Message.Reactions[0].Users
	h.equal("the next is named", named[protocol.ReactionUsersMax-1], user(protocol.ReactionUsersMax))
	h.pair.page(h, "lobby", last, rules.Query{Limit: 1})
	h.pair.page(h, "lobby", user(3), rules.Query{Limit: 1})
	ops = nil
	for n := range users { // until no user is left
		ops = append(ops, react("lobby", 1, user(n), "👍", false))
	}
	h.commit(ops...)
	h.equal("none is left", h.stored("lobby", 1).Reactions, []protocol.Reaction(nil))

	ops = nil
	for n := range protocol.ReactionsMax + 1 {
		ops = append(ops, react("lobby", 1, fmt.Sprint("of ", n/protocol.ReactionsNewMax), fmt.Sprint("e", n), true))
	}
	ops = append(ops, react("lobby", 1, bob.ID, "e0", true), react("lobby", 1, "of 0", "e1", false), react("lobby", 1, bob.ID, "new", true))
	out = h.commit(ops...)
	for n, o := range out {
		if want := n != protocol.ReactionsMax; o.New != want || (o.Code == protocol.CodeConflict) == want {
			h.Errorf("reaction %d: %+v", n, o)
		}
	}
	h.equal("at most", len(h.stored("lobby", 1).Reactions), protocol.ReactionsMax)
}

// testNewReactions shows that a user may bring few emoji to a message. An emoji counts while it is there, even if the
// user has taken it back and others still use it.
func testNewReactions(h *harness) {
	h.fill("lobby", 3)
	emoji := func(n int) string { return fmt.Sprint("e", n) }
	give := func(n int, user string, e int, on bool, want protocol.Code) {
		h.Helper()
		out := h.commit(react("lobby", n, user, emoji(e), on))[0]
		if out.Code != want || want != "" && (out.Why != protocol.WhyReactions || out.Reason == "") {
			h.Errorf("%s of %s, %t: %+v", emoji(e), user, on, out)
		}
	}
	for e := range protocol.ReactionsNewMax {
		give(1, "ann", e, true, "")
	}
	give(1, "ann", 9, true, protocol.CodeConflict)
	give(1, "ann", 9, false, "")
	give(1, "ann", 0, true, "")
	give(2, "ann", 9, true, "")
	give(1, "ann", 2, false, "") // nobody else has it
	give(1, "ann", 9, true, "")
	give(1, "ann", 10, true, protocol.CodeConflict)

	// Two users together bring at most twice as many.
	have := func() int { return len(h.stored("lobby", 3).Reactions) }
	two := []string{"ann", "ben"}
	for round := range 12 {
		brings, helps := two[round%2], two[(round+1)%2]
		for e := range 30 {
			h.commit(react("lobby", 3, brings, emoji(e), true), react("lobby", 3, helps, emoji(e), true), react("lobby", 3, brings, emoji(e), false))
			if round%3 == 2 {
				h.commit(react("lobby", 3, brings, emoji(e), true), react("lobby", 3, helps, emoji(e), false))
			}
		}
		if round == 6 {
			h.reopen()
		}
	}
	h.equal("different ones", have(), 2*protocol.ReactionsNewMax)
	give(3, "cat", 29, true, "")
	for e := range 30 { // taken back by all, so they no longer count
		h.commit(react("lobby", 3, "ann", emoji(e), false), react("lobby", 3, "ben", emoji(e), false))
	}
	h.equal("what is left", have(), 1)
	for e := range protocol.ReactionsNewMax {
		give(3, "ann", e, true, "")
	}
	for e := range 30 { // all users may use existing emoji
		h.commit(react("lobby", 3, "dan", emoji(e), true))
	}
	h.equal("with a third", have(), 1+2*protocol.ReactionsNewMax)
	h.equal("of the third", len(h.pair.page(h, "lobby", "dan", rules.Query{Limit: 1}).Messages[0].Mine), 1+2*protocol.ReactionsNewMax)
}
