package hub

import (
	"cmp"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// ModerateOp returns the op for a frame that arrives at the given time.
func ModerateOp(now time.Time, f protocol.Moderate) rules.Op {
	do := rules.Moderate{Act: f.Act, User: f.User, Reason: f.Reason}
	if f.ForMs > 0 {
		do.Until = protocol.TimeOf(now.Add(time.Duration(f.ForMs) * time.Millisecond))
	}
	return rules.Op{Room: f.Room, Do: do}
}

// opOf returns the op for a frame; ok is false for frames without an op.
func opOf(now time.Time, frame protocol.ClientFrame) (op rules.Op, ok bool) {
	switch f := frame.(type) {
	case protocol.Edit:
		op = rules.Op{Room: f.Room, Do: rules.Edit{ID: f.ID, Text: f.Text, Encrypted: f.Encrypted, Mentions: f.Mentions}}
	case protocol.Delete:
		op = rules.Op{Room: f.Room, Do: rules.Delete{ID: f.ID}}
	case protocol.React:
		op = rules.Op{Room: f.Room, Do: rules.React{ID: f.ID, Emoji: f.Emoji, On: f.On}}
	case protocol.Pin:
		op = rules.Op{Room: f.Room, Do: rules.Pin{ID: f.ID, On: f.On}}
	case protocol.Moderate:
		op = ModerateOp(now, f)
	case protocol.Report:
		op = rules.Op{Room: f.Room, Do: rules.Report{ID: f.ID, Reason: f.Reason}}
	case protocol.Adjust:
		op = rules.Op{Room: f.Room, Do: rules.Adjust{Adjust: f}}
	case protocol.Register:
		op = rules.Op{Do: rules.Register{Device: f.Device}}
	case protocol.MakeTurn:
		op = rules.Op{Room: f.Room, Do: rules.MakeTurn{Turn: f.Turn, Wraps: f.Wraps}}
	case protocol.HandOn:
		op = rules.Op{Room: f.Room, Do: rules.HandOn{N: f.N, Wraps: f.Wraps}}
	case protocol.Want:
		op = rules.Op{Room: f.Room, Do: rules.Want{N: f.N}}
	}
	return op, op.Do != nil
}

// Change takes an op over REST, with the rules and the rate of a frame, but without a joined room. It takes all ops
// except Open and Read, and sets their sender. It calls done exactly once with the outcome, perhaps before it returns.
func (h *Hub) Change(now time.Time, who Identity, op rules.Op, done func(rules.Outcome)) {
	h.changes.changeByREST(now, who, op, done)
}

// Erase takes parts of a user's erasure, each a [rules.Erase] or a [rules.Forget]. Ops of other users may come between
// them. It calls done once for each part, with its index in ops, perhaps before it returns.
func (h *Hub) Erase(_ time.Time, ops []rules.Op, done func(i int, o rules.Outcome)) {
	h.changes.erase(ops, done)
}

// changes checks and queues all ops except sends.
type changes struct {
	users   *users
	writes  *writes
	ranking *ranking
}

// ask takes an op from a connection: a change of a stored message, or an act of moderation. The op has its place in the
// queue, but is in no lane: its refusal blocks no sends.
func (cs *changes) ask(now time.Time, s *Session, op rules.Op) {
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
		p.refuse(rules.NotPermitted())
		return
	}
	cs.admit(now, s.user, p)
}

// admit queues a change, unless the queue is full or the user's rate is used up.
func (cs *changes) admit(now time.Time, u *user, p pending) {
	if cs.writes.full(p.session, p.bytes()) {
		p.refuse(unavailable())
		return
	}
	var wait time.Duration
	if !p.uncounted() {
		wait = cs.users.spend(now, u)
	}
	switch {
	case wait > 0 && p.sends():
		p.holdBack(&block{Refusal: rateLimited(wait)})
	case wait > 0:
		p.refuse(rateLimited(wait))
		return
	}
	cs.writes.enqueue(p)
}

// changeByREST takes a change over REST; see [Hub.Change].
func (cs *changes) changeByREST(now time.Time, who Identity, op rules.Op, done func(rules.Outcome)) {
	cs.ranking.noteToken(&who)
	role, ok := who.Grants.Everywhere(), true
	switch do := op.Do.(type) {
	case rules.Revoke:
	case rules.Unregister:
		do.Grants = who.Grants
		op.Do, role = do, cmp.Or(role, protocol.RoleParticipant)
	default:
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
	cs.admit(now, cs.users.of(who.User.ID), pending{op: op, done: done})
	cs.writes.flush()
}

// erase takes parts of an erasure; see [Hub.Erase].
func (cs *changes) erase(ops []rules.Op, done func(i int, o rules.Outcome)) {
	for i, op := range ops {
		p := pending{op: op, done: func(o rules.Outcome) { done(i, o) }}
		if cs.writes.full(nil, p.bytes()) {
			p.refuse(unavailable())
			continue
		}
		cs.writes.enqueue(p)
	}
	cs.writes.flush()
}
