package hub_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// fakeRules are what the fake store holds of a room's people.
type fakeRules struct {
	settings protocol.RoomSettings
	members  map[string]protocol.User
	mutes    map[string]protocol.Sanction
	bans     map[string]protocol.Sanction
	lastSend map[string]time.Time
	reports  map[string]string        // the message, by who has reported it
	upTo     map[string]protocol.Role // the highest role against which the sanctions of a user hold; "": all
}

func newFakeRules() fakeRules {
	return fakeRules{
		members: map[string]protocol.User{}, mutes: map[string]protocol.Sanction{}, bans: map[string]protocol.Sanction{},
		upTo: map[string]protocol.Role{}, lastSend: map[string]time.Time{}, reports: map[string]string{},
	}
}

// inForce is a sanction of the user, nil if there is none.
func inForce(w *world, all map[string]protocol.Sanction, user string) *protocol.Sanction {
	s, ok := all[user]
	if !ok || s.Until != 0 && s.Until <= protocol.TimeOf(w.now) {
		return nil
	}
	return &s
}

// void ends the ban of a sender who comes with a role against which it does not hold.
func (r *fakeRoom) void(op hub.Op) bool {
	upTo, ok := r.upTo[op.Sender.ID]
	if _, banned := r.bans[op.Sender.ID]; !ok || !banned || upTo == "" || upTo.AtLeast(op.Sender.Role) {
		return false
	}
	delete(r.bans, op.Sender.ID)
	return true
}

// barred is why the sender may not write, as hub.Op wants it.
func (r *fakeRoom) barred(w *world, op hub.Op) hub.Outcome {
	ban, mute := inForce(w, r.bans, op.Sender.ID), inForce(w, r.mutes, op.Sender.ID)
	writes := op.Kind == hub.OpSend || op.Kind == hub.OpEdit || op.Kind == hub.OpReact
	no := hub.Outcome{Code: protocol.CodeForbidden}
	switch {
	case op.Kind == hub.OpSend && (op.FindOnly || r.messages[op.Send.ID].ID != ""):
		return hub.Outcome{}
	case ban != nil && (op.Kind <= hub.OpRead || op.Kind == hub.OpReport || op.Sender.Role != protocol.RoleOrganizer):
		no.Why, no.Until = protocol.WhyBanned, ban.Until
	case !writes:
		return hub.Outcome{}
	case r.settings.Archived:
		no.Why = protocol.WhyArchived
	case r.settings.Frozen && op.Sender.Role != protocol.RoleOrganizer:
		no.Why = protocol.WhyFrozen
	case mute != nil:
		no.Why, no.Until = protocol.WhyMuted, mute.Until
	case op.Kind != hub.OpSend || op.Sender.Role != protocol.RoleParticipant:
		return hub.Outcome{}
	default:
		return r.slow(w, op)
	}
	no.Reason = string(no.Why)
	return no
}

func (r *fakeRoom) slow(w *world, op hub.Op) hub.Outcome {
	last, sent := r.lastSend[op.Sender.ID]
	wait := last.Add(time.Duration(r.settings.SlowModeS) * time.Second).Sub(w.now)
	if !sent || wait <= 0 {
		return hub.Outcome{}
	}
	return hub.Outcome{Code: protocol.CodeRateLimited, Reason: "slow mode", Why: protocol.WhySlowMode, RetryAfter: wait}
}

// moderate carries out what is about people and rules.
func (r *fakeRoom) moderate(w *world, op hub.Op) (o hub.Outcome) {
	switch op.Kind {
	case hub.OpConfigure:
		r.settings, _ = protocol.ReadSettings(op.Settings)
	case hub.OpAdjust:
		before := r.settings
		if op.Adjust.SlowModeS != nil {
			r.settings.SlowModeS = *op.Adjust.SlowModeS
		}
		if op.Adjust.Frozen != nil {
			r.settings.Frozen = *op.Adjust.Frozen
		}
		o.New = before != r.settings
	case hub.OpModerate:
		o = r.act(w, op)
	case hub.OpReport:
		key := op.ID + " by " + op.Sender.ID
		if o.New = r.messages[op.ID].ID != ""; !o.New {
			return hub.Outcome{Code: protocol.CodeNotFound, Reason: "there is no such message"}
		}
		o.New = r.reports[key] == ""
		r.reports[key] = op.ID
		o.Report = &protocol.ReportEntry{N: 1, ID: op.ID}
	case hub.OpResolve:
		clear(r.reports)
		o.New, o.Report = true, &protocol.ReportEntry{N: 1}
	}
	o.Settings, o.Reports = r.settings, int64(len(r.reports))
	return o
}

