package hub

import (
	"time"

	"hallway/protocol"
)

// permissions is the least role in the room that an op asks for. To edit is the
// sender's own right, and so is to delete, but for those whom mayDeleteAny names.
var permissions = map[OpKind]protocol.Role{
	OpSend:      protocol.RoleParticipant,
	OpEdit:      protocol.RoleParticipant,
	OpDelete:    protocol.RoleParticipant,
	OpReact:     protocol.RoleParticipant,
	OpPin:       protocol.RoleModerator,
	OpConfigure: protocol.RoleOrganizer,
	OpDrop:      protocol.RoleOrganizer,
	OpAdjust:    protocol.RoleModerator, // to freeze: mayFreeze
	OpModerate:  protocol.RoleModerator,
	OpReport:    protocol.RoleParticipant,
	OpResolve:   protocol.RoleModerator,
	OpRevoke:    protocol.RoleOrganizer, // of the pattern *, in all rooms
}

// mayFreeze is the least role that freezes a room, or thaws it.
const mayFreeze = protocol.RoleOrganizer

// mayDeleteAny is the least role that deletes the messages of others.
const mayDeleteAny = protocol.RoleModerator

// permit makes op one by somebody with that role; false: the role may not do that.
func (op *Op) permit(sender protocol.User) bool {
	op.Sender = sender
	op.Any = op.Kind == OpDelete && sender.Role.AtLeast(mayDeleteAny)
	least, ok := permissions[op.Kind]
	if op.Kind == OpAdjust && op.Adjust.Frozen != nil {
		least = mayFreeze
	}
	return ok && sender.Role.AtLeast(least)
}

// ModerateOp is the op that a frame asks for at the time now.
func ModerateOp(now time.Time, f protocol.Moderate) Op {
	op := Op{Kind: OpModerate, Room: f.Room, Act: f.Act, User: f.User, Note: f.Reason}
	if f.ForMs > 0 {
		op.Until = protocol.TimeOf(now.Add(time.Duration(f.ForMs) * time.Millisecond))
	}
	return op
}

// of is the type of the frame that asked for the op, as an error names it.
func (op *Op) of() string {
	switch op.Kind {
	case OpModerate:
		return "moderate"
	case OpReport:
		return "report"
	case OpAdjust:
		return "settings"
	}
	return ""
}

// change takes a change of a stored message, or an act of moderation, from a connection. It keeps its place
// in the queue, but is no part of a lane: refused, it holds nothing back.
func (h *Hub) change(now time.Time, s *Session, op Op) {
	m := s.member(op.Room)
	if m == nil {
		f := s.outside(op.Room, op.ID)
		f.Of = op.of()
		s.send(f)
		return
	}
	permitted := op.permit(m.sender())
	p := pending{op: op, session: s}
	if !permitted {
		h.refuse(&p, notPermitted())
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
	case wait > 0 && p.op.Kind == OpSend:
		p.holdBack(&block{refusal: rateLimited(wait)})
	case wait > 0:
		h.refuse(&p, rateLimited(wait))
		return
	}
	h.enqueue(p)
}

// Change takes a change over REST: an op of any kind but OpOpen and OpRead, by the
// rules and the rate of a frame, but without a joined room. The hub sets Sender
// and Any. done is called exactly once with what became of it, perhaps before
// Change returns.
func (h *Hub) Change(now time.Time, who Identity, op Op, done func(Outcome)) {
	h.See(&who)
	role, ok := who.Grants.Everywhere(), true
	if op.Kind != OpRevoke {
		role, ok = who.Grants.Role(op.Room)
	}
	if !ok {
		no := forbidden(op.Room, op.ID)
		done(Outcome{Code: no.Code, Reason: no.Message})
		return
	}
	who.User.Role = role
	if !op.permit(who.User) {
		done(notPermitted().outcome())
		return
	}
	h.admit(now, h.user(who.User.ID), pending{op: op, done: done})
	h.flush()
}

// Post is Change with a send.
func (h *Hub) Post(now time.Time, who Identity, f protocol.Send, done func(Outcome)) {
	h.Change(now, who, Op{Kind: OpSend, Room: f.Room, Send: f}, done)
}
