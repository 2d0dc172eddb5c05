package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	// CheckEvery is the time after which the heads of all rooms in memory are read again.
	CheckEvery = 5 * time.Second
	// CheckEveryDown is that time while the bus is down, and after a query that has failed.
	CheckEveryDown = 250 * time.Millisecond
	// headsMax bounds the rooms of one query for heads.
	headsMax = 1000
)

// peers keeps rooms level with what other relays commit. A hub that is alone on its database has none.
type peers struct {
	*shared
	bus    Bus
	reader Reader
	rooms  *rooms
	writes *writes

	now       time.Time // of the call
	down      bool      // the bus
	checkAt   time.Time // when the heads of all rooms are read next
	queries   uint64    // for heads, so far
	asked     []*room   // rooms whose heads are being read
	asking    bool      // a query is under way
	checking  bool      // the next query reads the version of Known, be there rooms or not
	urgent    []*room   // rooms of the next query: joins wait for them
	due       []*room   // rooms of the next query or a later one
	all       []*room   // rooms in memory
	holes     []*room   // rooms with a level.healAt
	healAt    time.Time // the first of these; zero: none
	unsettled []*room   // rooms that may have a hole since this call
	news      []News    // of the batch that ends
	newsOf    map[string]int
	acks      []func() // answer acts of this batch
}

// A level tells how far a room's streams are behind the database.
type level struct {
	known   int64     // the highest rev that is known to be stored
	last    int64     // the streams know that they were told everything up to this rev
	covered int64     // the later states of skipped messages are told once this rev is
	ahead   []change  // changes above a hole, ascending by rev
	bytes   int       // of ahead
	ruled   ruled     // the version of the room's rules
	healAt  time.Time // when the hole is read; zero: there is none
	healing bool      // the hole is being read
	joins   []joining
	held    []heldAnswer
	early   []earlyRead // read markers that were told before the room was open
	learnt  uint64      // the number of queries for heads when the epoch was learnt

	asked  uint64 // the number of the last query for the head
	sought int64  // known when the hole was read last

	place                  int  // in peers.all
	urgent, due, unsettled bool // the room is in that list of peers
}

// A joining member waits until the streams are told as far as the head that was read for it.
type joining struct {
	member *member
	query  uint64             // that reads the head; 0: it has not begun
	head   int64              // -1: not known yet
	owed   []protocol.Changed // answers to sends that are stored already
}

