package presence

import (
	"slices"
	"strings"
	"time"

	"hallway/relay/bus"
)

// Heard takes news of another relay. News of any kind shows that their sender lives.
func (p *Presence) Heard(now time.Time, from bus.RelayID, news bus.News) {
	o := p.peers[from]
	if o == nil {
		if len(p.peers) >= peersMax {
			return
		}
		o = &peer{rosters: map[*room]*roster{}}
		p.peers[from] = o
		if b, ok := news.(*bus.Heartbeat); !ok || !b.Leaving {
			p.sendHeartbeats() // the new relay may have just started, and has no rosters
		}
	}
	o.heard = now
	switch n := news.(type) {
	case *bus.Moved:
		p.moves(o, n)
	case *bus.Heartbeat:
		if n.Leaving {
			p.drop(from)
			return
		}
		p.heartbeat(from, o, n)
	case *bus.Snapshot:
		p.snapshot(from, o, n)
	case *bus.Asked:
		p.tellSnapshot(from, n.Room)
	}
}

// moves takes the users who have come to a relay's streams and left them.
func (p *Presence) moves(o *peer, n *bus.Moved) {
	r := p.rooms[n.Room]
	if r == nil {
		return
	}
	on := o.roster(r)
	before := len(r.users)
	for _, user := range n.Came {
		r.set(on, user, true)
	}
	for _, user := range n.Left {
		r.set(on, user, false)
	}
	o.trim(r)
	p.tellChange(r, before)
}

// heartbeat compares the digests of a relay's rooms with its rosters here, and asks for those that differ.
func (p *Presence) heartbeat(from bus.RelayID, o *peer, n *bus.Heartbeat) {
	switch {
	case n.Round < o.round:
		return
	case n.Round > o.round:
		o.round, o.next = n.Round, 0
	}
	for _, d := range n.Rooms {
		r := p.rooms[d.Room]
		if r == nil {
			continue
		}
		on := o.roster(r)
		asked := on.round == n.Round
		on.round = n.Round
		if !asked && (int64(len(on.users)) != d.Users || on.sum != d.Sum) {
			p.host.Tell(&bus.Asked{Relay: from, Room: d.Room})
		}
	}
	if n.Part != o.next {
		return
	}
	if o.next++; o.next == n.Parts {
		p.endRound(o)
	}
}

// endRound forgets the rosters that a relay's complete heartbeat does not name.
func (p *Presence) endRound(o *peer) {
	for _, r := range o.rooms() {
		if o.rosters[r].round < o.round {
			p.clear(o, r)
		}
	}
}

// drop forgets a relay.
func (p *Presence) drop(id bus.RelayID) {
	o := p.peers[id]
	delete(p.peers, id)
	for _, r := range o.rooms() {
		p.clear(o, r)
	}
	for _, name := range p.asked() {
		p.answer(p.questions[name], id, nil)
	}
	p.host.Gone(id)
}

// clear forgets the users of a relay in a room.
func (p *Presence) clear(o *peer, r *room) {
	before, on := len(r.users), o.rosters[r]
	for user := range on.users {
		r.set(on, user, false)
	}
	delete(o.rosters, r)
	p.tellChange(r, before)
}

// tellChange calls Changed for a room whose number of users has changed.
func (p *Presence) tellChange(r *room, before int) {
	if len(r.users) != before {
		p.host.Changed(r.name)
	}
}

// roster returns the relay's roster of a room; it adds a missing one.
func (o *peer) roster(r *room) *roster {
	if o.rosters[r] == nil {
		o.rosters[r] = newRoster()
	}
	return o.rosters[r]
}

// trim forgets an empty roster that waits for no part of a snapshot.
func (o *peer) trim(r *room) {
	if on := o.rosters[r]; len(on.users) == 0 && !on.parts.begun {
		delete(o.rosters, r)
	}
}

// rooms returns the rooms with a roster of the relay, by name.
func (o *peer) rooms() []*room {
	all := make([]*room, 0, len(o.rosters))
	for r := range o.rosters {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *room) int { return strings.Compare(a.name, b.name) })
	return all
}

// An assembly puts the parts of a snapshot together. Parts come in order; if one is missing, the snapshot is dropped.
type assembly struct {
	round int64
	next  int64
	begun bool // parts are missing
	users []string
}

// add takes a part, and reports whether the snapshot is complete.
func (a *assembly) add(n *bus.Snapshot) (whole bool) {
	if n.Round > a.round {
		*a = assembly{round: n.Round}
	}
	if n.Round != a.round || n.Part != a.next {
		return false
	}
	a.next++
	a.users = append(a.users, n.Users...)
	a.begun = a.next < n.Parts
	return !a.begun
}

// snapshot replaces a relay's roster of a room.
func (p *Presence) snapshot(from bus.RelayID, o *peer, n *bus.Snapshot) {
	if q := p.questions[n.Room]; q != nil {
		if a := q.waits[from]; a != nil && a.add(n) {
			p.answer(q, from, a.users)
		}
	}
	r := p.rooms[n.Room]
	if r == nil {
		return
	}
	on := o.roster(r)
	if on.parts.add(n) {
		before, now := len(r.users), newRoster()
		for _, user := range on.parts.users {
			r.set(now, user, true)
		}
		for user := range on.users {
			r.set(on, user, false)
		}
		now.round, now.parts = on.round, assembly{round: n.Round, next: n.Parts}
		o.rosters[r] = now
		p.tellChange(r, before)
	}
	o.trim(r)
}
