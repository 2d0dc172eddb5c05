package rules_test

import (
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	lobby = "lobby"
	now   = protocol.Time(1_000_000_000)
	mine  = "0199a1c4-7f3e-7c21-9f6a-000000000001"
	other = "0199a1c4-7f3e-7c21-9f6a-000000000002"
	gone  = "0199a1c4-7f3e-7c21-9f6a-000000000003"
	fresh = "0199a1c4-7f3e-7c21-9f6a-000000000009"
)

var (
	ada = protocol.User{ID: "u_1", Name: "Ada", Role: protocol.RoleOrganizer}
	moe = protocol.User{ID: "u_2", Name: "Moe", Role: protocol.RoleModerator}
	bob = protocol.User{ID: "u_3", Name: "Bob", Role: protocol.RoleParticipant}
)

// obstacles are reasons to refuse Bob's ops in the lobby, or faults of the message.
type obstacles struct {
	noRoom, banned, archived, frozen, muted, slow bool
}

// world returns a working set with the lobby, in which a message of Bob, one of Ada and a tombstone of Bob are stored.
func world(o obstacles) (*rules.Set, *rules.Room) {
	set := rules.NewSet(now, func(string) string { return "life" })
	set.NextReport = 1
	if o.noRoom {
		return set, nil
	}
	room := rules.Room{Name: lobby, Epoch: "life", Head: 3, LastAt: now - 10}
	room.Rules.Archived, room.Rules.Frozen = o.archived, o.frozen
	if o.slow {
		room.Rules.SlowModeS = 60
	}
	r := set.AddRoom(room)
	var standing rules.Standing
	if o.banned {
		standing.Ban = &rules.Sanction{By: ada, Known: true, Reason: "spam"}
	}
	if o.muted {
		standing.Mute = &rules.Sanction{By: ada, Known: true}
	}
	if o.slow {
		standing.SentAt = now - 1
	}
	r.AddStanding(bob.ID, standing)
	r.AddMember(rules.Member{User: bob, JoinedAt: now - 100})
	for i, id := range []string{mine, other, gone} {
		m := protocol.Message{Room: lobby, ID: id, Seq: int64(i + 1), Rev: int64(i + 1), Sender: bob, CreatedAt: now - 50, Text: "hi"}
		if id == other {
			m.Sender = ada
		}
		if id == gone {
			m.Text, m.DeletedAt = "", now-20
		}
		r.AddMessage(rules.Message{Message: m})
	}
	return set, r
}

func by(u protocol.User, do rules.Action) *rules.Op {
	return &rules.Op{Room: lobby, Sender: u, Do: do}
}

// refused holds the code and the why of a refusal; both are "" if the op was carried out.
type refused struct {
	code protocol.Code
	why  protocol.Why
}

