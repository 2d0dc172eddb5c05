package core

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// moderation is what the moderators have done that concerns the user, and what the
// user asks for as one of them, or of them.
type moderation struct {
	muted, banned *client.Sanction // nil: not, as far as is known
	rules         protocol.Settings
	reports       int64     // open ones, told to moderators
	nextSendAt    time.Time // in slow mode: nothing is written before; zero: something may be

	asked  []request // the first of them is written, once the chat is live
	giveUp time.Time // without an answer to it
}

// request is an act, a report or a change of the room's settings that is not answered
// yet. One is under way at a time, so that each answer tells which it is of. It is not
// repeated when the connection is lost: who asked is told, and may see what has become
// of it.
type request struct {
	frame   protocol.ClientFrame
	of      string // the frame's type
	act     protocol.Act
	user    string // whom it concerns
	id      string // the message that is reported
	written bool
}

// The types of frames as an error names them.
const (
	ofModerate = "moderate"
	ofReport   = "report"
	ofSettings = "settings"
)

// joinedRules takes what joined says; all else about the room follows it, where there
// is anything to say.
func (c *Client) joinedRules(f protocol.Joined) {
	m := &c.moderation
	m.muted, m.banned, m.rules, m.reports = nil, nil, protocol.Settings{}, 0
	c.queueChanged()
	if f.Muted {
		c.mute(f.MutedUntil, f.MutedReason)
	}
}

// mute takes a mute for as long as it is in force.
func (c *Client) mute(until protocol.Time, reason string) {
	c.moderation.muted, c.step.Changed = sanctionOf(until, reason), true
	c.sanctionsEnd()
}

func sanctionOf(until protocol.Time, reason string) *client.Sanction {
	s := &client.Sanction{Reason: reason}
	if until != 0 {
		s.Until = until.Time()
	}
	return s
}

// sanctionEnds is when the mute or the ban in force is over; zero: never, or there is
// none.
func (c *Client) sanctionEnds() time.Time {
	switch m := &c.moderation; {
	case m.banned != nil:
		return m.banned.Until
	case m.muted != nil:
		return m.muted.Until
	}
	return time.Time{}
}

// sanctionsEnd ends what is over. Who was banned tries to come back.
func (c *Client) sanctionsEnd() {
	m := &c.moderation
	over := func(s *client.Sanction) bool {
		if s == nil {
			return false
		}
		_, due := c.step.Late(s.Until)
		return due
	}
	if over(m.muted) {
		m.muted, c.step.Changed = nil, true
	}
	if over(m.banned) {
		m.banned, c.step.Changed = nil, true
		c.conn.BanEnded()
	}
}

// silenced tells what keeps the user from writing; "": nothing does.
func (c *Client) silenced() protocol.Why {
	switch m := &c.moderation; {
	case m.rules.Archived:
		return protocol.WhyArchived
	case m.rules.Frozen && c.me.Role != protocol.RoleOrganizer:
		return protocol.WhyFrozen
	case m.muted != nil:
		return protocol.WhyMuted
	}
	return ""
}

// silencedReasons say so where the chat itself refuses what is sent.
var silencedReasons = map[protocol.Why]string{
	protocol.WhyMuted:    "you are muted",
	protocol.WhyFrozen:   "only organizers may write at present",
	protocol.WhyArchived: "this room is archived",
}

// slow is how long the user must wait from message to message; 0: not at all.
func (c *Client) slow() time.Duration {
	if client.Leads(c.me.Role) {
		return 0
	}
	return time.Duration(c.moderation.rules.SlowModeS) * time.Second
}

// waitNext keeps slow mode's pause after a message of one's own.
func (c *Client) waitNext() {
	if slow := c.slow(); slow > 0 {
		c.moderation.nextSendAt, c.step.Changed = c.step.Now.Add(slow), true
	}
}

// settings takes the room's settings.
func (c *Client) settings(f protocol.Settings) {
	if f.Room != c.cfg.Room {
		return
	}
	f.SlowModeS = min(max(0, f.SlowModeS), protocol.SlowModeSMax)
	c.moderation.rules, c.step.Changed = f, true
	if c.slow() == 0 {
		c.moderation.nextSendAt = time.Time{}
	}
	c.answered(request{of: ofSettings})
}

