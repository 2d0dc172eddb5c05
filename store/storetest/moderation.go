package storetest

import (
	"encoding/json"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// moderationTests are tests of ops about a room's people and its rules.
var moderationTests = []test{
	{"Barred", testBarred},
	{"SlowMode", testSlowMode},
	{"Adjust", testAdjust},
	{"ModerateIsForThoseAbove", testModerate},
	{"SanctionsEnd", testSanctionsEnd},
	{"Clear", testClear},
	{"Erase", testErase},
	{"Reports", testReports},
	{"Audit", testAudit},
	{"Revocations", testRevocations},
	{"DropEndsModeration", testDropModerated},
}

var moe = protocol.User{ID: "u_m", Name: "Moe", Role: protocol.RoleModerator}

// moderate returns Ada's act about a user in the lobby.
func moderate(act protocol.Act, user string, until protocol.Time) rules.Op {
	return rules.Op{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: act, User: user, Until: until, Reason: "off topic"}}
}

func adjust(slow int64, frozen bool) rules.Op {
	return rules.Op{Room: "lobby", Sender: ada, Do: rules.Adjust{Adjust: protocol.Adjust{SlowModeS: &slow, Frozen: &frozen}}}
}

func configure(settings string) rules.Op {
	return rules.Op{Room: "lobby", Sender: ada, Do: rules.Configure{Settings: settings}}
}

func report(n int) rules.Op {
	return rules.Op{Room: "lobby", Sender: bob, Do: rules.Report{ID: id(n), Reason: "rude"}}
}

func resolve(n int64, state protocol.ReportState) rules.Op {
	return rules.Op{Room: "lobby", Sender: moe, Do: rules.Resolve{N: n, State: state}}
}

func revoke(user string, on bool) rules.Op {
	return rules.Op{Sender: ada, Do: rules.Revoke{User: user, On: on}}
}

// everything returns all ops of a participant; message n is the participant's, message m is new.
func everything(u protocol.User, n, m int) []rules.Op {
	ops := []rules.Op{
		open("lobby"), send("lobby", m, "new"), edit("lobby", n, "edited"), react("lobby", 1, u.ID, "👍", true), remove("lobby", n),
		{Room: "lobby", Do: rules.Read{Seq: 1}}, report(1), pin("lobby", 1, true),
	}
	for i := range ops {
		ops[i].Sender = u
	}
	return ops
}

// testBarred tries all ops in each state of a room and a user.
func testBarred(h *harness) {
	h.commit(send("lobby", 1, "Ada's"), by(bob, open("lobby")))
	all := []string{"open", "send", "edit", "react", "delete", "read", "report", "pin"}
	writes := []string{"send", "edit", "react"}
	cases := []struct {
		name   string
		before []rules.Op
		who    protocol.User
		barred []string
		why    protocol.Why
		after  []rules.Op
	}{
		{"nothing", nil, bob, nil, "", nil},
		{"muted", []rules.Op{moderate(protocol.ActMute, bob.ID, 0)}, bob, writes, protocol.WhyMuted, []rules.Op{moderate(protocol.ActUnmute, bob.ID, 0)}},
		{"banned", []rules.Op{moderate(protocol.ActBan, bob.ID, 0)}, bob, all, protocol.WhyBanned, []rules.Op{moderate(protocol.ActUnban, bob.ID, 0)}},
		{"another banned", []rules.Op{moderate(protocol.ActBan, "u_9", 0)}, bob, nil, "", nil},
		{"frozen", []rules.Op{adjust(0, true)}, bob, writes, protocol.WhyFrozen, nil},
		{"frozen, a moderator", nil, moe, writes, protocol.WhyFrozen, nil},
		{"frozen, an organizer", nil, ada, nil, "", []rules.Op{adjust(0, false)}},
		{"archived", []rules.Op{configure(`{"archived":true}`)}, bob, writes, protocol.WhyArchived, nil},
		{"archived, an organizer", nil, ada, writes, protocol.WhyArchived, []rules.Op{configure("")}},
		{"nothing any more", nil, bob, nil, "", nil},
	}
	for i, c := range cases {
		h.commit(by(c.who, send("lobby", 100+2*i, "stored before")))
	}
	for i, c := range cases {
		mine := 100 + 2*i
		h.commit(c.before...)
		barred := map[string]bool{}
		for _, name := range c.barred {
			barred[name] = true
		}
		head := h.page("lobby", rules.Query{Limit: 1}).Head
		for i, out := range h.commit(everything(c.who, mine, mine+1)...) {
			if (out.Code == protocol.CodeForbidden && out.Why == c.why && c.why != "") != barred[all[i]] {
				h.Errorf("%s: %s: %+v", c.name, all[i], out)
			}
			if barred[all[i]] && out.Reason == "" {
				h.Errorf("%s: %s: no reason", c.name, all[i])
			}
		}
		if len(c.barred) == len(all) {
			h.equal(c.name+": the head", h.page("lobby", rules.Query{Limit: 1}).Head, head)
		}
		stored := by(c.who, send("lobby", mine, "stored before"))
		if out := h.commit(stored)[0]; out.Code != "" || out.New {
			h.Errorf("%s: what was stored before, sent again: %+v", c.name, out)
		}
		h.reopen()
		h.commit(c.after...)
	}
	testBannedModerator(h)
}

