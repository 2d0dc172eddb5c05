package hub

import (
	"net/netip"
	"time"

	"hallway/protocol"
)

// Hub is the relay's state. One owner calls its methods; see the package
// comment.
type Hub struct {
	cfg       Config
	transport Transport
	committer Committer

	sessions  []*Session // that have not ended; Session.place is the index
	strangers []*Session // in the order of their coming; those behind the first may be none any more
	users     map[string]*user
	resting   []*user // without a connection, perhaps to be forgotten
	rooms     map[string]*room
	restless  []*room // whose members may not know the number of users
	draining  bool

	arrivals uint64     // counts sends, in their order of arrival
	queue    queue      // waits for the batch under way
	flying   []*pending // the batch under way
	ops      int        // in both
	bytes    int        // of both
	touched  []*room    // with frames to tell; empty between calls
	unsaved  []string   // users whose ranks the store has not heard of

	windows     Windows
	revocations Revocations
	bans        Bans
	ranks       Ranks
	refusals    refusals
	stats       Stats
}

// New makes an empty hub.
func New(cfg Config, transport Transport, committer Committer) *Hub {
	return &Hub{
		cfg:         cfg.WithDefaults(),
		transport:   transport,
		committer:   committer,
		users:       map[string]*user{},
		rooms:       map[string]*room{},
		revocations: Revocations{since: map[string]protocol.Time{}},
		bans:        Bans{terms: map[Ban]BanTerms{}},
		ranks:       Ranks{seen: map[string]*ranked{}},
		stats:       newStats(),
	}
}

// Open begins a session on a new connection from an address. id names it to the client and
// in logs. A hub that drains closes the connection at once.
func (h *Hub) Open(now time.Time, id string, from netip.Addr, conn Conn) *Session {
	s := &Session{
		id: id, conn: conn, hub: h, from: from, place: int32(len(h.sessions)),
		until: now.Add(h.cfg.HelloTimeout).UnixNano(), heard: now.UnixNano(),
	}
	h.sessions = append(h.sessions, s)
	if h.draining {
		h.end(s, protocol.CloseGoingAway, "the relay is going away")
	}
	if h.cfg.Conns > 0 {
		h.strangers = append(h.strangers, s)
		h.thinOut()
	}
	return s
}

// Heard notes a sign of life that is no frame of the protocol. It counts like one.
func (h *Hub) Heard(now time.Time, s *Session) {
	s.heard, s.said = now.UnixNano(), 0
	if s.spendFrame(now, h.cfg.FramesPerSecond) > 0 && !s.ended {
		s.offend()
	}
}

// Closed ends a session whose connection is gone.
func (h *Hub) Closed(_ time.Time, s *Session) { h.detach(s) }

// Tick does what is due; it wants to be called every TickEvery.
func (h *Hub) Tick(now time.Time) {
	at, silence := now.UnixNano(), int64(h.cfg.silence())
	// From the end, because ending a session moves the last one to its place.
	for i := len(h.sessions) - 1; i >= 0; i-- {
		s := h.sessions[i]
		switch {
		case s.user == nil && at >= s.until:
			h.end(s, protocol.CloseTimeout, "no hello in time")
		case at-s.heard >= silence:
			h.end(s, protocol.CloseTimeout, "nothing heard")
		case at >= s.until:
			h.end(s, protocol.CloseUnauthorized, "the token has expired")
		case s.key.Withdrawn():
			h.end(s, protocol.CloseUnauthorized, keyWithdrawn)
		}
	}
	h.thinOut()
	h.tellPresence(now)
	h.forgetUsers(now)
	h.saveRanks()
	h.flush()
}

// thinOut ends those who have waited longest with their hello while places run short
// and many wait: connections that say nothing must not take the places of those that
// will.
func (h *Hub) thinOut() {
	for len(h.strangers) > 0 {
		s := h.strangers[0]
		if s.user == nil && !s.ended {
			places := h.cfg.Conns
			if len(h.sessions) <= places-places/4 || len(h.sessions)-h.stats.Welcomed <= places/4 {
				return
			}
			h.end(s, protocol.CloseTimeout, "no hello in time")
		}
		h.strangers[0] = nil
		h.strangers = h.strangers[1:]
	}
	h.strangers = nil
}

// Drain asks all clients to go and turns new ones away. Who is still here is
// served until CloseAll. They are told to come back over so long a time that
// whoever serves them next, by the same limit, can admit them all.
func (h *Hub) Drain(time.Time) {
	h.draining = true
	after := h.cfg.GoawayMs
	if perSecond := int64(h.cfg.HandshakesPerSecond); perSecond > 0 {
		after = min(after+int64(len(h.sessions))*1000/perSecond, GoawayMsMax)
	}
	for _, s := range h.sessions {
		s.send(protocol.Goaway{ReconnectAfterMs: after})
	}
	h.saveRanks()
	h.flush()
}

// CloseAll ends all sessions with CloseGoingAway.
func (h *Hub) CloseAll(time.Time) {
	for len(h.sessions) > 0 {
		h.end(h.sessions[len(h.sessions)-1], protocol.CloseGoingAway, "the relay is going away")
	}
}

// Sessions is how many sessions have not ended.
func (h *Hub) Sessions() int { return len(h.sessions) }

// Windows are what is in memory of the rooms' histories. Others may read them.
func (h *Hub) Windows() *Windows { return &h.windows }

// Filled takes what was read from the store for the window of a room.
func (h *Hub) Filled(name string, f Fill) {
	if r := h.rooms[name]; r != nil {
		h.windows.filled(r.window, f)
	}
}

// Pending is how many ops wait for the store or are under way.
func (h *Hub) Pending() int { return h.ops }

// end closes a session's connection and forgets the session at once; what its
// connection still says is not heard.
func (h *Hub) end(s *Session, code protocol.CloseCode, reason string) {
	if s.ended {
		return
	}
	s.conn.Close(code, reason)
	h.stats.Closed[code]++
	h.detach(s)
}

func (h *Hub) detach(s *Session) {
	if s.ended {
		return
	}
	s.ended = true
	for len(s.members) > 0 {
		h.part(s.members[len(s.members)-1])
	}
	if s.user != nil {
		h.stats.Welcomed--
		s.user.conns--
		h.rest(s.user)
	}
	last := h.sessions[len(h.sessions)-1]
	h.sessions[s.place], last.place = last, s.place
	h.sessions[len(h.sessions)-1] = nil
	h.sessions = h.sessions[:len(h.sessions)-1]
}
