package hub

import (
	"cmp"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A lane is one connection's sends of one room. The relay stores them in the
// order in which they arrived: once it has refused one with a retryable code,
// it refuses all later ones, until the refused one comes again.

// A block holds a lane back. What arrives behind it is only looked up, because
// an id stored before is answered all the same, and refused when not found.
type block struct {
	rules.Refusal
	finds   int          // look-ups under way
	refused []refusedOne // in the order of arrival: the first is waited for
}

// refusedMax is how many refused sends a block remembers: more than a client
// has in flight.
const refusedMax = 2 * protocol.InFlightMax

// refusedOne is a send that was refused behind a block.
type refusedOne struct {
	id    string
	order uint64 // its place in the order of arrival
	early int    // look-ups under way that arrived before it
}

// refuse notes that a send was refused behind the block, while early look-ups
// that arrived before it were under way. These end in the order of arrival: of
// a look-up none is.
func (b *block) refuse(id string, order uint64, early int) {
	for _, r := range b.refused {
		if r.id == id && r.order < order {
			return
		}
	}
	b.settled(id)
	at, _ := slices.BinarySearchFunc(b.refused, order, func(r refusedOne, order uint64) int {
		return cmp.Compare(r.order, order)
	})
	b.refused = slices.Insert(b.refused, at, refusedOne{id, order, early})
	b.refused = b.refused[:min(len(b.refused), refusedMax)]
}

// settled forgets a send that is stored, or refused for good: its sender need
// not send it again.
func (b *block) settled(id string) {
	b.refused = slices.DeleteFunc(b.refused, func(r refusedOne) bool { return r.id == id })
}

// ended notes that a look-up is not under way any more.
func (b *block) ended(order uint64) {
	b.finds--
	for i := range b.refused {
		if r := &b.refused[i]; r.early > 0 && order < r.order {
			r.early--
		}
	}
}

// lifts reports whether the arrival of id ends the block. While a look-up of an
// earlier send is under way it is not known which is the first refused.
func (b *block) lifts(id string) bool {
	if len(b.refused) == 0 {
		return b.finds == 0
	}
	return b.refused[0].id == id && b.refused[0].early == 0
}

// send takes a send frame of a connection.
func (h *Hub) send(now time.Time, s *Session, f protocol.Send) {
	m := s.member(f.Room)
	if m == nil {
		s.send(s.outside(f.Room, f.ID))
		return
	}
	h.arrivals++
	p := pending{
		op:      rules.Op{Room: f.Room, Sender: m.sender(), Do: rules.Send{Send: f}},
		session: s, order: h.arrivals, apart: m.turned,
	}
	m.turned = false
	full := h.full(s, p.bytes())
	h.turn(now, m, f.ID, full)
	b := m.block
	switch {
	case b != nil && full:
		b.refuse(f.ID, p.order, b.finds)
		s.send(refusalFrame(b.Refusal, f.Room, f.ID))
		return
	case b != nil && b.finds == 0 && len(b.refused) > 0:
		h.probe(m)
	}
	p.holdBack(b)
	h.enqueue(p)
}

// turn blocks an open lane where its next send cannot be taken on now. A blocked
// one is open again for the send that it waits for.
func (h *Hub) turn(now time.Time, m *member, id string, full bool) {
	if m.block != nil && !m.block.lifts(id) {
		return
	}
	m.block = nil
	if full {
		m.block = &block{Refusal: unavailable()}
	} else if wait := h.spend(now, m.session.user); wait > 0 {
		m.block = &block{Refusal: rateLimited(wait)}
	}
}

// probe asks whether the send that a lane waits for was stored meanwhile: sent
// by another of the user's devices, or twice by this one. Then its sender need
// not send it again, and it must not hold the lane back for ever.
func (h *Hub) probe(m *member) {
	b, id, room := m.block, m.block.refused[0].id, m.presence.room.name
	h.enqueue(pending{
		// Without content: found, it is a conflict.
		op: rules.Op{Room: room, Sender: m.sender(), Do: rules.Send{Send: protocol.Send{Room: room, ID: id}, FindOnly: true}},
		done: func(o rules.Outcome) {
			if o.Code == protocol.CodeConflict {
				b.settled(id)
			}
		},
	})
}

// sends reports whether the op is a send.
func (p *pending) sends() bool {
	_, sends := p.op.Do.(rules.Send)
	return sends
}

// holdBack makes p a look-up behind b; nil leaves it as it is.
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

// holdBackQueue blocks the lanes of what was refused with a retryable code, all of
// a failed batch, which has no outcomes: what queues behind it must not overtake it.
func (h *Hub) holdBackQueue(batch []*pending, outcomes []rules.Outcome) {
	type lane struct {
		session *Session
		room    string
	}
	var blocks map[lane]*block
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
		at := lane{p.session, p.op.Room}
		b := blocks[at]
		if b == nil {
			if blocks == nil {
				blocks = map[lane]*block{}
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
	for q := range h.queue.all() {
		if q.sends() {
			q.holdBack(blocks[lane{q.session, q.op.Room}])
		}
	}
}

// blockLane makes sure that the session's lane of the room is blocked. It
// makes a block also where the room was left: ops may still be queued.
func (s *Session) blockLane(room string, why rules.Refusal) *block {
	m := s.member(room)
	if m != nil && m.block != nil {
		return m.block
	}
	b := &block{Refusal: why}
	if m != nil {
		m.block = b
	}
	return b
}