func newPeers(h *Hub, bus Bus, reader Reader) *peers {
	return &peers{
		shared: h.shared, bus: bus, reader: reader, rooms: &h.rooms, writes: &h.writes, newsOf: map[string]int{},
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

// opened begins the level of a room whose epoch and head are known. The head is read once more: what was committed
// before the room's news came may be above it.
func (ps *peers) opened(r *room) {
	lv := r.level
	lv.known, lv.last, lv.learnt = max(lv.known, r.told), r.told, ps.queries
	ps.check(r)
}

// ended forgets the level of a life that is over. Members who are joining are opened anew.
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

// check makes the next query read a room's head.
func (ps *peers) check(r *room) {
	if !r.level.due {
		r.level.due = true
		ps.due = append(ps.due, r)
	}
}

// await answers a join from memory once the streams are told as far as a head that is read from now on.
func (ps *peers) await(m *member) {
	r := m.presence.room
	m.opening++
	r.level.joins = append(r.level.joins, joining{member: m, head: -1})
	if !r.level.urgent {
		r.level.urgent = true
		ps.urgent = append(ps.urgent, r)
	}
	ps.ask()
}

// cancel forgets the joins of a member that is evicted.
func (ps *peers) cancel(m *member) {
	lv := m.presence.room.level
	lv.joins = slices.DeleteFunc(lv.joins, func(j joining) bool {
		if j.member == m {
			m.opening--
		}
		return j.member == m
	})
}

// ask begins the next query for heads, unless one is under way. Rooms for which joins wait go first.
func (ps *peers) ask() {
	if ps.asking {
		return
	}
	next := ps.queries + 1
	var names []string
	add := func(r *room) {
		if r.members == 0 || !r.open || r.level.asked == next {
			return
		}
		r.level.asked = next
		ps.asked, names = append(ps.asked, r), append(names, r.name)
		for i := range r.level.joins {
			if j := &r.level.joins[i]; j.query == 0 {
				j.query = next
			}
		}
	}
	for len(ps.urgent) > 0 && len(names) < headsMax {
		r := take(&ps.urgent)
		r.level.urgent = false
		add(r)
	}
	for len(ps.due) > 0 && len(names) < headsMax {
		r := take(&ps.due)
		r.level.due = false
		add(r)
	}
	if len(names) > 0 || ps.checking {
		ps.queries, ps.asking, ps.checking = next, true, false
		ps.reader.ReadHeads(names)
	}
}

// take removes the first room of a list.
func take(list *[]*room) *room {
	r := (*list)[0]
	(*list)[0] = nil
	if *list = (*list)[1:]; len(*list) == 0 {
		*list = nil
	}
	return r
}

// heads compares what was read with what the streams were told.
func (ps *peers) heads(now time.Time, heads *rules.Heads, err error) {
	asked, query := ps.asked, ps.queries
	ps.now, ps.asked, ps.asking = now, nil, false
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

// end ends a call that may have told the streams something.
func (ps *peers) end() {
	ps.settle()
	ps.rooms.flushAll()
	ps.writes.flush()
	ps.ask()
}

// compare takes what a query has read of an open room.
func (ps *peers) compare(r *room, h *rules.Head, query uint64) {
	lv := r.level
	if h.Epoch != r.epoch {
		if query > lv.learnt {
			ps.rooms.endLife(r, h.Epoch != "")
		} else {
			ps.check(r) // the epoch was learnt meanwhile
		}
		return
	}
	ps.gossip.rulings.compareRoom(r, h.Rules)
	ps.hearOf(r, h.Head)
	for i := range lv.joins {
		if j := &lv.joins[i]; j.query == query && j.head < 0 {
			j.head = h.Head
		}
	}
	ps.endJoins(r)
}

// joinAt answers a join once the streams are told as far as a head.
func (ps *peers) joinAt(m *member, head int64) {
	r := m.presence.room
	m.opening++
	r.level.joins = append(r.level.joins, joining{member: m, head: head})
	ps.hearOf(r, head)
	ps.endJoins(r)
}

// endJoins answers the joins for which the streams are told enough.
func (ps *peers) endJoins(r *room) {
	lv := r.level
	if len(lv.joins) == 0 {
		return
	}
	waiting := lv.joins
	lv.joins = nil
	for i, j := range waiting {
		switch {
		case !j.member.stays():
		case j.head < 0 || j.head > r.told || j.member.calls > 0:
			lv.joins = append(lv.joins, waiting[i])
			continue
		default:
			ps.rooms.joined(ps.now, j.member)
			j.pay()
		}
		j.member.opening--
	}
}

// waits reports whether a join of the member waits.
func (ps *peers) waits(m *member) bool {
	return slices.ContainsFunc(m.presence.room.level.joins, func(j joining) bool { return j.member == m })
}

// owe keeps the answer to a send of a member whose join waits: nothing of the room is told before that is answered.
func (ps *peers) owe(m *member, f protocol.Changed) {
	joins := m.presence.room.level.joins
	if i := slices.IndexFunc(joins, func(j joining) bool { return j.member == m }); i >= 0 {
		joins[i].owed = append(joins[i].owed, f)
	}
}

// pay sends the answers that are owed, but for changes that the stream is still to tell.
func (j *joining) pay() {
	for _, f := range j.owed {
		if f.Message.Rev <= j.member.presence.room.told {
			j.member.session.send(f)
		}
	}
}

// refuseJoins refuses joins of a room that wait for what cannot be read.
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

// stays reports whether the member has not left its room.
func (m *member) stays() bool { return !m.session.ended && m.session.member(m.presence.room.name) == m }

// followed reads the heads of rooms whose news come from now on.
func (ps *peers) followed(now time.Time, rooms []string) {
	ps.now = now
	for _, name := range rooms {
		if r := ps.rooms.opened(name); r != nil {
			ps.check(r)
		}
		ps.gossip.presence.Followed(name)
	}
	ps.ask()
}

// call makes the relays level before a join is answered: it tells how many are in the room, and what the user has read.
func (ps *peers) call(now time.Time, m *member) {
	if ps == nil {
		return
	}
	m.calls++
	ps.gossip.calls.ask(now, func() {
		if m.calls--; m.stays() {
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
	ps.checking = true
	for _, r := range ps.all {
		ps.check(r)
	}
	ps.ask()
}

// deadline returns the time of the next check or heal.
func (ps *peers) deadline() time.Time {
	if !ps.healAt.IsZero() && ps.healAt.Before(ps.checkAt) {
		return ps.healAt
	}
	return ps.checkAt
}

// wake does what is due.
func (ps *peers) wake(now time.Time) {
	ps.now = now
	if ps.checkAt.IsZero() {
		ps.checkAt = now.Add(CheckEvery)
	}
	if !now.Before(ps.checkAt) {
		ps.checkAll(now)
	}
	ps.heal()
}