// testBannedModerator shows that a banned moderator may not moderate, and that a banned organizer still may.
func testBannedModerator(h *harness) {
	h.commit(moderate(protocol.ActBan, moe.ID, 0), by(moe, moderate(protocol.ActBan, ada.ID, 0)))
	leads := []rules.Op{moderate(protocol.ActMute, bob.ID, 0), adjust(1, false), configure(""), moderate(protocol.ActUnmute, bob.ID, 0)}
	for i, out := range h.commit(leads...) {
		h.equal(fmt.Sprintf("organizer, op %d", i), out.Code, protocol.Code(""))
	}
	for i, op := range []rules.Op{leads[0], leads[1], {Room: "lobby", Do: rules.Resolve{N: 1, State: protocol.ReportResolved}}} {
		h.equal(fmt.Sprintf("banned, op %d", i), h.commit(by(moe, op))[0].Why, protocol.WhyBanned)
	}
}

// testSanctionsEnd shows the sanctions that a join reports, before and after they end.
func testSanctionsEnd(h *harness) {
	h.commit(by(bob, open("lobby")), by(bob, send("lobby", 1, "stored")))
	until := protocol.TimeOf(h.now) + 1_000_000
	mute := h.commit(moderate(protocol.ActMute, bob.ID, until))[0]
	want := protocol.Sanction{
		User: bob, Kind: protocol.ActMute, Until: until, Reason: "off topic", At: protocol.TimeOf(h.now),
		By: protocol.User{ID: ada.ID, Name: ada.Name},
	}
	h.equal("muted", *mute.Sanction, want)
	h.equal("whom", mute.User, bob)
	h.equal("again the same", h.commit(moderate(protocol.ActMute, bob.ID, until))[0].New, false)
	h.now = h.now.Add(time.Second - time.Microsecond)
	out := h.commit(by(bob, open("lobby")), by(bob, send("lobby", 2, "not yet")))
	h.equal("joined", *out[0].Sanction, want)
	h.equal("until when", out[1].Until, until)
	h.now = h.now.Add(time.Microsecond)
	out = h.commit(by(bob, open("lobby")), by(bob, send("lobby", 2, "now")), moderate(protocol.ActUnmute, bob.ID, 0))
	h.equal("joined when it is over", out[0].Sanction == nil, true)
	h.equal("sent when it is over", out[1].New, true)
	h.equal("ended when it is over", out[2].New, false)

	forever := moderate(protocol.ActBan, "u_5", 0)
	h.commit(forever, moderate(protocol.ActMute, "u_5", 1), moderate(protocol.ActMute, bob.ID, 0), moderate(protocol.ActBan, bob.ID, 1))
	h.reopen()
	sanctions, _, _ := h.pair.moderation(h, "lobby", "", 0, 50)
	h.equal("in force", len(sanctions), 2)
	h.equal("who never joined", sanctions[1].User, protocol.User{ID: "u_5", Role: protocol.RoleParticipant})
	h.equal("elsewhere", h.commit(by(bob, send("stage", 1, "free")))[0].New, true)
}

