package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// marksEvery is the least time between two writes of read markers to a shared database.
const marksEvery = 2 * time.Second

// marks writes the read markers of all users together, outside the batches: markers take no rev, and need no lock on
// rooms.
type marks struct {
	*Gossip
	waiting []*presence // with acts.marking
	writing []mark
	next    time.Time // the earliest time of the next write
	writes  uint64    // the number of writes begun
}

// mark is a marker that is being written.
type mark struct {
	rules.ReadMark
	of *presence
	by *member
}

// want queues the marker of a presence to be written.
func (ms *marks) want(p *presence) {
	if acts := p.activity(); !acts.marking && acts.want > p.read {
		acts.marking = true
		ms.waiting = append(ms.waiting, p)
	}
}

// marker returns the user's read marker, even if it is not written yet.
func (rs *rooms) marker(p *presence) int64 {
	if rs.gossip == nil || p.extra == nil {
		return p.read
	}
	return max(p.read, min(p.extra.want, p.room.told))
}

// writeSoon makes the next write come soon, because a leaving user may return at once at another relay.
func (ms *marks) writeSoon(p *presence) {
	if p.extra != nil && p.extra.marking {
		ms.next = time.Time{}
	}
}

// deadline returns the time of the next write; due is false if there is none.
func (ms *marks) deadline() (at time.Time, due bool) {
	return ms.next, len(ms.waiting) > 0 && len(ms.writing) == 0
}

// flush writes the waiting markers when their time has come. A client may have read further than this relay's streams
// are, at another relay. The database bounds the markers.
func (ms *marks) flush(now time.Time) {
	if at, due := ms.deadline(); !due || now.Before(at) {
		return
	}
	waiting := ms.waiting
	ms.waiting = nil
	var all []rules.ReadMark
	for _, p := range waiting {
		r, acts := p.room, p.activity()
		acts.marking = false
		switch {
		case !r.open && len(p.members) > 0:
			ms.want(p) // the room's epoch is not known yet
		case !r.open || acts.want <= p.read:
			acts.want, acts.by = 0, nil
		default:
			acts.marking = true
			m := rules.ReadMark{Room: r.name, Epoch: r.epoch, User: p.user.id, Seq: acts.want}
			all = append(all, m)
			ms.writing = append(ms.writing, mark{m, p, acts.by})
		}
	}
	if len(all)+len(ms.waiting) > 0 {
		ms.next = now.Add(marksEvery)
	}
	if len(all) > 0 {
		ms.writes++
		ms.reader.MarkRead(all)
	}
}

// write writes the waiting markers as soon as it can. It returns the number of the write that includes all of them;
// waits is false if none is waiting.
func (ms *marks) write(now time.Time) (last uint64, waits bool) {
	last = ms.writes
	if len(ms.waiting) > 0 {
		ms.next = time.Time{}
		before := len(ms.writing) > 0
		ms.flush(now)
		if last = ms.writes; before {
			last++
		}
	}
	return last, len(ms.writing) > 0
}

// Marked takes the result of MarkRead: the stored markers, in the order of the written ones. If the write has failed, it
// tries them again while their users are here.
func (g *Gossip) Marked(now time.Time, stored []int64, err error) {
	ms := &g.marks
	written := ms.writing
	ms.writing = nil
	for i, m := range written {
		p, acts := m.of, m.of.activity()
		acts.marking = false
		if err == nil && stored[i] > 0 {
			g.marks.moved(m.Room, m.Epoch, m.User, stored[i], m.by)
			g.tell(&bus.Told{Room: m.Room, Epoch: m.Epoch, User: m.User, Frame: protocol.Read{Room: m.Room, Seq: stored[i]}.Append(nil)})
			p.read = max(p.read, stored[i])
		}
		switch {
		case len(p.members) == 0 || p.room.epoch != m.Epoch:
		case err != nil || acts.want > m.Seq:
			ms.want(p)
			continue
		}
		acts.want, acts.by = 0, nil
	}
	g.rooms.peers.now = now
	g.calls.wrote(now, ms.writes)
	g.rooms.peers.end()
}

// An earlyRead is another relay's read marker that came before the room was open here.
type earlyRead struct {
	epoch, user string
	seq         int64
}

// heardEarly applies the markers that came before the room was open.
func (ms *marks) heardEarly(r *room) {
	for _, e := range r.level.early {
		if p := r.users[ms.users.byID[e.user]]; p != nil && e.epoch == r.epoch {
			p.read = max(p.read, e.seq)
		}
	}
	r.level.early = nil
}

// moved sends the present marker to the user's streams of a room, except to the member by; nil: another relay moved it.
func (ms *marks) moved(room, epoch, user string, seq int64, by *member) {
	r := ms.rooms.opened(room)
	if r == nil || r.epoch != epoch {
		return
	}
	p := r.users[ms.users.byID[user]]
	if p == nil || seq <= p.read {
		return
	}
	p.read = seq
	ms.rooms.peers.holes.note(r, seq) // the message may still be on its way
	ms.stats.Reads++
	for _, m := range p.members {
		if m != by && m.joined {
			m.session.send(protocol.Read{Room: room, Seq: seq})
		}
	}
}