// TestOrderOfReasons checks the order of reasons: after each removed obstacle, the next one is the reason.
func TestOrderOfReasons(t *testing.T) {
	all := obstacles{noRoom: true, banned: true, archived: true, frozen: true, muted: true, slow: true}
	steps := []struct {
		what   string
		remove func(*obstacles)
	}{
		{"all at once", func(*obstacles) {}},
		{"with a room", func(o *obstacles) { o.noRoom = false }},
		{"not banned", func(o *obstacles) { o.banned = false }},
		{"not archived", func(o *obstacles) { o.archived = false }},
		{"not frozen", func(o *obstacles) { o.frozen = false }},
		{"not muted", func(o *obstacles) { o.muted = false }},
		{"not slowed", func(o *obstacles) { o.slow = false }},
	}
	var (
		none     = refused{}
		missing  = refused{protocol.CodeNotFound, ""}
		banned   = refused{protocol.CodeForbidden, protocol.WhyBanned}
		archived = refused{protocol.CodeForbidden, protocol.WhyArchived}
		frozen   = refused{protocol.CodeForbidden, protocol.WhyFrozen}
		muted    = refused{protocol.CodeForbidden, protocol.WhyMuted}
		slowed   = refused{protocol.CodeRateLimited, protocol.WhySlowMode}
		foreign  = refused{protocol.CodeForbidden, ""}
		conflict = refused{protocol.CodeConflict, ""}
	)
	for _, c := range []struct {
		name string
		do   rules.Action
		want [7]refused
	}{
		{"send", rules.Send{Send: protocol.Send{Room: lobby, ID: fresh, Text: "hi"}}, [...]refused{none, banned, archived, frozen, muted, slowed, none}},
		{"send another's id", rules.Send{Send: protocol.Send{Room: lobby, ID: other, Text: "hi"}}, [...]refused{none, conflict, conflict, conflict, conflict, conflict, conflict}},
		{"edit", rules.Edit{ID: mine, Text: "new"}, [...]refused{missing, banned, archived, frozen, muted, slowed, none}},
		{"edit no message", rules.Edit{ID: fresh, Text: "new"}, [...]refused{missing, banned, archived, frozen, muted, slowed, missing}},
		{"edit another's", rules.Edit{ID: other, Text: "new"}, [...]refused{missing, banned, archived, frozen, muted, slowed, foreign}},
		{"edit a tombstone", rules.Edit{ID: gone, Text: "new"}, [...]refused{missing, banned, archived, frozen, muted, slowed, conflict}},
		{"react", rules.React{ID: other, Emoji: "👍", On: true}, [...]refused{missing, banned, archived, frozen, muted, none, none}},
		{"delete", rules.Delete{ID: mine}, [...]refused{missing, banned, none, none, none, none, none}},
		{"delete another's", rules.Delete{ID: other}, [...]refused{missing, banned, foreign, foreign, foreign, foreign, foreign}},
		{"report", rules.Report{ID: other}, [...]refused{missing, banned, none, none, none, none, none}},
		{"report a tombstone", rules.Report{ID: gone}, [...]refused{missing, banned, conflict, conflict, conflict, conflict, conflict}},
		{"open", rules.Open{}, [...]refused{none, banned, none, none, none, none, none}},
	} {
		left := all
		for i, step := range steps {
			step.remove(&left)
			set, _ := world(left)
			out := set.Do(by(bob, c.do))
			if got := (refused{out.Code, out.Why}); got != c.want[i] {
				t.Errorf("%s, %s: refused with %+v, want %+v", c.name, step.what, got, c.want[i])
			}
			if (out.Code == "") != (out.Result != nil) {
				t.Errorf("%s, %s: code %q with result %+v", c.name, step.what, out.Code, out.Result)
			}
		}
	}
}

// TestPermit checks that the least role is required before the op is queued.
func TestPermit(t *testing.T) {
	frozen := true
	nobody := protocol.Role("")
	for _, c := range []struct {
		do    rules.Action
		least protocol.Role
	}{
		{rules.Send{}, protocol.RoleParticipant},
		{rules.Edit{}, protocol.RoleParticipant},
		{rules.Delete{}, protocol.RoleParticipant},
		{rules.React{}, protocol.RoleParticipant},
		{rules.Report{}, protocol.RoleParticipant},
		{rules.Pin{}, protocol.RoleModerator},
		{rules.Moderate{Act: protocol.ActMute}, protocol.RoleModerator},
		{rules.Resolve{}, protocol.RoleModerator},
		{rules.Adjust{}, protocol.RoleModerator},
		{rules.Adjust{Adjust: protocol.Adjust{Frozen: &frozen}}, protocol.RoleOrganizer},
		{rules.Configure{}, protocol.RoleOrganizer},
		{rules.Drop{}, protocol.RoleOrganizer},
		{rules.Revoke{}, protocol.RoleOrganizer},
		{rules.Open{}, nobody},
		{rules.Read{}, nobody},
		{rules.Erase{}, nobody},
		{rules.Forget{}, nobody},
		{rules.See{}, nobody},
	} {
		for _, u := range []protocol.User{bob, moe, ada} {
			op := rules.Op{Do: c.do}
			if got, want := op.Permit(u), c.least != nobody && u.Role.AtLeast(c.least); got != want {
				t.Errorf("%T by %s: permitted %t, want %t", c.do, u.Role, got, want)
			}
			if op.Sender != u {
				t.Errorf("%T: the sender is %+v", c.do, op.Sender)
			}
			if del, ok := op.Do.(rules.Delete); ok && del.Any != (u != bob) {
				t.Errorf("a delete by %s: of any message is %t", u.Role, del.Any)
			}
		}
	}
}

