package hub

import (
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
)

// The hub answers a connection's ops in a room in their order. If other relays write the room, one of the connection's
// messages may wait above a hole; the store's later answers then wait for it.

// A heldAnswer waits until the room's streams reach a rev.
type heldAnswer struct {
	member *member
	rev    int64
	frame  protocol.RelayFrame
}

// refuse answers an op that the store refused or did not carry out.
func (rs *rooms) refuse(p *pending, why rules.Refusal) {
	if p.done != nil {
		p.refuse(why)
		return
	}
	rs.answer(p.session, p.op.Room, p.refusal(why))
}

// answer sends a session the store's answer to an op of a room, behind the session's earlier messages.
func (rs *rooms) answer(s *Session, room string, f protocol.RelayFrame) {
	m := s.member(room)
	if m == nil || !m.joined {
		s.send(f)
		return
	}
	r, echo := m.presence.room, int64(0)
	if m.sends != nil {
		echo = m.sends.echo
	}
	if echo > r.flushed {
		rs.flush(r)
	}
	if echo > r.told {
		r.level.held = append(r.level.held, heldAnswer{m, echo, f})
		return
	}
	s.send(f)
}

// release sends the answers whose revs the streams have reached.
func (ps *peers) release(r *room) {
	if len(r.level.held) == 0 {
		return
	}
	ps.rooms.flush(r)
	r.level.held = slices.DeleteFunc(r.level.held, func(a heldAnswer) bool {
		if a.rev <= r.told {
			a.member.session.send(a.frame)
		}
		return a.rev <= r.told
	})
}

// releaseAll sends all answers that are held for a member, because the member's stream ends.
func (ps *peers) releaseAll(m *member) {
	lv := m.presence.room.level
	lv.held = slices.DeleteFunc(lv.held, func(a heldAnswer) bool {
		if a.member == m {
			m.session.send(a.frame)
		}
		return a.member == m
	})
}
