package storetest

import (
	"hallway/protocol"
	"hallway/relay/rules"
)

// rankTests are tests of ranks, which follow the latest tokens.
var rankTests = []test{
	{"RanksFollowTokens", testRanksFollowTokens},
	{"RanksOfManyRooms", testRanksOfManyRooms},
	{"RankOfAnAct", testRankOfAnAct},
	{"StrangersAreRankedByTheirToken", testStrangers},
	{"SanctionOfThePromoted", testPromoted},
	{"RevocationsRank", testRevocationsRank},
}

var (
	oz  = protocol.User{ID: "u_o", Name: "Oz", Role: protocol.RoleOrganizer}
	mae = protocol.User{ID: "u_n", Name: "Mae", Role: protocol.RoleModerator}
)

// grants give a role in one room, or with * in all rooms.
type grants struct {
	role protocol.Role
	room string
}

func (g grants) Role(room string) (protocol.Role, bool) {
	return g.role, g.room == room || g.room == "*"
}

func (g grants) Highest() protocol.Role {
	if g.role == "" {
		return protocol.RoleParticipant
	}
	return g.role
}

// as returns a user with another role.
func as(role protocol.Role, u protocol.User) protocol.User {
	u.Role = role
	return u
}

func see(u protocol.User, role protocol.Role, room string) rules.Op {
	return rules.Op{Sender: u, Do: rules.See{Grants: grants{role, room}}}
}

// roleOf returns a member's listed role in the lobby.
func (h *harness) roleOf(user string) protocol.Role {
	h.Helper()
	for _, m := range h.members(h, "lobby") {
		if m.User.ID == user {
			return m.User.Role
		}
	}
	return ""
}

// testRanksFollowTokens shows that a member has the rank of the latest token, whatever op brought it.
func testRanksFollowTokens(h *harness) {
	h.commit(by(moe, open("lobby")), by(oz, open("lobby")), by(oz, open("stage")))
	sanctions := []protocol.Act{protocol.ActMute, protocol.ActUnmute, protocol.ActBan, protocol.ActUnban, protocol.ActClear}
	try := func(what string, want protocol.Code) {
		h.Helper()
		for _, act := range sanctions {
			h.equal(what+": "+string(act), h.commit(by(moe, moderate(act, oz.ID, 0)))[0].Code, want)
		}
	}
	try("as joined", protocol.CodeForbidden)
	for _, c := range []struct {
		what string
		op   rules.Op
		role protocol.Role
	}{
		{"a demoted member", see(oz, protocol.RoleParticipant, "*"), protocol.RoleParticipant},
		{"promoted again", see(oz, protocol.RoleOrganizer, "lobby"), protocol.RoleOrganizer},
		{"by a token for another room", see(oz, protocol.RoleParticipant, "stage"), protocol.RoleOrganizer},
		{"demoted to an equal", see(oz, protocol.RoleModerator, "lobby"), protocol.RoleModerator},
		{"demoted by a join", by(as(protocol.RoleParticipant, oz), open("lobby")), protocol.RoleParticipant},
		{"promoted by a join", by(oz, open("lobby")), protocol.RoleOrganizer},
	} {
		if out := h.commit(c.op)[0]; out.Code != "" || out.More {
			h.Errorf("%s: %+v", c.what, out)
		}
		h.equal(c.what, h.roleOf(oz.ID), c.role)
		want := protocol.CodeForbidden
		if c.role == protocol.RoleParticipant {
			want = ""
		}
		try(c.what, want)
		h.reopen()
		h.equal(c.what+", later", h.roleOf(oz.ID), c.role)
		try(c.what+", later", want)
	}
	h.equal("the same token again", h.commit(see(oz, protocol.RoleOrganizer, "lobby"), see(oz, protocol.RoleOrganizer, "lobby"))[1].New, false)
	low := as(protocol.RoleParticipant, oz)
	h.commit(see(oz, protocol.RoleOrganizer, "stage"))
	out := h.commit(see(low, protocol.RoleParticipant, "lobby"), see(low, protocol.RoleParticipant, "*"), see(oz, protocol.RoleModerator, "lobby"))
	h.equal("no rank is left", []bool{out[0].Ranked, out[1].Ranked, out[2].Ranked}, []bool{true, false, true})
	h.equal("nobody's", h.commit(see(bob, protocol.RoleOrganizer, "*"))[0].Code, protocol.Code(""))
	h.equal("and no member", h.roleOf(bob.ID), protocol.Role(""))
	h.pair.moderation(h, "lobby", "", 0, 100)
}

