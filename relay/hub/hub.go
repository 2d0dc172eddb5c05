package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
)

// Hub is the relay's state. One owner calls its methods; see the package comment. It routes each call to its parts,
// each with its own state.
type Hub struct {
	*shared
	users         users
	sessions      sessions
	authenticator authenticator
	rooms         rooms
	lanes         lanes
	writes        writes
	activity      activity
	moderation    moderation
	ranking       ranking
	keys          keys
	changes       changes
	outcomes      outcomes
	draining      bool
}

// New returns an empty hub.
func New(cfg Config, transport Transport, committer Committer) *Hub {
	s := newShared(cfg)
	h := &Hub{shared: s}
	h.users = users{shared: s, byID: map[string]*user{}}
	h.writes = writes{shared: s, committer: committer, users: &h.users}
	h.rooms = rooms{
		shared: s, transport: transport, writes: &h.writes, users: &h.users, sessions: &h.sessions, byName: map[string]*room{},
	}
	h.rooms.keys = &h.keys
	h.sessions = sessions{shared: s, rooms: &h.rooms, users: &h.users}
	h.ranking = ranking{shared: s, sessions: &h.sessions, rooms: &h.rooms, writes: &h.writes}
	h.authenticator = authenticator{
		shared: s, sessions: &h.sessions, users: &h.users, rooms: &h.rooms, ranking: &h.ranking,
	}
	h.lanes = lanes{shared: s, writes: &h.writes, users: &h.users}
	h.activity = activity{shared: s, rooms: &h.rooms, writes: &h.writes}
	h.moderation = moderation{shared: s, rooms: &h.rooms, sessions: &h.sessions, users: &h.users, writes: &h.writes}
	h.keys = keys{shared: s, rooms: &h.rooms, sessions: &h.sessions}
	h.changes = changes{users: &h.users, writes: &h.writes, ranking: &h.ranking}
	h.outcomes = outcomes{shared: s, rooms: &h.rooms, moderation: &h.moderation, keys: &h.keys}
	return h
}

// Open begins a session on a new connection of a client. A draining hub closes the connection at once.
func (h *Hub) Open(now time.Time, client *Client, conn Conn) *Session {
	s := h.sessions.add(now, client, conn)
	if h.draining {
		h.sessions.end(s, protocol.CloseGoingAway, "the relay is going away")
	}
	h.sessions.limit(s)
	return s
}

// Closed ends a session whose connection is gone.
func (h *Hub) Closed(_ time.Time, s *Session) { h.sessions.remove(s) }

// Tick does the work that is due. Its owner calls it every TickEvery.
func (h *Hub) Tick(now time.Time) {
	h.sessions.expire(now)
	h.sessions.evictUnauthenticated()
	h.rooms.tellPresence(now)
	h.users.forget(now)
	h.keys.tick(now)
	h.ranking.save()
	h.writes.flush()
}

// Drain asks all clients to go and refuses new ones. It serves the remaining clients until CloseAll. It spreads their
// return over a time in which the next relay, by the same limit, can admit them all.
func (h *Hub) Drain(time.Time) {
	h.draining = true
	after := h.cfg.GoawayMs
	if perSecond := int64(h.cfg.HandshakesPerSecond); perSecond > 0 {
		after = min(after+int64(len(h.sessions.all))*1000/perSecond, GoawayMsMax)
	}
	for _, s := range h.sessions.all {
		s.send(protocol.Goaway{ReconnectAfterMs: after})
	}
	h.ranking.save()
	h.writes.flush()
}

// CloseAll ends all sessions with CloseGoingAway.
func (h *Hub) CloseAll(time.Time) {
	h.sessions.each(func(s *Session) { h.sessions.end(s, protocol.CloseGoingAway, "the relay is going away") })
	h.gossip.leave()
}

// See notes a token of a request: its user has the token's ranks from now on. The next Tick stores it.
func (h *Hub) See(who *Identity) { h.ranking.noteToken(who) }

// Filled takes messages from the store for the window of a room.
func (h *Hub) Filled(name string, f Fill) {
	if r := h.rooms.byName[name]; r != nil {
		h.windows.filled(r.window, f)
	}
}

// Purged notes that the store has deleted a room's messages with a seq below the given one, in the given epoch. It
// informs the other relays, but no client: clients keep their messages, and get no deleted ones.
func (h *Hub) Purged(name, epoch string, below int64) {
	if r := h.rooms.byName[name]; r != nil {
		h.windows.purged(r.window, purge{epoch, below})
	}
	h.gossip.tell(&bus.Purged{Room: name, Epoch: epoch, Below: below})
}

// Pending returns the number of unfinished ops and unwritten read markers.
func (h *Hub) Pending() int {
	if h.gossip != nil {
		return h.writes.ops + len(h.gossip.marks.waiting) + len(h.gossip.marks.writing)
	}
	return h.writes.ops
}

// Windows returns the histories in memory. Any goroutine may read them.
func (h *Hub) Windows() *Windows { return &h.windows }

// Bans returns the bans in force. Any goroutine may read them.
func (h *Hub) Bans() *Bans { return &h.bans }

// Revocations returns the revocations in force. Any goroutine may read them.
func (h *Hub) Revocations() *Revocations { return &h.revocations }

// Ranks returns the ranks by the last tokens seen. Any goroutine may read them.
func (h *Hub) Ranks() *Ranks { return &h.ranks }
