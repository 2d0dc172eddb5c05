package hub

import (
	"maps"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// acts holds a user's pending read marker and the time of the user's last typing.
type acts struct {
	typedAt int64   // when the room was last told that the user types
	want    int64   // the seq that the read marker is to reach; 0: none
	by      *member // the member whose read asked for want
	marking bool    // a Read is in the queue or being committed
}

// activity returns the user's acts, and makes them if they are missing.
func (p *presence) activity() *acts { return &p.more().acts }

// activity passes on typing and moves read markers.
type activity struct {
	*shared
	rooms  *rooms
	writes *writes
}

// typing tells the other members of a room that a user is typing, within the limits.
func (a *activity) typing(now time.Time, s *Session, name string) {
	m := s.member(name)
	if m == nil {
		s.send(s.outside(name, ""))
		return
	}
	p := m.presence
	r, acts, at := p.room, p.activity(), now.UnixNano()
	if !m.joined || a.rooms.count(r) == 1 {
		return // no other user is here
	}
	if !r.mayType(at, acts.typedAt) {
		a.stats.TypingDropped++
		return
	}
	acts.typedAt = at
	a.rooms.broadcastToOthers(p, protocol.Typist{Room: name, User: m.sender()}.Append(nil))
	a.gossip.tell(&bus.Typing{Room: name, User: m.sender()})
}

// mayType reports whether the limits allow the room to be told that a user is typing, and counts it. last is the time
// of the user's previous typing.
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
	// The room's limit bounds the remaining entries.
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

// read moves the user's read marker. While a Read is under way, it keeps only the farthest seq, for the next Read.
// After a failure the marker stays behind until the user's next read in the room, which is usually farther anyway. It
// never goes back.
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
	acts := p.activity()
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

// marked handles the end of a member's Read.
func (a *activity) marked(p *presence, by *member, seq int64, o rules.Outcome) {
	acts := p.activity()
	acts.marking = false
	if o.Code != "" {
		return
	}
	// If the room is not open, the marker may belong to an earlier epoch; the joined frame then has the present one.
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
		acts.want, acts.by = 0, nil // reached, or beyond the head: that counts as the head
	}
}
