package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// ModerateOp is the op that a frame asks for at the time now.
func ModerateOp(now time.Time, f protocol.Moderate) rules.Op {
	do := rules.Moderate{Act: f.Act, User: f.User, Reason: f.Reason}
	if f.ForMs > 0 {
		do.Until = protocol.TimeOf(now.Add(time.Duration(f.ForMs) * time.Millisecond))
	}
	return rules.Op{Room: f.Room, Do: do}
}

// frameOf returns the type of the frame that asked for the op, as an error names it.
func frameOf(op *rules.Op) string {
	switch op.Do.(type) {
	case rules.Moderate:
		return "moderate"
	case rules.Report:
		return "report"
	case rules.Adjust:
		return "settings"
	}
	return ""
}

// change takes a change of a stored message, or an act of moderation, from a connection. It keeps its place
// in the queue, but is no part of a lane: refused, it holds nothing back.
func (h *Hub) change(now time.Time, s *Session, op rules.Op) {
	m := s.member(op.Room)
	if m == nil {
		f := s.outside(op.Room, op.ID())
		f.Of = frameOf(&op)
		s.send(f)
		return
	}
	permitted := op.Permit(m.sender())
	p := pending{op: op, session: s}
	if !permitted {
		h.refuse(&p, rules.NotPermitted())
		return
	}
	h.admit(now, s.user, p)
}

// admit queues a change, unless the queue is full or the user's rate used up.
func (h *Hub) admit(now time.Time, u *user, p pending) {
	if h.full(p.session, p.bytes()) {
		h.refuse(&p, unavailable())
		return
	}
	wait := h.spend(now, u)
	switch {
	case wait > 0 && p.sends():
		p.holdBack(&block{Refusal: rateLimited(wait)})
	case wait > 0:
		h.refuse(&p, rateLimited(wait))
		return
	}
	h.enqueue(p)
}

// Change takes a change over REST: an op of any kind but an Open and a Read, by the
// rules and the rate of a frame, but without a joined room. The hub sets Sender
// and Any. done is called exactly once with what became of it, perhaps before
// Change returns.
func (h *Hub) Change(now time.Time, who Identity, op rules.Op, done func(rules.Outcome)) {
	h.See(&who)
	role, ok := who.Grants.Everywhere(), true
	if _, revokes := op.Do.(rules.Revoke); !revokes {
		role, ok = who.Grants.Role(op.Room)
	}
	if !ok {
		no := forbidden(op.Room, op.ID())
		done(rules.Outcome{Refusal: rules.Refusal{Code: no.Code, Reason: no.Message}})
		return
	}
	who.User.Role = role
	if !op.Permit(who.User) {
		done(rules.Outcome{Refusal: rules.NotPermitted()})
		return
	}
	h.admit(now, h.user(who.User.ID), pending{op: op, done: done})
	h.flush()
}

// Post is Change with a send.
func (h *Hub) Post(now time.Time, who Identity, f protocol.Send, done func(rules.Outcome)) {
	h.Change(now, who, rules.Op{Room: f.Room, Do: rules.Send{Send: f}}, done)
}
