package hub

import (
	"cmp"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A lane is the sequence of one connection's sends in one room. The relay stores them in their order of arrival: after
// it has refused one with a retryable code, it refuses all later ones until the refused one comes again.
type lane struct {
	block   *block // holds the lane back; nil: it is open
	echo    int64  // the highest rev of the session's messages that the stream gets
	newRole bool   // the next send has another role than the queued ones
}

// lane returns the member's lane, and makes it if it is missing.
func (m *member) lane() *lane {
	if m.sends == nil {
		m.sends = &lane{}
	}
	return m.sends
}

// A block holds a lane back. Later sends are only looked up: a stored id is answered as usual, any other send is
// refused.
type block struct {
	rules.Refusal
	finds   int          // look-ups under way
	refused []refusedOne // in the order of arrival: the lane waits for the first one with old false
}

// refusedMax bounds the refused sends that a block remembers. A client has fewer in flight.
const refusedMax = 2 * protocol.InFlightMax

// refusedOne is a send that was refused behind a block.
type refusedOne struct {
	id    string
	order uint64 // its place in the order of arrival
	early int    // look-ups under way that arrived before it
	old   bool   // the room was joined anew after the refusal, so the client may have given the send up
}

// refuse notes that a send was refused behind the block. early is the number of unfinished look-ups that arrived before
// it. Look-ups end in the order of arrival, so for a refused look-up early is 0.
func (b *block) refuse(id string, order uint64, early int) {
	for i := range b.refused {
		if r := &b.refused[i]; r.id == id && r.order < order {
			r.old = false
			return
		}
	}
	b.settled(id)
	at, _ := slices.BinarySearchFunc(b.refused, order, func(r refusedOne, order uint64) int {
		return cmp.Compare(r.order, order)
	})
	b.refused = slices.Insert(b.refused, at, refusedOne{id: id, order: order, early: early})
	b.refused = b.refused[:min(len(b.refused), refusedMax)]
}

// settled forgets a send that was stored or finally refused: its sender need not send it again.
func (b *block) settled(id string) {
	b.refused = slices.DeleteFunc(b.refused, func(r refusedOne) bool { return r.id == id })
}

// ended notes the end of a look-up.
func (b *block) ended(order uint64) {
	b.finds--
	for i := range b.refused {
		if r := &b.refused[i]; r.early > 0 && order < r.order {
			r.early--
		}
	}
}

// unseen returns the refusal of a send behind the block whose id was not looked up. The send may be stored, so the
// refusal must not have [protocol.WhyStaleKey].
func (b *block) unseen() rules.Refusal {
	if b.Why == protocol.WhyStaleKey {
		return unavailable()
	}
	return b.Refusal
}

// lifts reports whether the arrival of id ends the block. While a look-up of an earlier send is under way, the first
// refused send is unknown.
func (b *block) lifts(id string) bool {
	for i := range b.refused {
		switch r := &b.refused[i]; {
		case r.id == id:
			return r.early == 0
		case !r.old:
			return false
		}
	}
	return b.finds == 0
}

// waitsFor returns the id of the send that the lane waits for; "": it waits for none.
func (b *block) waitsFor() string {
	for i := range b.refused {
		if !b.refused[i].old {
			return b.refused[i].id
		}
	}
	return ""
}

// afterJoin returns the block of a lane after a new join of its room. The lane no longer waits for the refused sends,
// because the client may have given them up. Look-ups that are under way may be refused after the join: until they end,
// the lane stays blocked.
func (b *block) afterJoin() *block {
	if b == nil || b.finds == 0 {
		return nil
	}
	for i := range b.refused {
		b.refused[i].old = true
	}
	return b
}

// lanes keeps the order of sends.
type lanes struct {
	*shared
	writes   *writes
	users    *users
	arrivals uint64 // counts sends, in their order of arrival
}

// send takes a send frame of a connection.
func (ls *lanes) send(now time.Time, s *Session, f protocol.Send) {
	m := s.member(f.Room)
	if m == nil {
		s.send(s.outside(f.Room, f.ID))
		return
	}
	ls.arrivals++
	l := m.lane()
	p := pending{
		op:      rules.Op{Room: f.Room, Sender: m.sender(), Do: rules.Send{Send: f}},
		session: s, order: ls.arrivals, apart: l.newRole || m.newKey(f.Encrypted),
	}
	l.newRole = false
	full := ls.writes.full(s, p.bytes())
	ls.admit(now, m, f.ID, full)
	b := l.block
	switch {
	case b != nil && full:
		b.refuse(f.ID, p.order, b.finds)
		s.send(refusalFrame(b.unseen(), f.Room, f.ID))
		return
	case b != nil && b.finds == 0 && b.waitsFor() != "":
		ls.probe(m)
	}
	p.holdBack(b)
	ls.writes.enqueue(p)
}

// newKey reports whether a send has another key than the send before it, which may be in the queue. In one batch the
// key must be stale for all sends of a lane or for none.
func (m *member) newKey(e *protocol.Encrypted) bool {
	kid := ""
	if e != nil {
		kid = e.Kid
	}
	if m.e2ee.lastKid() == kid {
		return false
	}
	m.encryption().kid = kid
	return m.session.ops > 0
}

// admit blocks an open lane if its next send cannot be accepted now. A blocked lane is opened by the send that it waits
// for.
func (ls *lanes) admit(now time.Time, m *member, id string, full bool) {
	l := m.lane()
	if l.block != nil && !l.block.lifts(id) {
		return
	}
	l.block = nil
	if full {
		l.block = &block{Refusal: unavailable()}
	} else if wait := ls.users.spend(now, m.session.user); wait > 0 {
		l.block = &block{Refusal: rateLimited(wait)}
	}
}

// probe looks up the send that a lane waits for. Another device of the user, or the same one, may have sent it before.
// If it is stored, its sender need not send it again, and it must not block the lane for ever.
func (ls *lanes) probe(m *member) {
	b, room := m.lane().block, m.presence.room.name
	id := b.waitsFor()
	ls.writes.enqueue(pending{
		// Without content: a stored id is a conflict.
		op: rules.Op{Room: room, Sender: m.sender(), Do: rules.Send{Send: protocol.Send{Room: room, ID: id}, FindOnly: true}},
		done: func(o rules.Outcome) {
			if o.Code == protocol.CodeConflict {
				b.settled(id)
			}
		},
	})
}

// holdBack makes p a look-up behind b; if b is nil, it does nothing.
func (p *pending) holdBack(b *block) {
	if b == nil {
		return
	}
	if p.block != nil {
		p.block.ended(p.order)
	}
	b.finds++
	do := p.op.Do.(rules.Send)
	do.FindOnly = true
	p.op.Do, p.block = do, b
}

// holdBackQueue blocks the lanes of sends that were refused with a retryable code. A failed batch has no outcomes; it
// blocks the lanes of all its sends. Sends in the queue must not overtake them.
func (ls *lanes) holdBackQueue(batch []*pending, outcomes []rules.Outcome) {
	type place struct {
		session *Session
		room    string
	}
	var blocks map[place]*block
	for i := range batch {
		p, why := batch[i], unavailable()
		if outcomes != nil {
			if !p.sends() || p.block != nil || !outcomes[i].Code.Retryable() {
				continue
			}
			why = outcomes[i].Refusal
		}
		if p.block != nil {
			p.block.refuse(p.op.ID(), p.order, 0) // its lane is blocked already, or was joined anew
			continue
		}
		if p.session == nil || p.member == nil && !p.sends() {
			continue
		}
		at := place{p.session, p.op.Room}
		b := blocks[at]
		if b == nil {
			if blocks == nil {
				blocks = map[place]*block{}
			}
			b = p.session.blockLane(p.op.Room, why)
			blocks[at] = b
		}
		if p.sends() {
			b.refuse(p.op.ID(), p.order, 0)
		}
	}
	if len(blocks) == 0 {
		return
	}
	for q := range ls.writes.queue.all() {
		if q.sends() {
			q.holdBack(blocks[place{q.session, q.op.Room}])
		}
	}
}

// blockLane returns the block of the session's lane of the room, and makes one if there is none. It makes one even if
// the session has left the room, because ops may still be in the queue.
func (s *Session) blockLane(room string, why rules.Refusal) *block {
	m := s.member(room)
	if m == nil {
		return &block{Refusal: why}
	}
	l := m.lane()
	if l.block == nil {
		l.block = &block{Refusal: why}
	}
	return l.block
}
