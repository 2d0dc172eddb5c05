package hub

import (
	"time"

	"hallway/relay/rules"
)

const (
	// CheckEvery is the time between two checks of the heads of all rooms in memory.
	CheckEvery = 5 * time.Second
	// CheckEveryDown replaces CheckEvery while the bus is down, and after a failed query.
	CheckEveryDown = 250 * time.Millisecond
)

// peers keeps rooms level with the commits of other relays. A hub that is alone on its database has no peers.
type peers struct {
	*shared
	bus    Bus
	rooms  *rooms
	writes *writes

	now     time.Time // of the current call
	down    bool      // the bus
	checkAt time.Time // when the heads of all rooms are read next
	all     []*room   // rooms in memory
	queue   headQueue
	holes   holeList
	news    publisher // of the batch that ends
	acks    []func()  // answers to acts of this batch, called at its end
}

func newPeers(h *Hub, bus Bus, reader Reader) *peers {
	return &peers{
		shared: h.shared, bus: bus, rooms: &h.rooms, writes: &h.writes,
		queue: headQueue{reader: reader}, holes: holeList{reader: reader}, news: publisher{bus: bus, newsOf: map[string]int{}},
	}
}

// enter begins to follow a room.
func (ps *peers) enter(r *room) {
	r.level = &level{place: len(ps.all)}
	ps.all = append(ps.all, r)
	ps.bus.Follow(r.name)
}

// leave ends following a room.
func (ps *peers) leave(r *room) {
	ps.bus.Unfollow(r.name)
	last := ps.all[len(ps.all)-1]
	ps.all[r.level.place], last.level.place = last, r.level.place
	ps.all[len(ps.all)-1] = nil
	ps.all = ps.all[:len(ps.all)-1]
}

// opened begins the level of a room whose epoch and head are known. It reads the head once more, because a commit
// before the room's first news may be above it.
func (ps *peers) opened(r *room) {
	lv := r.level
	lv.known, lv.last, lv.learnt = max(lv.known, r.told), r.told, ps.queue.queries
	ps.queue.check(r)
}

// ended clears a room's level after the end of its epoch. Joining members are opened anew.
func (ps *peers) ended(r *room) {
	lv := r.level
	lv.known, lv.last, lv.covered, lv.ahead, lv.bytes, lv.healAt = 0, 0, 0, nil, 0, time.Time{}
	joins := lv.joins
	lv.joins = nil
	for _, j := range joins {
		if m := j.member; m.stays() {
			ps.rooms.open(m)
		}
		j.member.opening--
	}
}

// await answers a join from memory once the streams have reached a head that is read after this call.
func (ps *peers) await(m *member) {
	r := m.presence.room
	m.opening++
	r.level.joins = append(r.level.joins, joining{member: m, head: -1})
	ps.queue.prioritize(r)
	ps.queue.ask()
}

// heads compares the heads in the database with those of the streams.
func (ps *peers) heads(now time.Time, heads *rules.Heads, err error) {
	asked, query := ps.queue.answered()
	ps.now = now
	if err == nil {
		ps.gossip.rulings.compare(heads.Revocations)
	} else {
		ps.checkAt = now.Add(CheckEveryDown)
	}
	for i, r := range asked {
		switch {
		case r.members == 0 || !r.open:
		case err != nil:
			ps.refuseJoins(r, func(j *joining) bool { return j.query == query && j.head < 0 })
		default:
			ps.compare(r, &heads.Rooms[i], query)
		}
	}
	ps.end()
}

// end ends a call that may have changed the streams.
func (ps *peers) end() {
	after := HealAfter
	if ps.down {
		after = 0 // no news can come
	}
	ps.holes.settle(ps.now, after)
	ps.rooms.flushAll()
	ps.writes.flush()
	ps.queue.ask()
}