func testSlowMode(h *harness) {
	h.commit(open("lobby"), adjust(10, false))
	out := h.commit(by(bob, send("lobby", 1, "first")), by(bob, send("lobby", 2, "too soon")), by(bob, send("lobby", 1, "first")),
		by(moe, send("lobby", 3, "a moderator")), by(moe, send("lobby", 4, "at once")), send("lobby", 5, "and an organizer"), send("lobby", 6, "too"),
		by(protocol.User{ID: "u_3", Role: protocol.RoleParticipant}, send("lobby", 7, "another")), by(bob, send("stage", 1, "elsewhere")))
	h.equal("first", out[0].New, true)
	h.equal("too soon", out[1].Code, protocol.CodeRateLimited)
	h.equal("why", out[1].Why, protocol.WhySlowMode)
	h.equal("how long", out[1].RetryAfter, 10*time.Second)
	h.equal("stored before", out[2].Message.Seq, int64(1))
	for _, o := range out[3:] {
		h.equal("not slowed", o.New, true)
	}
	h.now = h.now.Add(10*time.Second - time.Microsecond)
	h.equal("a little too soon", h.commit(by(bob, send("lobby", 2, "second")))[0].RetryAfter, time.Microsecond)
	out = h.commit(by(bob, edit("lobby", 1, "edited")), by(bob, edit("lobby", 1, "first")), by(moe, edit("lobby", 3, "at once")),
		by(bob, react("lobby", 3, "", "👍", true)), by(bob, remove("lobby", 1)))
	h.equal("an edit", out[0].RetryAfter, time.Microsecond)
	h.equal("why it waits", out[0].Why, protocol.WhySlowMode)
	h.equal("one that changes nothing", out[1].Code, protocol.CodeRateLimited)
	h.equal("a moderator's", out[2].New, true)
	h.equal("a reaction", out[3].New, true)
	h.equal("a deletion", out[4].New, true)
	h.now = h.now.Add(time.Microsecond)
	h.equal("in time", h.commit(by(bob, send("lobby", 2, "second")))[0].New, true)
	h.equal("looked for", h.commit(find(by(bob, send("lobby", 8, ""))))[0].Code,
		protocol.CodeNotFound)
	h.now = h.now.Add(10 * time.Second)
	out = h.commit(by(bob, edit("lobby", 2, "second")), by(bob, edit("lobby", 2, "edited")), by(bob, send("lobby", 8, "third")), by(bob, edit("lobby", 2, "again")))
	h.equal("an edit that changed nothing", out[0].New, false)
	h.equal("in time", out[1].New, true)
	h.equal("a send after an edit", out[2].RetryAfter, 10*time.Second)
	h.equal("an edit after an edit", out[3].RetryAfter, 10*time.Second)
	h.now = h.now.Add(-time.Hour)
	h.equal("when the clock was set back", h.commit(by(bob, send("lobby", 8, "third")))[0].New, true)
	h.now = h.now.Add(2 * time.Hour)
	out = h.commit(by(bob, send("lobby", 20, "first")), see(oz, protocol.RoleOrganizer, "*"), by(bob, send("lobby", 21, "too soon")))
	h.equal("in another part of the batch", out[2].Why, protocol.WhySlowMode)
	h.commit(adjust(0, false))
	h.equal("switched off", h.commit(by(bob, send("lobby", 9, "fourth")))[0].New, true)
}

func testAdjust(h *harness) {
	h.equal("no room", h.commit(adjust(1, false))[0].Code, protocol.CodeNotFound)
	op := configure(`{ "x": [1, 2], "frozen": false }`)
	op = with(op, func(do *rules.Configure) { do.Title = "The lobby" })
	h.commit(op)
	out := h.commit(adjust(30, true), adjust(30, true), open("lobby"))
	want := protocol.RoomSettings{SlowModeS: 30, Frozen: true}
	h.equal("adjusted", out[0].New && out[0].Settings == want, true)
	h.equal("again", out[1].New, false)
	h.equal("joined", out[2].Settings, want)
	h.reopen()
	room := h.rooms(h, ada.ID, everyRoom)[0]
	h.equal("the title stays", room.Title, "The lobby")
	h.equal("what is not known stays", room.Settings, `{ "x": [1, 2], "frozen": true ,"slow_mode_s":30}`)
	h.equal("after a restart", h.commit(open("lobby"))[0].Settings, want)
	h.commit(configure(`{"frozen":"yes","archived":true}`))
	h.equal("what is no setting counts as none", h.commit(open("lobby"))[0].Settings, protocol.RoomSettings{Archived: true})
}