func (r *fakeRoom) act(w *world, op hub.Op) (o hub.Outcome) {
	u, member := r.members[op.User]
	if !member {
		u = protocol.User{ID: op.User, Role: protocol.RoleParticipant}
	}
	if member {
		u = ranked(u, op.Rank)
		r.members[op.User] = u
	}
	if op.User == op.Sender.ID || u.Role.AtLeast(op.Sender.Role) {
		return hub.Outcome{Code: protocol.CodeForbidden, Reason: "not about this user"}
	}
	if _, seen := r.members[op.User]; !seen {
		o.UpTo = op.Sender.Role
	}
	o.User = u
	r.upTo[op.User] = o.UpTo
	s := protocol.Sanction{User: u, Kind: op.Act, Until: op.Until, Reason: op.Note, By: op.Sender}
	switch op.Act {
	case protocol.ActMute:
		r.mutes[op.User], o.Sanction, o.New = s, &s, true
	case protocol.ActBan:
		r.bans[op.User], o.Sanction, o.New = s, &s, true
	case protocol.ActUnmute:
		o.New = inForce(w, r.mutes, op.User) != nil
		delete(r.mutes, op.User)
	case protocol.ActUnban:
		o.New = inForce(w, r.bans, op.User) != nil
		delete(r.bans, op.User)
	case protocol.ActRemove:
		o.New = member
		delete(r.members, op.User)
	case protocol.ActClear:
		o.Messages, o.More = r.clear(w, op.User)
		o.New = len(o.Messages) > 0
	}
	return o
}

// ranked is a user with the rank that an op tells.
func ranked(u protocol.User, rank protocol.Role) protocol.User {
	u.Role = cmp.Or(rank, u.Role)
	return u
}

// see takes note of a token.
func (w *world) see(op hub.Op) (o hub.Outcome) {
	o.Ranked = op.Grants.Highest() != protocol.RoleParticipant
	for name, r := range w.rooms {
		u, member := r.members[op.Sender.ID]
		if role, ok := op.Grants.Role(name); ok && member {
			r.members[u.ID] = ranked(u, role)
		}
		o.Ranked = o.Ranked || r.members[u.ID].Role.AtLeast(protocol.RoleModerator)
	}
	return o
}

// clearMax is ClearMax of the fake store.
const clearMax = 2

func (r *fakeRoom) clear(w *world, user string) (cleared []protocol.Message, more bool) {
	for _, m := range w.history(r.name) {
		switch {
		case m.Sender.ID != user || m.Deleted():
		case len(cleared) == clearMax:
			return cleared, true
		default:
			o := r.put(tombstone(w, m))
			cleared = append(cleared, o.Message)
		}
	}
	return cleared, false
}

func tombstone(w *world, m protocol.Message) protocol.Message {
	return protocol.Message{Room: m.Room, ID: m.ID, Seq: m.Seq, Rev: m.Rev, Sender: m.Sender, CreatedAt: m.CreatedAt, DeletedAt: protocol.TimeOf(w.now)}
}

// erase takes a user out of messages of a room, or of all else.
func (w *world) erase(op hub.Op) (o hub.Outcome) {
	if op.Room == "" {
		for _, r := range w.rooms {
			delete(r.members, op.User)
			delete(r.mutes, op.User)
			delete(r.bans, op.User)
		}
		return o
	}
	r := w.rooms[op.Room]
	if r == nil {
		return hub.Outcome{Code: protocol.CodeNotFound, Reason: "there is no such room"}
	}
	for _, m := range w.history(op.Room) {
		switch {
		case !slices.Contains(op.Erase.Seqs, m.Seq):
			continue
		case m.Sender.ID == op.User:
			m = tombstone(w, m)
			m.Sender = protocol.User{ID: op.Erase.Pseudonym, Role: protocol.RoleParticipant}
		default:
			m.Reactions = slices.Clone(m.Reactions)
			for i := range m.Reactions {
				m.Reactions[i].Users = replaced(m.Reactions[i].Users, op.User, op.Erase.Pseudonym)
			}
		}
		o.Messages = append(o.Messages, r.put(m).Message)
	}
	o.Epoch, o.Head = r.epoch, r.head
	return o
}

func replaced(users []string, old, by string) []string {
	users = slices.Clone(users)
	for i, u := range users {
		if u == old {
			users[i] = by
		}
	}
	return users
}

func describeModeration(op hub.Op) string {
	switch op.Kind {
	case hub.OpErase:
		return fmt.Sprint("erase ", op.User, " in ", op.Room, op.Erase.Seqs)
	case hub.OpAdjust:
		return string(op.Adjust.Append(nil))
	case hub.OpReport:
		return "report " + op.ID + " for " + op.Sender.ID
	case hub.OpResolve:
		return fmt.Sprintf("%s %d", op.State, op.Report)
	case hub.OpRevoke:
		return fmt.Sprintf("revoke %s %v", op.User, op.On)
	}
	if op.Again {
		return string(op.Act) + " " + op.User + " again"
	}
	return string(op.Act) + " " + op.User
}
