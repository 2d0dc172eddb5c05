package hub

import (
	"maps"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// acts holds a user's read marker on its way, and the time of the user's last typing.
type acts struct {
	typedAt int64   // when typing was told last
	want    int64   // where the read marker is to move; 0: nowhere
	by      *member // wants that
	marking bool    // a Read is in the queue or being committed
}

func (p *presence) activity() *acts {
	if p.acts == nil {
		p.acts = &acts{}
	}
	return p.acts
}

// activity passes on typing, and moves read markers.
type activity struct {
	*shared
	rooms  *rooms
	writes *writes
}

// typing tells the others in a room that a user is typing, unless it happens too often.
func (a *activity) typing(now time.Time, s *Session, name string) {
	m := s.member(name)
	if m == nil {
		s.send(s.outside(name, ""))
		return
	}
	p := m.presence
	r, acts, at := p.room, p.activity(), now.UnixNano()
	if !m.joined || a.rooms.count(r) == 1 {
		return // nobody else is here
	}
	if !r.mayType(at, acts.typedAt) {
		a.stats.TypingDropped++
		return
	}
	acts.typedAt = at
	a.rooms.broadcastToOthers(p, protocol.Typist{Room: name, User: m.sender()}.Append(nil))
	a.gossip.tell(&bus.Typing{Room: name, User: m.sender()})
}

// mayType reports whether the room may be told that a user is typing, and counts it. last is the time at which the user
// typed before.
func (r *room) mayType(at, last int64) bool {
	if at-last < int64(typingEvery) || at-r.typedAt[r.typed] < int64(time.Second) {
		return false
	}
	r.typedAt[r.typed] = at
	r.typed = (r.typed + 1) % len(r.typedAt)
	return true
}

// typingElsewhere tells the room that a user is typing at another relay, by the limits of this one.
func (a *activity) typingElsewhere(now time.Time, n *bus.Typing) {
	r, at := a.rooms.opened(n.Room), now.UnixNano()
	if r == nil || r.streams == 0 {
		return
	}
	p := r.users[a.rooms.users.byID[n.User.ID]]
	last := r.typists[n.User.ID]
	if p != nil {
		last = max(last, p.activity().typedAt)
	}
	if !r.mayType(at, last) {
		a.stats.TypingDropped++
		return
	}
	// The room's limit bounds those who stay.
	maps.DeleteFunc(r.typists, func(_ string, last int64) bool { return at-last >= int64(typingEvery) })
	if r.typists == nil {
		r.typists = map[string]int64{}
	}
	r.typists[n.User.ID] = at
	frame := protocol.Typist{Room: n.Room, User: n.User}.Append(nil)
	if p != nil {
		p.activity().typedAt = at
		a.rooms.broadcastToOthers(p, frame)
		return
	}
	a.rooms.broadcast(r, [][]byte{frame})
}

// read moves the user's read marker. While a Read is under way, it only keeps the farthest seq for the next Read. After
// a failure, the user's next read in the room tries again, if one of the user's connections is still there; it is
// usually farther anyway. So a marker may be behind after a failure, but it never goes back.
func (a *activity) read(s *Session, f protocol.Read) {
	m := s.member(f.Room)
	if m == nil {
		s.send(s.outside(f.Room, ""))
		return
	}
	acts := m.presence.activity()
	if f.Seq > acts.want {
		acts.want, acts.by = f.Seq, m
	}
	a.mark(m.presence)
}

// mark asks the store to move the marker as far as the user has read.
func (a *activity) mark(p *presence) {
	if a.gossip != nil {
		a.gossip.marks.want(p)
		return
	}
	acts := p.acts
	if acts.marking || acts.want <= p.read || a.writes.full(nil, opBytes) {
		return
	}
	acts.marking = true
	by, seq := acts.by, acts.want
	a.writes.enqueue(pending{
		op:   rules.Op{Room: p.room.name, Sender: by.sender(), Do: rules.Read{Seq: seq}},
		done: func(o rules.Outcome) { a.marked(p, by, seq, o) },
	})
}

// marked ends a Read of a member.
func (a *activity) marked(p *presence, by *member, seq int64, o rules.Outcome) {
	acts := p.acts
	acts.marking = false
	if o.Code != "" {
		return
	}
	// If the room is not open, the marker may be of an earlier life; joined tells the present one.
	if read := o.Result.(rules.Marked).Read; p.room.open && read > p.read {
		p.read = read
		a.stats.Reads++
		for _, m := range p.members {
			if m != by && m.joined {
				m.session.send(protocol.Read{Room: p.room.name, Seq: p.read})
			}
		}
	}
	if acts.want > seq && len(p.members) > 0 { // a user who left may have come back, with another presence
		a.mark(p)
	} else {
		acts.want, acts.by = 0, nil // reached, or beyond the head, which counts as the head
	}
}