// TestNothingChanged checks that an op without an effect is not refused, takes no rev and is not audited.
func TestNothingChanged(t *testing.T) {
	for name, op := range map[string]*rules.Op{
		"the same text":      by(bob, rules.Edit{ID: mine, Text: "hi"}),
		"a tombstone":        by(bob, rules.Delete{ID: gone}),
		"no such reaction":   by(bob, rules.React{ID: mine, Emoji: "👍"}),
		"not pinned":         by(moe, rules.Pin{ID: mine}),
		"not muted":          by(moe, rules.Moderate{Act: protocol.ActUnmute, User: bob.ID}),
		"not banned":         by(moe, rules.Moderate{Act: protocol.ActUnban, User: bob.ID}),
		"the settings":       by(ada, rules.Configure{}),
		"an old read marker": by(bob, rules.Read{Seq: -1}),
		"a member comes":     by(bob, rules.Open{}),
	} {
		set, r := world(obstacles{})
		out := set.Do(op)
		if out.Code != "" || out.Head != 3 || r.Head != 3 {
			t.Errorf("%s: %+v with head %d", name, out, r.Head)
		}
		c := set.Changes
		if len(c.Grown)+len(c.Messages)+len(c.Members)+len(c.Sanctions)+len(c.Audit)+len(c.Configured) > 0 {
			t.Errorf("%s: has changed %+v", name, c)
		}
	}
}

// TestChangesOfOneMessage checks that a change takes the next rev, lists its row once and leaves the outcomes of
// earlier ops unchanged.
func TestChangesOfOneMessage(t *testing.T) {
	set, r := world(obstacles{})
	first := set.Do(by(bob, rules.Edit{ID: mine, Text: "one"})).Result.(rules.Stored)
	second := set.Do(by(ada, rules.React{ID: mine, Emoji: "👍", On: true})).Result.(rules.Stored)
	third := set.Do(by(moe, rules.Delete{ID: mine, Any: true})).Result.(rules.Stored)
	if first.Message.Rev != 4 || second.Message.Rev != 5 || third.Message.Rev != 6 || r.Head != 6 {
		t.Errorf("revs %d, %d, %d, head %d", first.Message.Rev, second.Message.Rev, third.Message.Rev, r.Head)
	}
	if first.Message.Text != "one" || len(first.Message.Reactions) != 0 || len(second.Message.Reactions) != 1 {
		t.Errorf("outcomes share rows: %+v, %+v", first.Message, second.Message)
	}
	if !third.Message.Deleted() || third.Message.Text != "" || third.Message.Reactions != nil {
		t.Errorf("no tombstone: %+v", third.Message)
	}
	if len(set.Messages) != 1 || len(set.Grown) != 1 || !set.Forgets {
		t.Errorf("changed: %d messages, %d rooms, forgets %t", len(set.Messages), len(set.Grown), set.Forgets)
	}
	if len(set.Audit) != 1 || set.Audit[0].Act != "delete" || set.Audit[0].User != bob.ID || set.Audit[0].By != moe {
		t.Errorf("audit: %+v", set.Audit)
	}
}

// TestDroppedAndMadeAgain checks that rows of a dropped room are not saved, and that a new room of its name is another
// room.
func TestDroppedAndMadeAgain(t *testing.T) {
	set, old := world(obstacles{})
	lives := 0
	set.NewEpoch = func(string) string { lives++; return "life after" }
	set.Do(by(bob, rules.Edit{ID: mine, Text: "one"}))
	set.Do(by(bob, rules.Report{ID: other}))
	set.Do(by(ada, rules.Drop{}))
	out := set.Do(by(bob, rules.Send{Send: protocol.Send{Room: lobby, ID: mine, Text: "again"}}))
	sent, ok := out.Result.(rules.Stored)
	if !ok || sent.Message.Seq != 1 || out.Epoch != "life after" || lives != 1 {
		t.Errorf("made again: %+v", out)
	}
	if !old.Dropped() || len(set.Dropped) != 1 || len(set.Reports) != 0 || len(set.Messages) != 1 || set.Messages[0].In() == old {
		t.Errorf("changes of the dropped room: %+v", set.Changes)
	}
}