// testModerate lets each role act on each role.
func testModerate(h *harness) {
	h.equal("no room", h.commit(moderate(protocol.ActMute, bob.ID, 0))[0].Code, protocol.CodeNotFound)
	people := []protocol.User{bob, moe, ada}
	for _, u := range people {
		other := u
		other.ID += "_other"
		h.commit(by(u, open("lobby")), by(other, open("lobby")))
	}
	for i, who := range people {
		for j, whom := range people {
			for _, act := range protocol.Acts {
				out := h.commit(by(who, moderate(act, whom.ID+"_other", 0)))[0]
				if forbidden := out.Code == protocol.CodeForbidden; forbidden != (j >= i) {
					h.Errorf("%s of %s by %s: %+v", act, whom.Role, who.Role, out)
				}
				if act == protocol.ActRemove && out.Code == "" {
					h.commit(by(protocol.User{ID: whom.ID + "_other", Role: whom.Role}, open("lobby")))
				}
			}
		}
		for _, act := range protocol.Acts {
			h.equal("to themself", h.commit(by(who, moderate(act, who.ID, 0)))[0].Code, protocol.CodeForbidden)
		}
		h.equal("remove of nobody", h.commit(by(who, moderate(protocol.ActRemove, "u_9", 0)))[0].Code, protocol.CodeNotFound)
	}
	h.commit(moderate(protocol.ActRemove, bob.ID, 0))
	h.reopen()
	for _, m := range h.members(h, "lobby") {
		if m.User.ID == bob.ID {
			h.Errorf("removed, and yet there")
		}
	}
}

func testClear(h *harness) {
	const n = rules.ClearMax + 50
	var ops []rules.Op
	for i := range n {
		ops = append(ops, by(bob, send("lobby", 2*i+1, "Bob's")), send("lobby", 2*i+2, "Ada's"))
	}
	h.commit(ops...)
	h.commit(react("lobby", 1, ada.ID, "👍", true), by(bob, remove("lobby", 3)))
	op := moderate(protocol.ActClear, bob.ID, 0)
	out := h.commit(op)[0]
	h.equal("the first part", len(out.Messages), rules.ClearMax)
	h.equal("there is more", out.More && out.New, true)
	h.commit(by(bob, send("lobby", 3*n, "meanwhile")))
	op = again(op)
	out = h.commit(op)[0]
	h.equal("the second part", len(out.Messages), 50)
	h.equal("the last of it", out.Messages[49].ID, id(3*n))
	h.equal("there is no more", out.More, false)
	for _, m := range out.Messages {
		h.equal("is a tombstone of Bob's", m.Deleted() && m.Sender == bob && m.Room == "lobby", true)
	}
	h.equal("once more", h.commit(op)[0].New, false)
	h.commit(by(bob, send("lobby", 4*n, "later")))
	h.equal("what came later", len(h.commit(op)[0].Messages), 1)
	h.reopen()
	h.everyPage("lobby", 50)
	_, _, audit := h.pair.moderation(h, "lobby", "", 0, 10)
	h.equal("audited", len(audit), 1)
	h.commit(send("stage", 1, "x"))
	op.Room = "stage"
	op = with(op, func(do *rules.Moderate) { do.Again = false })
	h.equal("nothing to clear", h.commit(op)[0].New, false)
	_, _, audit = h.pair.moderation(h, "stage", "", 0, 10)
	h.equal("not audited", len(audit), 0)
}