// compare compares the head of an open room in the database with that of its streams.
func (ps *peers) compare(r *room, h *rules.Head, query uint64) {
	lv := r.level
	if h.Epoch != r.epoch {
		if query > lv.learnt {
			ps.rooms.endLife(r, h.Epoch != "")
		} else {
			ps.queue.check(r) // the epoch became known during the query
		}
		return
	}
	ps.gossip.rulings.compareRoom(r, h.Rules)
	ps.holes.note(r, h.Head)
	for i := range lv.joins {
		if j := &lv.joins[i]; j.query == query && j.head < 0 {
			j.head = h.Head
		}
	}
	ps.endJoins(r)
}

// joinAt answers a join once the streams have reached a head.
func (ps *peers) joinAt(m *member, head int64) {
	r := m.presence.room
	m.opening++
	r.level.joins = append(r.level.joins, joining{member: m, head: head})
	ps.holes.note(r, head)
	ps.endJoins(r)
}

// endJoins answers the joins whose heads the streams have reached. It answers none between skipped revs and the frame
// that covers them: that frame would reach a stream that began after the revs.
func (ps *peers) endJoins(r *room) {
	lv := r.level
	if len(lv.joins) == 0 || r.skips() {
		return
	}
	waiting := lv.joins
	lv.joins = nil
	for i, j := range waiting {
		switch {
		case !j.member.stays():
		case j.head < 0 || j.head > r.told || lv.calls[j.member] > 0:
			lv.joins = append(lv.joins, waiting[i])
			continue
		default:
			ps.rooms.joined(ps.now, j.member)
			j.sendHeld()
		}
		j.member.opening--
	}
}

// refuseJoins refuses a room's joins that cannot be answered, because a read of the database failed.
func (ps *peers) refuseJoins(r *room, which func(*joining) bool) {
	waiting := r.level.joins
	r.level.joins = nil
	for i := range waiting {
		j := &waiting[i]
		if j.member.stays() && !which(j) {
			r.level.joins = append(r.level.joins, *j)
			continue
		}
		m := j.member
		if m.opening--; !m.stays() {
			continue
		}
		m.session.send(refusalFrame(unavailable(), r.name, ""))
		if !m.joined && m.opening == 0 {
			ps.rooms.remove(m)
		}
	}
}

// followed reads the heads of the rooms whose news arrive from now on.
func (ps *peers) followed(now time.Time, rooms []string) {
	ps.now = now
	for _, name := range rooms {
		if r := ps.rooms.opened(name); r != nil {
			ps.queue.check(r)
		}
		ps.gossip.presence.Followed(name)
	}
	ps.queue.ask()
}

// call asks the other relays, before a join is answered, for the number of users in the room and the user's read
// marker.
func (ps *peers) call(now time.Time, m *member) {
	if ps == nil {
		return
	}
	lv := m.presence.room.level
	if lv.calls == nil {
		lv.calls = map[*member]int{}
	}
	lv.calls[m]++
	ps.gossip.calls.ask(now, func() {
		if lv.calls[m]--; lv.calls[m] == 0 {
			delete(lv.calls, m)
		}
		if m.stays() {
			ps.endJoins(m.presence.room)
		}
	})
}

// busUp notes whether the bus carries news.
func (ps *peers) busUp(now time.Time, up bool) {
	ps.now, ps.down = now, !up
	ps.checkAll(now)
}

// checkAll reads the heads of all rooms.
func (ps *peers) checkAll(now time.Time) {
	ps.checkAt = now.Add(CheckEvery)
	if ps.down {
		ps.checkAt = now.Add(CheckEveryDown)
	}
	ps.queue.known = true
	for _, r := range ps.all {
		ps.queue.check(r)
	}
	ps.queue.ask()
}

// deadline returns the time of the next check or heal.
func (ps *peers) deadline() time.Time {
	if at := ps.holes.at; !at.IsZero() && at.Before(ps.checkAt) {
		return at
	}
	return ps.checkAt
}

// wake does the work that is due.
func (ps *peers) wake(now time.Time) {
	ps.now = now
	if ps.checkAt.IsZero() {
		ps.checkAt = now.Add(CheckEvery)
	}
	if !now.Before(ps.checkAt) {
		ps.checkAll(now)
	}
	ps.holes.read(now)
}
