package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// acts is what a user does in a room beside changing it.
type acts struct {
	typedAt int64   // when typing was told last
	want    int64   // where the read marker is to move; 0: nowhere
	by      *member // who wants that
	marking bool    // a read is queued or under way
}

// active is the user's acts in the room.
func (p *presence) active() *acts {
	if p.acts == nil {
		p.acts = &acts{}
	}
	return p.acts
}

// typing tells the others in the room, unless that happens too often, who is
// writing.
func (h *Hub) typing(now time.Time, s *Session, name string) {
	m := s.member(name)
	if m == nil {
		s.send(s.outside(name, ""))
		return
	}
	p := m.presence
	r, a, at := p.room, p.active(), now.UnixNano()
	if !m.joined || r.here == 1 {
		return // there is nobody to tell
	}
	if at-a.typedAt < int64(typingEvery) || at-r.typedAt[r.typed] < int64(time.Second) {
		h.stats.TypingDropped++
		return
	}
	a.typedAt, r.typedAt[r.typed] = at, at
	r.typed = (r.typed + 1) % len(r.typedAt)
	h.tellOthers(p, protocol.Typist{Room: name, User: m.sender()}.Append(nil))
}

// tellOthers sends a frame to all of the room but the user's own connections.
func (h *Hub) tellOthers(p *presence, frame []byte) {
	r, frames := p.room, [][]byte{frame}
	own := 0
	for _, m := range p.members {
		if m.joined {
			r.group.Remove(m.session.conn)
			own++
		}
	}
	r.group.Send(frames)
	for _, m := range p.members {
		if m.joined {
			r.group.Add(m.session.conn)
		}
	}
	h.stats.BytesOut += uint64(len(frame) * (r.streams - own))
}

// read moves the user's read marker. Of all that is wanted while one op is
// under way only the farthest is stored, by the next one. What could not be
// stored is tried again with the user's next read in the room, as long as one of
// the user's connections is there; that one will usually be farther anyway. So a
// marker may be behind after a failure, and never goes back.
func (h *Hub) read(s *Session, f protocol.Read) {
	m := s.member(f.Room)
	if m == nil {
		s.send(s.outside(f.Room, ""))
		return
	}
	a := m.presence.active()
	if f.Seq > a.want {
		a.want, a.by = f.Seq, m
	}
	h.mark(m.presence)
}

// mark has the store move the marker to where it is wanted.
func (h *Hub) mark(p *presence) {
	a := p.acts
	if a.marking || a.want <= p.read || h.full(nil, opBytes) {
		return
	}
	a.marking = true
	by, seq := a.by, a.want
	h.enqueue(pending{
		op:   rules.Op{Room: p.room.name, Sender: by.sender(), Do: rules.Read{Seq: seq}},
		done: func(o rules.Outcome) { h.marked(p, by, seq, o) },
	})
}

// marked ends a read that by has wanted.
func (h *Hub) marked(p *presence, by *member, seq int64, o rules.Outcome) {
	a := p.acts
	a.marking = false
	if o.Code != "" {
		return
	}
	if read := o.Result.(rules.Marked).Read; p.room.open && read > p.read { // else it may be of a life that is over, and joined tells
		p.read = read
		h.stats.Reads++
		for _, m := range p.members {
			if m != by && m.joined {
				m.session.send(protocol.Read{Room: p.room.name, Seq: p.read})
			}
		}
	}
	if a.want > seq && len(p.members) > 0 { // who has left may be back, with another presence
		h.mark(p)
	} else {
		a.want, a.by = 0, nil // reached, or beyond the head, which counts as the head
	}
}