func testReports(h *harness) {
	h.equal("in no room", h.commit(report(1))[0].Code, protocol.CodeNotFound)
	h.equal("to close in no room", h.commit(resolve(1, protocol.ReportResolved))[0].Code, protocol.CodeNotFound)
	h.fill("lobby", 4)
	h.commit(remove("lobby", 4))
	out := h.commit(report(1), report(1), by(moe, report(1)), report(2), report(9), report(4))
	h.equal("reported", out[0].New && out[0].Reports == 1 && out[0].Report.State == protocol.ReportOpen, true)
	h.equal("twice", !out[1].New && out[1].Reports == 1, true)
	h.equal("the report there was", *out[1].Report, *out[0].Report)
	h.equal("open ones", out[3].Reports, int64(3))
	h.equal("no such message", out[4].Code, protocol.CodeNotFound)
	h.equal("a tombstone", out[5].Code, protocol.CodeConflict)
	h.reopen()
	h.equal("when joined", h.commit(by(moe, open("lobby")))[0].Reports, int64(3))
	first, second := out[0].Report.N, out[3].Report.N
	h.now = h.now.Add(time.Second)
	out = h.commit(resolve(first, protocol.ReportResolved), resolve(first, protocol.ReportResolved), resolve(first, protocol.ReportDismissed),
		resolve(second, protocol.ReportDismissed), resolve(99, protocol.ReportResolved), report(1))
	h.equal("closed", out[0].New && out[0].Reports == 2 && out[0].Report.ClosedBy == moe.ID, true)
	h.equal("closed at", out[0].Report.ClosedAt, protocol.TimeOf(h.now))
	h.equal("again", out[1].New, false)
	h.equal("otherwise", out[2].Code, protocol.CodeConflict)
	h.equal("dismissed", out[3].Report.State, protocol.ReportDismissed)
	h.equal("no such report", out[4].Code, protocol.CodeNotFound)
	h.equal("reported anew", out[5].New, true)
	h.commit(open("stage"))
	elsewhere := resolve(out[5].Report.N, protocol.ReportResolved)
	elsewhere.Room = "stage"
	h.equal("of another room", h.commit(elsewhere)[0].Code, protocol.CodeNotFound)
	_, all, _ := h.pair.moderation(h, "lobby", "", 0, 50)
	h.equal("all", len(all), 4)
	_, some, _ := h.pair.moderation(h, "lobby", protocol.ReportOpen, 0, 1)
	h.equal("the newest of the open", some[0].N, all[0].N)
	_, some, _ = h.pair.moderation(h, "lobby", protocol.ReportOpen, some[0].N, 5)
	h.equal("those before", len(some), 1)
}

// testAudit shows that each act is in the audit once, with its maker and its target.
func testAudit(h *harness) {
	h.commit(by(bob, open("lobby")), by(bob, send("lobby", 1, "Bob's")), by(bob, send("lobby", 2, "too")), by(bob, edit("lobby", 1, "his own")))
	others := ofAnyUser(by(moe, remove("lobby", 1)))
	var want []string
	for _, act := range []struct {
		name string
		op   rules.Op
	}{
		{"mute", moderate(protocol.ActMute, bob.ID, protocol.TimeOf(start)+1_000_000)}, {"mute", moderate(protocol.ActMute, bob.ID, 0)}, {"unmute", moderate(protocol.ActUnmute, bob.ID, 0)},
		{"ban", moderate(protocol.ActBan, bob.ID, 0)}, {"unban", moderate(protocol.ActUnban, bob.ID, 0)},
		{"report", report(1)}, {"resolve", resolve(1, protocol.ReportResolved)}, {"report", report(1)}, {"dismiss", resolve(2, protocol.ReportDismissed)},
		{"pin", pin("lobby", 1, true)}, {"pin", pin("lobby", 1, false)}, {"delete", others},
		{"configure", configure(`{"a":1}`)}, {"configure", adjust(5, false)},
		{"clear", moderate(protocol.ActClear, bob.ID, 0)}, {"remove", moderate(protocol.ActRemove, bob.ID, 0)},
		{"drop", rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}}},
	} {
		want = append(want, act.name)
		if out := h.commit(act.op)[0]; out.Code != "" {
			h.Fatalf("%s: %+v", act.name, out)
		}
		if act.name != "drop" {
			h.commit(act.op) // changes nothing, or is refused
		}
	}
	h.reopen()
	_, _, entries := h.pair.moderation(h, "lobby", "", 0, 50)
	h.equal("entries", len(entries), len(want))
	for i, e := range entries {
		h.equal("act", e.Act, want[len(want)-1-i])
		if e.Details != "" && !json.Valid([]byte(e.Details)) {
			h.Errorf("%s: details %s", e.Act, e.Details)
		}
	}
	_, _, page := h.pair.moderation(h, "lobby", "", entries[2].N, 3)
	h.equal("those before", page[0], entries[3])
	h.commit(send("lobby", 1, "another life"), pin("lobby", 1, true))
	_, _, entries = h.pair.moderation(h, "lobby", "", 0, 50)
	h.equal("over lives", len(entries), len(want)+1)
}