func testRanksOfManyRooms(h *harness) {
	const rooms = 230
	var ops []rules.Op
	for i := range rooms {
		ops = append(ops, by(oz, open("room-"+id(i))))
	}
	h.commit(ops...)
	op := see(oz, protocol.RoleParticipant, "*")
	h.equal("the first part", h.commit(op)[0].More, true)
	for _, store := range []rules.Store{h.store, h.pair.model} {
		op := op
		for more, parts := true, 0; more; parts++ {
			out, err := store.Commit(h.now, []rules.Op{op})
			if err != nil || parts == rooms {
				h.Fatalf("part %d: %+v, %v", parts, out, err)
			}
			seen := out[0].Result.(rules.Seen)
			more, op = seen.More, with(op, func(do *rules.See) { do.After = seen.Next })
		}
	}
	for i := range rooms {
		members, err := h.store.Members(h.Context(), "room-"+id(i), rules.Part{})
		if err != nil || len(members) != 1 || members[0].User.Role != protocol.RoleParticipant {
			h.Fatalf("room %d: %+v, %v", i, members, err)
		}
	}
}

// ranked returns an act with the user's rank.
func ranked(op rules.Op, rank protocol.Role) rules.Op {
	return with(op, func(do *rules.Moderate) { do.Rank = rank })
}

// testRankOfAnAct shows that the rank in an act counts, and that the member has that rank from then on.
func testRankOfAnAct(h *harness) {
	h.commit(by(moe, open("lobby")), by(oz, open("lobby")), by(bob, open("lobby")))
	act := by(moe, moderate(protocol.ActMute, oz.ID, 0))
	act = ranked(act, protocol.RoleParticipant)
	h.equal("demoted", h.commit(act)[0].Code, protocol.Code(""))
	h.equal("whom", h.roleOf(oz.ID), protocol.RoleParticipant)
	for _, a := range protocol.Acts {
		act := ranked(by(moe, moderate(a, bob.ID, 0)), protocol.RoleOrganizer)
		h.equal("promoted: "+string(a), h.commit(act)[0].Code, protocol.CodeForbidden)
	}
	h.equal("refused, and yet seen", h.roleOf(bob.ID), protocol.RoleOrganizer)
	joins := by(as(protocol.RoleParticipant, bob), open("lobby"))
	joins.Do = rules.Open{Rank: protocol.RoleModerator}
	h.commit(joins)
	h.equal("joined with a token older than the last", h.roleOf(bob.ID), protocol.RoleModerator)
}

