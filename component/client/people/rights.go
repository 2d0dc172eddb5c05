package people

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Rights caches the user, the user's sanctions and the room's settings. NewRights
// returns one.
type Rights struct {
	step     *step.Step
	unbanned func()

	me            protocol.User    // with the role in the room
	muted, banned *client.Sanction // nil: none known
	settings      protocol.Settings
	nextSendAt    time.Time // slow mode: the end of the pause; zero: no pause
}

// NewRights returns the Rights of an unknown user. It calls unbanned when a ban has
// ended.
func NewRights(s *step.Step, unbanned func()) *Rights { return &Rights{step: s, unbanned: unbanned} }

// Forget resets the rights for another user.
func (r *Rights) Forget() { *r = Rights{step: r.step, unbanned: r.unbanned} }

// Welcome takes the user's identity.
func (r *Rights) Welcome(me protocol.User) {
	if me.ID != r.me.ID || me.Name != r.me.Name {
		if me.ID == r.me.ID {
			me.Role = r.me.Role // the role in the room
		}
		r.me, r.step.Changed = me, true
	}
}

// Joined takes the user's role in the room, and a mute. The room's settings may follow in
// another frame.
func (r *Rights) Joined(f *protocol.Joined) {
	if f.Role != "" {
		r.me.Role = f.Role
	}
	r.muted, r.banned, r.settings = nil, nil, protocol.Settings{}
	if f.Muted {
		r.mute(f.MutedUntil, f.MutedReason)
	}
}

// mute sets a mute, unless it has expired.
func (r *Rights) mute(until protocol.Time, reason string) {
	r.muted, r.step.Changed = sanction(until, reason), true
	r.unmuteIfOver()
}

func sanction(until protocol.Time, reason string) *client.Sanction {
	s := &client.Sanction{Reason: reason}
	if until != 0 {
		s.Until = until.Time()
	}
	return s
}

// Settings takes the room's settings.
func (r *Rights) Settings(f protocol.Settings) {
	f.SlowModeS = min(max(0, f.SlowModeS), protocol.SlowModeSMax)
	r.settings, r.step.Changed = f, true
	if r.slow() == 0 {
		r.nextSendAt = time.Time{}
	}
}

// Moderated takes a moderator's act on the user.
func (r *Rights) Moderated(f *protocol.Moderated) {
	switch f.Act {
	case protocol.ActMute:
		r.mute(f.Until, f.Reason)
	case protocol.ActUnmute:
		r.muted, r.step.Changed = nil, true
	case protocol.ActBan:
		r.banned = sanction(f.Until, f.Reason) // an error follows and ends the stream
	}
}

// Refused takes the sanction or setting that a refusal names.
func (r *Rights) Refused(f *protocol.Error) {
	switch f.Why {
	case protocol.WhyMuted:
		if r.muted == nil {
			r.mute(f.Until, f.Reason)
		}
	case protocol.WhyFrozen:
		r.settings.Frozen, r.step.Changed = true, true
	case protocol.WhyArchived:
		r.settings.Archived, r.step.Changed = true, true
	case protocol.WhySlowMode:
		r.nextSendAt, r.step.Changed = r.step.Now.Add(step.NamedWait(f.RetryAfterMs)), true
	case protocol.WhyBanned:
		reason := f.Reason
		if reason == "" && r.banned != nil { // an older relay names the reason only with the ban
			reason = r.banned.Reason
		}
		r.banned = sanction(f.Until, reason)
	}
}

// Deadline returns the time of the next call of Fire.
func (r *Rights) Deadline() time.Time {
	switch {
	case r.banned != nil:
		return step.Earliest(r.banned.Until, r.nextSendAt)
	case r.muted != nil:
		return step.Earliest(r.muted.Until, r.nextSendAt)
	}
	return r.nextSendAt
}

// Fire ends expired sanctions and pauses.
func (r *Rights) Fire() {
	if r.step.Due(&r.nextSendAt) {
		r.step.Changed = true
	}
	r.unmuteIfOver()
	if r.banned != nil {
		if _, over := r.step.Late(r.banned.Until); over {
			r.banned, r.step.Changed = nil, true
			r.unbanned()
		}
	}
}

// unmuteIfOver ends an expired mute.
func (r *Rights) unmuteIfOver() {
	if r.muted != nil {
		if _, over := r.step.Late(r.muted.Until); over {
			r.muted, r.step.Changed = nil, true
		}
	}
}

// slow returns the pause between two messages of the user; 0: none.
func (r *Rights) slow() time.Duration {
	if r.Moderates() {
		return 0
	}
	return time.Duration(r.settings.SlowModeS) * time.Second
}

// Pause starts slow mode's pause after a message of the user.
func (r *Rights) Pause() {
	if slow := r.slow(); slow > 0 {
		r.nextSendAt, r.step.Changed = r.step.Now.Add(slow), true
	}
}

// InFlightMax returns the highest number of messages in flight: in slow mode one, and during
// the pause none.
func (r *Rights) InFlightMax() int {
	switch {
	case r.slow() == 0:
		return protocol.InFlightMax
	case r.nextSendAt.IsZero():
		return 1
	}
	return 0
}

// Silenced returns the reason why the user may not write, as a code and as a sentence. Both are "" if the
// user may write.
func (r *Rights) Silenced() (why protocol.Why, reason string) {
	switch {
	case r.settings.Archived:
		return protocol.WhyArchived, "this room is archived"
	case r.settings.Frozen && r.me.Role != protocol.RoleOrganizer:
		return protocol.WhyFrozen, "only organizers may write at present"
	case r.muted != nil:
		return protocol.WhyMuted, "you are muted"
	}
	return "", ""
}

// Me returns the user, with the role in the room.
func (r *Rights) Me() protocol.User { return r.me }

// Moderates reports whether the user moderates the room.
func (r *Rights) Moderates() bool { return client.Moderates(r.me.Role) }

// IsBanned reports whether the chat knows of a ban.
func (r *Rights) IsBanned() bool { return r.banned != nil }

// Show adds the user, the sanctions and the settings to a snapshot.
func (r *Rights) Show(s *client.Snapshot) {
	s.Me = r.me
	s.Silenced, _ = r.Silenced()
	s.Muted = r.muted
	s.Frozen = r.settings.Frozen
	s.SlowModeS = r.settings.SlowModeS
	s.NextSendAt = r.nextSendAt
	if s.Status == client.StatusNotAllowed {
		s.Banned = r.banned
	}
}
