package presence

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"hallway/relay/bus"
)

const (
	// PulseEvery is the least time between two pulses.
	PulseEvery = 250 * time.Millisecond
	// HeartbeatEvery is the time between two heartbeats.
	HeartbeatEvery = time.Second
	// SilentAfter is the silence after which a relay counts as gone.
	SilentAfter = 5 * time.Second
	// AnswerWithin bounds how long Ask waits for a relay.
	AnswerWithin = time.Second
	// peersMax bounds the known relays.
	peersMax = 1000
)

// Host is the owner of a Presence. Its methods must not call back.
type Host interface {
	// Tell sends news to other relays.
	Tell(news bus.News)
	// Changed reports that the number of users of a room has changed through another relay.
	Changed(room string)
	// Gone reports that a relay counts as gone.
	Gone(relay bus.RelayID)
}

// Presence holds which users are in which rooms, on all relays. One owner calls its methods, one after another.
type Presence struct {
	host Host

	rooms     map[string]*room
	order     []*room // those in rooms, in an order that does not depend on the map's
	moved     []*room // rooms with unsent moves
	peers     map[bus.RelayID]*peer
	questions map[string]*question
	round     int64 // the number of the last heartbeat or snapshot
	beatAt    time.Time
	pulsedAt  time.Time
}

// New returns a Presence without rooms and relays.
func New(host Host) *Presence {
	return &Presence{host: host, rooms: map[string]*room{}, peers: map[bus.RelayID]*peer{}, questions: map[string]*question{}}
}

// room is a room that is open here.
type room struct {
	name  string
	place int // in Presence.order
	own   *roster
	users map[string]int // the number of relays on which the user is

	followed bool     // the room's news arrive
	moves    []string // users who have come or left since the last pulse
}

// roster holds the users of one relay's streams of a room.
type roster struct {
	users map[string]struct{}
	sum   uint64   // XOR of their hashes
	round int64    // the last heartbeat that named the room or asked for it
	parts assembly // the incoming snapshot
}

func newRoster() *roster { return &roster{users: map[string]struct{}{}} }

// peer is another relay.
type peer struct {
	heard   time.Time
	rosters map[*room]*roster
	round   int64 // the last heartbeat's number
	next    int64 // its next part
}

// hash returns a user's hash for digests.
func hash(user string) uint64 {
	sum := sha256.Sum256([]byte(user))
	return binary.BigEndian.Uint64(sum[:8])
}

// set notes whether a user is on the roster, and reports whether that is a change.
func (o *roster) set(user string, here bool) bool {
	if _, was := o.users[user]; was == here {
		return false
	}
	if here {
		o.users[user] = struct{}{}
	} else {
		delete(o.users, user)
	}
	o.sum ^= hash(user)
	return true
}

// set notes whether a user is on a roster of the room.
func (r *room) set(o *roster, user string, here bool) bool {
	switch {
	case !o.set(user, here):
		return false
	case here:
		r.users[user]++
	case r.users[user] == 1:
		delete(r.users, user)
	default:
		r.users[user]--
	}
	return true
}

// Open begins to track the users of a room, and asks the other relays for theirs.
func (p *Presence) Open(name string) {
	if p.rooms[name] == nil {
		p.askAll(name)
		r := &room{name: name, place: len(p.order), own: newRoster(), users: map[string]int{}}
		p.rooms[name] = r
		p.order = append(p.order, r)
	}
}

// Followed notes that the room's news arrive from now on. News since Open may have been lost.
func (p *Presence) Followed(name string) {
	if r := p.rooms[name]; r != nil && !r.followed {
		r.followed = true
		p.askAll(name)
	}
}

// askAll asks all relays for their users of a room.
func (p *Presence) askAll(name string) {
	for _, id := range p.Peers() {
		p.host.Tell(&bus.Asked{Relay: id, Room: name})
	}
}