// moderated takes word of an act.
func (c *Client) moderated(f protocol.Moderated) {
	if f.Room != c.cfg.Room {
		return
	}
	if f.User.ID == c.me.ID {
		switch f.Act {
		case protocol.ActMute:
			c.mute(f.Until, f.Reason)
		case protocol.ActUnmute:
			c.moderation.muted, c.step.Changed = nil, true
		case protocol.ActBan:
			c.moderation.banned = sanctionOf(f.Until, f.Reason) // the stream ends with an error that comes next
		}
	}
	if f.By.ID == c.me.ID {
		c.answered(request{of: ofModerate, act: f.Act, user: f.User.ID})
	}
	c.step.Emit(client.Acted{Moderated: f})
}

func (c *Client) reported(f protocol.Reported) {
	if f.Room == c.cfg.Room && c.answered(request{of: ofReport, id: f.ID}) {
		c.step.Emit(client.Reported{ID: f.ID})
	}
}

// heed takes from a refusal what stands in the user's way.
func (c *Client) heed(f protocol.Error) {
	m := &c.moderation
	switch f.Why {
	case protocol.WhyMuted:
		if m.muted == nil {
			c.mute(f.Until, f.Reason)
		}
	case protocol.WhyFrozen:
		m.rules.Frozen, c.step.Changed = true, true
	case protocol.WhyArchived:
		m.rules.Archived, c.step.Changed = true, true
	case protocol.WhySlowMode:
		m.nextSendAt, c.step.Changed = c.step.Now.Add(step.NamedWait(f.RetryAfterMs)), true
	case protocol.WhyBanned:
		reason := f.Reason
		if reason == "" && m.banned != nil { // a relay of before has said it with the ban
			reason = m.banned.Reason
		}
		m.banned = sanctionOf(f.Until, reason)
	}
}

// queue lets the user ask for something.
func (c *Client) queue(r request) {
	m := &c.moderation
	switch {
	case c.status() != client.StatusLive:
		c.refuseRequest(&r, protocol.CodeUnavailable, "the chat is not connected")
	case len(m.asked) >= requestsMax:
		c.refuseRequest(&r, protocol.CodeUnavailable, "too much is asked for at once")
	default:
		m.asked = append(m.asked, r)
	}
}

func (c *Client) refuseRequest(r *request, code protocol.Code, reason string) {
	c.step.Emit(client.Refused{Code: code, Reason: step.OrElse(reason, string(code)), ID: r.id, Of: r.of})
}

// flushRequests writes the next request.
func (c *Client) flushRequests() {
	m := &c.moderation
	if len(m.asked) == 0 || m.asked[0].written || !c.conn.IsJoined() || c.conn.IsDraining() {
		return
	}
	m.asked[0].written = true
	m.giveUp = c.step.Now.Add(requestTimeout)
	c.conn.Write(m.asked[0].frame)
}

// answered ends the request under way if it is that one, and reports whether it was.
func (c *Client) answered(want request) bool {
	m := &c.moderation
	if len(m.asked) == 0 || !m.asked[0].written {
		return false
	}
	r := &m.asked[0]
	if r.of != want.of || r.act != want.act || r.user != want.user || r.id != want.id {
		return false
	}
	c.nextRequest()
	return true
}

func (c *Client) nextRequest() {
	c.moderation.asked, c.moderation.giveUp = c.moderation.asked[1:], time.Time{}
}

// requestRefused takes the refusal of the request under way.
func (c *Client) requestRefused(f protocol.Error) {
	if m := &c.moderation; len(m.asked) > 0 && m.asked[0].written && m.asked[0].of == f.Of {
		r := m.asked[0]
		c.nextRequest()
		c.refuseRequest(&r, f.Code, f.Message)
	}
}

// requestsLost gives up what is not answered: all of it, or, while the connection
// lasts, what is under way.
func (c *Client) requestsLost(all bool) {
	reason := "the relay does not answer"
	if all {
		reason = "the connection was lost"
	}
	for m := &c.moderation; len(m.asked) > 0; {
		r := m.asked[0]
		c.nextRequest()
		c.refuseRequest(&r, protocol.CodeUnavailable, reason)
		if !all {
			return
		}
	}
}