// testStrangers shows that an act against a user who never came does not hold if the user comes with a higher role than
// the moderator's.
func testStrangers(h *harness) {
	h.commit(by(ada, open("lobby")), send("lobby", 1, "Ada's"), send("lobby", 2, "Ada's"))
	roles := []protocol.User{bob, moe, ada}
	n := 100
	first := map[string]rules.Op{
		"join": open("lobby"), "send": send("lobby", 10, "hi"), "react": react("lobby", 1, "", "👍", true), "edit": edit("lobby", 10, "x"),
		"pin": pin("lobby", 1, true), "report": report(1),
	}
	for _, maker := range []protocol.User{moe, ada} {
		for _, comes := range roles {
			for _, act := range []protocol.Act{protocol.ActBan, protocol.ActMute} {
				for name, op := range first {
					who := comes
					who.ID = string(act) + " of " + string(comes.Role) + " by " + string(maker.Role) + ", " + name
					maker.ID = "maker"
					h.commit(by(maker, moderate(act, who.ID, 0)))
					_, _, before := h.pair.moderation(h, "lobby", "", 0, 5)
					op.Sender = who
					if n++; name == "send" {
						op = with(op, func(do *rules.Send) { do.ID = id(n) })
					}
					out := h.commit(op)[0]
					holds := maker.Role.AtLeast(comes.Role)
					bars := holds && (act == protocol.ActBan || name == "send" || name == "react" || name == "edit")
					if (out.Why != "") != bars {
						h.Errorf("%s: %+v", who.ID, out)
					}
					h.equal(who.ID+": void", out.Void, !holds && act == protocol.ActBan)
					_, _, after := h.pair.moderation(h, "lobby", "", 0, 5)
					audited := false
					for _, e := range after {
						audited = audited || e.N > before[0].N && e.Act == "void" && e.User == who.ID && e.By.ID == who.ID
					}
					h.equal(who.ID+": audited", audited, !holds)
					low := by(as(protocol.RoleParticipant, who), open("lobby"))
					h.equal(who.ID+": later, with a lower token", h.commit(low)[0].Code == "", !holds || act == protocol.ActMute)
				}
			}
		}
	}
	// A look-up changes nothing.
	h.commit(by(moe, moderate(protocol.ActBan, oz.ID, 0)))
	h.equal("looked up", h.commit(find(by(oz, send("lobby", 99, ""))))[0].Void, false)
	bans, err := h.store.Bans(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	h.equal("in force up to", bans[rules.Ban{Room: "lobby", User: oz.ID}], rules.BanTerms{UpTo: protocol.RoleModerator})
	h.reopen()
	h.equal("after a restart", h.commit(by(oz, open("lobby")))[0].Void, true)
}

// testPromoted shows that a sanction of a member holds after the member's promotion, until a user with at least the
// maker's role lifts it.
func testPromoted(h *harness) {
	for _, c := range []struct {
		maker, lifts protocol.User
		may          bool
	}{{moe, mae, true}, {moe, ada, true}, {ada, mae, false}, {ada, oz, true}, {moe, bob, false}} {
		for _, act := range []protocol.Act{protocol.ActBan, protocol.ActMute} {
			u := protocol.User{ID: "p " + string(act) + c.maker.ID + c.lifts.ID, Role: protocol.RoleParticipant}
			h.commit(by(u, open("lobby")), by(c.maker, moderate(act, u.ID, 0)))
			u.Role = protocol.RoleOrganizer
			out := h.commit(see(u, u.Role, "*"), by(u, send("lobby", 50, "promoted")))
			h.equal(u.ID+": holds", out[1].Code, protocol.CodeForbidden)
			end := map[protocol.Act]protocol.Act{protocol.ActBan: protocol.ActUnban, protocol.ActMute: protocol.ActUnmute}[act]
			h.equal(u.ID+": by themself", h.commit(by(u, moderate(end, u.ID, 0)))[0].Code, protocol.CodeForbidden)
			h.reopen()
			out = h.commit(by(c.lifts, moderate(end, u.ID, 0)), by(c.lifts, moderate(end, u.ID, 0)), by(u, open("lobby")))
			h.equal(u.ID+": lifted", out[0].New, c.may)
			h.equal(u.ID+": nothing is left to lift", out[1].Code, protocol.CodeForbidden)
			h.equal(u.ID+": free", out[2].Code == "" && out[2].Sanction == nil, c.may)
		}
	}
}

// testRevocationsRank shows that the highest ranks in any room decide who may revoke whose tokens.
func testRevocationsRank(h *harness) {
	for i, c := range []struct {
		by   protocol.Role
		last rules.Op
		rank protocol.Role // the rank in the op
		want protocol.Code
	}{
		{protocol.RoleOrganizer, rules.Op{}, "", ""},
		{protocol.RoleOrganizer, see(bob, protocol.RoleModerator, "*"), "", ""},
		{protocol.RoleOrganizer, see(bob, protocol.RoleOrganizer, "*"), "", protocol.CodeForbidden},
		{protocol.RoleOrganizer, see(bob, protocol.RoleOrganizer, "stage"), "", protocol.CodeForbidden},
		{protocol.RoleOrganizer, see(bob, protocol.RoleParticipant, "stage"), "", ""},
		{protocol.RoleOrganizer, see(bob, protocol.RoleParticipant, "stage"), protocol.RoleOrganizer, protocol.CodeForbidden},
		{protocol.RoleOrganizer, see(bob, protocol.RoleOrganizer, "stage"), protocol.RoleParticipant, ""},
		{protocol.RoleModerator, see(bob, protocol.RoleModerator, "stage"), "", protocol.CodeForbidden},
	} {
		if c.last.Do != nil {
			h.commit(c.last)
		}
		h.reopen()
		for _, on := range []bool{true, false} {
			op := by(as(c.by, ada), revoke(bob.ID, on))
			op = with(op, func(do *rules.Revoke) { do.Rank = c.rank })
			if out := h.commit(op)[0]; out.Code != c.want {
				h.Errorf("case %d, %t: %+v", i, on, out)
			}
		}
	}
}