// Close forgets the users of a room. No user may be left on this relay.
func (p *Presence) Close(name string) {
	r := p.rooms[name]
	p.tellMoves(r)
	delete(p.rooms, name)
	last := p.order[len(p.order)-1]
	p.order[r.place], last.place = last, r.place
	p.order[len(p.order)-1] = nil
	p.order = p.order[:len(p.order)-1]
	for _, o := range p.peers {
		delete(o.rosters, r)
	}
}

// Set notes whether a user has a stream of an open room on this relay.
func (p *Presence) Set(name, user string, here bool) {
	r := p.rooms[name]
	if !r.set(r.own, user, here) {
		return
	}
	if len(r.moves) == 0 {
		p.moved = append(p.moved, r)
	}
	r.moves = append(r.moves, user)
}

// Count returns the number of users in an open room, on all relays.
func (p *Presence) Count(name string) int { return len(p.rooms[name].users) }

// Relays returns the number of other known relays.
func (p *Presence) Relays() int { return len(p.peers) }

// Pulse sends the moves, heartbeats and questions that are due.
func (p *Presence) Pulse(now time.Time) {
	// If this relay itself stood still, it has received nothing meanwhile.
	if gap := now.Sub(p.pulsedAt); gap > SilentAfter/2 && !p.pulsedAt.IsZero() {
		for _, o := range p.peers {
			if o.heard = o.heard.Add(gap); o.heard.After(now) {
				o.heard = now
			}
		}
	}
	p.pulsedAt = now
	p.TellMoves()
	if now.Sub(p.beatAt) >= HeartbeatEvery {
		p.beatAt = now
		p.sendHeartbeats()
	}
	for _, id := range p.Peers() {
		if now.Sub(p.peers[id].heard) >= SilentAfter {
			p.drop(id)
		}
	}
	p.endQuestions(now)
}

// TellMoves tells the other relays at once which users have come and left since the last pulse.
func (p *Presence) TellMoves() {
	for _, r := range p.moved {
		p.tellMoves(r)
	}
	clear(p.moved)
	p.moved = p.moved[:0]
}

// Leave tells all relays that this one stops.
func (p *Presence) Leave() {
	p.round++
	p.tellAll(&bus.Heartbeat{Round: p.round, Leaving: true})
}

// sendHeartbeats sends the digests of all rooms with users on this relay.
func (p *Presence) sendHeartbeats() {
	p.round++
	var digests []bus.Digest
	for _, r := range p.order {
		if n := len(r.own.users); n > 0 {
			digests = append(digests, bus.Digest{Room: r.name, Users: int64(n), Sum: r.own.sum})
		}
	}
	p.tellAll(&bus.Heartbeat{Round: p.round, Rooms: digests})
}

// tellMoves sends the users who have come to the room and left it since the last pulse.
func (p *Presence) tellMoves(r *room) {
	if len(r.moves) == 0 {
		return
	}
	m := &bus.Moved{Room: r.name}
	slices.Sort(r.moves)
	for _, user := range slices.Compact(r.moves) {
		if _, here := r.own.users[user]; here {
			m.Came = append(m.Came, user)
		} else {
			m.Left = append(m.Left, user)
		}
	}
	r.moves = nil
	p.tellAll(m)
}

// tellSnapshot sends another relay the users of a room here.
func (p *Presence) tellSnapshot(to bus.RelayID, name string) {
	p.round++
	s := &bus.Snapshot{Relay: to, Room: name, Round: p.round}
	if r := p.rooms[name]; r != nil {
		s.Users = slices.Sorted(maps.Keys(r.own.users))
	}
	p.tellAll(s)
}

// tellAll sends news in parts that fit into messages.
func (p *Presence) tellAll(news bus.News) {
	for _, part := range bus.Split(news) {
		p.host.Tell(part)
	}
}

// Peers returns the ids of the other known relays, in an order that does not depend on the map's.
func (p *Presence) Peers() []bus.RelayID {
	return slices.Sorted(maps.Keys(p.peers))
}
