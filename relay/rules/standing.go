package rules

import (
	"time"

	"hallway/protocol"
)

// Holds reports whether the sanction holds against a user with a token of that role. It always holds against a member,
// because the roles were compared at its start. For any other user, Holds compares the role with the maker's.
func (s *Sanction) Holds(role protocol.Role) bool { return s.Known || s.By.Role.AtLeast(role) }

// UpTo returns the highest role against which the sanction holds; "": against all roles.
func (s *Sanction) UpTo() protocol.Role {
	if s.Known {
		return ""
	}
	return s.By.Role
}

// inForce reports whether the sanction exists and has not ended.
func (s *Sanction) inForce(now protocol.Time) bool {
	return s != nil && (s.Until == 0 || s.Until > now)
}

func (s *Sanction) of(user protocol.User, kind protocol.Act) *protocol.Sanction {
	by := protocol.User{ID: s.By.ID, Name: s.By.Name}
	return &protocol.Sanction{User: user, Kind: kind, Until: s.Until, Reason: s.Reason, By: by, At: s.At}
}

func (s *Sanction) refusal(why protocol.Why, reason string) Outcome {
	if s.Reason != "" {
		reason += ": " + s.Reason
	}
	return Outcome{Refusal: Refusal{
		Code: protocol.CodeForbidden, Why: why, Until: s.Until, Reason: reason, Note: s.Reason, UpTo: s.UpTo(),
	}}
}

// Kind returns a pointer to the user's mute or ban.
func (s *Standing) Kind(kind protocol.Act) **Sanction {
	if kind == protocol.ActBan {
		return &s.Ban
	}
	return &s.Mute
}

// standing returns a user's standing in the room. The caller may change it only if the room has an entry for the user.
func (r *Room) standing(user string) *Standing {
	if s := r.standings[user]; s != nil {
		return s
	}
	return &Standing{}
}

// void ends the sender's sanctions that do not hold against the sender's present role, and reports whether a ban was
// among them.
func void(s *Set, r *Room, op *Op) (ban bool) {
	standing := r.standings[op.Sender.ID]
	if standing == nil || op.finds() {
		return false
	}
	for _, kind := range [...]protocol.Act{protocol.ActMute, protocol.ActBan} {
		sanction := *standing.Kind(kind)
		if !sanction.inForce(s.Now) || sanction.Holds(op.Sender.Role) {
			continue
		}
		liftSanction(s, r, op.Sender.ID, kind)
		d := details(nil).text("kind", string(kind)).text("by_role", string(sanction.By.Role)).text("reason", sanction.Reason)
		s.audit(op, "void", op.Sender.ID, "", d)
		ban = kind == protocol.ActBan
	}
	return ban
}

// liftSanction ends a sanction and reports whether it was in force.
func liftSanction(s *Set, r *Room, user string, kind protocol.Act) (ended bool) {
	sanction := *r.standing(user).Kind(kind)
	if sanction == nil {
		return false
	}
	s.Forgets = true
	s.setSanction(r, user, kind, nil)
	if kind == protocol.ActBan {
		s.locks(r).readmit(user)
	}
	return sanction.inForce(s.Now)
}

// barred refuses an op that the sender may not do in the room now; otherwise its Code is "". It checks for a ban, then
// an archived room, a frozen room, a mute, and slow mode. These come before other faults of the op.
func barred(s *Set, r *Room, op *Op) Outcome {
	standing := r.standing(op.Sender.ID)
	organizer := op.Sender.Role == protocol.RoleOrganizer
	switch {
	case standing.Ban.inForce(s.Now) && (!organizer || !op.managesRoom()):
		return standing.Ban.refusal(protocol.WhyBanned, "banned from this room")
	case !op.writes():
		return Outcome{}
	case r.Rules.Archived:
		return bar(protocol.WhyArchived, "this room is archived")
	case r.Rules.Frozen && !organizer:
		return bar(protocol.WhyFrozen, "only organizers may write at present")
	case standing.Mute.inForce(s.Now):
		return standing.Mute.refusal(protocol.WhyMuted, "muted in this room")
	}
	if _, reacts := op.Do.(React); reacts {
		return Outcome{}
	}
	if op.mentionsAll() && !op.Sender.Role.AtLeast(mayMentionAll) {
		return refuse(protocol.CodeForbidden, "only moderators and organizers may mention everybody")
	}
	return slowed(s, r, op.Sender, standing)
}

func bar(why protocol.Why, reason string) Outcome {
	return Outcome{Refusal: Refusal{Code: protocol.CodeForbidden, Why: why, Reason: reason}}
}

// managesRoom reports whether the op is about the room's people or its rules. A banned organizer may still do such ops.
func (op *Op) managesRoom() bool {
	switch op.Do.(type) {
	case Open, Send, Upload, Edit, Delete, React, Pin, Read, Report, MakeTurn, HandOn, Want:
		return false
	}
	return true
}

// slows reports whether slow mode applies to the user in the room.
func (r *Room) slows(u protocol.User) bool {
	return r.Rules.SlowModeS != 0 && !u.Role.AtLeast(protocol.RoleModerator)
}

// slowed refuses a participant's op if slow mode requires to wait; otherwise its Code is "".
func slowed(s *Set, r *Room, u protocol.User, standing *Standing) Outcome {
	last := standing.SentAt
	next := last + protocol.Time(time.Duration(r.Rules.SlowModeS)*time.Second/time.Microsecond)
	if !r.slows(u) || last == 0 || s.Now >= next || s.Now < last { // the clock may have been set back
		return Outcome{}
	}
	return Outcome{Refusal: Refusal{
		Code: protocol.CodeRateLimited, Why: protocol.WhySlowMode, Until: next,
		RetryAfter: time.Duration(next-s.Now) * time.Microsecond, Reason: "slow mode: wait before the next message",
	}}
}

// noteSent notes the time of a participant's message or edit in slow mode.
func noteSent(s *Set, r *Room, u protocol.User) {
	if !r.slows(u) {
		return
	}
	if r.standings[u.ID] == nil {
		r.AddStanding(u.ID, Standing{})
	}
	r.standings[u.ID].SentAt = s.Now
	s.Sent = append(s.Sent, SentChange{Epoch: r.Epoch, User: u.ID, At: s.Now})
}
