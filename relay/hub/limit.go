package hub

import (
	"math"
	"time"

	"golang.org/x/time/rate"

	"hallway/protocol"
)

// The hub's limits. What exceeds one is refused or closed, never dropped
// silently, but for a typing.
const (
	// QueueOpsMax is how many ops may wait for the store or be under way.
	QueueOpsMax = 16384
	// QueueBytesMax is how many bytes these may hold.
	QueueBytesMax = 32 << 20
	// SessionOpsMax is how many of them one connection may have, so that none
	// fills the queue alone. A client keeps protocol.InFlightMax in flight.
	SessionOpsMax = 1024
	// RoomBatchBytesMax ends a batch: what a commit brings to a room goes out at
	// once, and must leave a reader that keeps up room in its pending bytes.
	RoomBatchBytesMax = 64 << 10
	// BatchBytesMax ends a batch of many rooms, for a reader who is in all of them.
	BatchBytesMax = 3 * RoomBatchBytesMax
	// BatchOpsMax ends a batch of small ops: what comes meanwhile waits for all of it,
	// and a larger one costs the disk hardly less.
	BatchOpsMax = 512
	// FloodOpsMax ends one while only those wait who have asked for much: who comes
	// meanwhile goes ahead of them, and must not wait for long.
	FloodOpsMax = 128
	// RoomsPerSessionMax is how many rooms one connection may join.
	RoomsPerSessionMax = 256
	// RoomsMax is how many rooms may be in memory: a room that somebody has joined.
	RoomsMax = 50_000
	// FramesPerSecondMax is how many frames a second a connection may send, beside
	// its sends, for which the user's rate is.
	FramesPerSecondMax = 100
	// FramesBurstMax is how many of them it may send at once: all of its rooms can
	// be joined, and joined anew.
	FramesBurstMax = 2 * RoomsPerSessionMax
	// TypistsPerSecondMax is how many typing users a room is told of in any second.
	TypistsPerSecondMax = 5
	// GoawayMsMax is the longest time over which clients come back after a drain.
	GoawayMsMax = 60_000
)

// opBytes is about what an op takes beside its content, here and in the frame
// that will tell it.
const opBytes = 256

// changedBytes is about what the message takes that an op changes without
// bringing all of it: its text, the reactions with their users' names.
const changedBytes = 1024

const (
	// TickEvery is how often Tick wants to be called; times are kept to that.
	TickEvery = 500 * time.Millisecond
	// presenceEvery is how often a room is told its number of users at most.
	presenceEvery = time.Second
	// unavailableRetry is what the refused are told to wait when the store or
	// the queue could not take an op.
	unavailableRetry = 500 * time.Millisecond
	// roomsRetry is what they are told when too many rooms are in memory.
	roomsRetry = 5 * time.Second
	// typingEvery is how often one user's typing is told to a room at most: clients
	// send it every 3 s, and the network brings some closer together.
	typingEvery = 2500 * time.Millisecond
	// rateBurst times the rate is what a user may send at once.
	rateBurst = 4
)

// Config is what an operator decides. A zero field takes the default of
// protocol or of this package, unless it says otherwise.
type Config struct {
	Server       string   // the relay's name in welcome: "hallway/1.0.0"
	Features     []string // what it serves beyond version 1's words; see protocol.Welcome
	HeartbeatMs  int64
	TimeoutMs    int64
	HelloTimeout time.Duration
	Limits       protocol.Limits
	Rate         float64 // messages a second a user, with a burst of 4×; 0: no limit
	ConnsPerUser int     // 0: no limit
	QueueOps     int     // QueueOpsMax
	QueueBytes   int     // QueueBytesMax
	Rooms        int     // RoomsMax
	Conns        int     // that there may be; 0: no limit. Who has not said hello gives way as it is reached.
	GoawayMs     int64   // within what time clients come back after a drain, at least; 1500
	Verifier     Verifier

	FramesPerSecond     int // FramesPerSecondMax
	HandshakesPerSecond int // what the next relay admits; 0: no limit
}

// WithDefaults is c as a hub takes it.
func (c Config) WithDefaults() Config {
	setDefault(&c.HeartbeatMs, protocol.Heartbeat.Milliseconds())
	setDefault(&c.TimeoutMs, protocol.Timeout.Milliseconds())
	setDefault(&c.HelloTimeout, protocol.HelloTimeout)
	setDefault(&c.Limits.TextBytes, protocol.TextBytesMax)
	setDefault(&c.Limits.FrameBytes, protocol.FrameBytesMax)
	setDefault(&c.QueueOps, QueueOpsMax)
	setDefault(&c.QueueBytes, QueueBytesMax)
	setDefault(&c.Rooms, RoomsMax)
	setDefault(&c.FramesPerSecond, FramesPerSecondMax)
	setDefault(&c.GoawayMs, 1500)
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// silence is how long after its last sign a connection counts as dead.
func (c *Config) silence() time.Duration {
	return time.Duration(c.HeartbeatMs+2*c.TimeoutMs) * time.Millisecond
}

// A user is what all connections and requests of one user share.
type user struct {
	id      string
	limiter *rate.Limiter // nil: nothing was spent yet
	conns   int32         // welcomed connections
	resting bool          // is in Hub.resting
	round   uint64        // the first of the queue in which it has no op yet
}

// user is the entry of a user id, made where missing. An entry without a
// connection rests until its limiter is full again, and is then forgotten.
func (h *Hub) user(id string) *user {
	u := h.users[id]
	if u == nil {
		u = &user{id: id}
		h.users[id] = u
	}
	h.rest(u)
	return u
}

// rest has a user without a connection looked at by forgetUsers.
func (h *Hub) rest(u *user) {
	if u.conns == 0 && !u.resting {
		u.resting = true
		h.resting = append(h.resting, u)
	}
}

// forgetUsers drops the entries that tell nothing any more.
func (h *Hub) forgetUsers(now time.Time) {
	kept := h.resting[:0]
	for _, u := range h.resting {
		switch {
		case u.conns > 0:
			u.resting = false
		case u.limiter == nil || u.limiter.TokensAt(now) >= float64(u.limiter.Burst()):
			delete(h.users, u.id)
		default:
			kept = append(kept, u)
		}
	}
	clear(h.resting[len(kept):])
	h.resting = kept
}

// spend takes one message from the user's rate; it returns how long to wait
// when there is none left.
func (h *Hub) spend(now time.Time, u *user) (wait time.Duration) {
	if h.cfg.Rate <= 0 {
		return 0
	}
	if u.limiter == nil { // most users only listen
		u.limiter = rate.NewLimiter(rate.Limit(h.cfg.Rate), int(math.Ceil(rateBurst*h.cfg.Rate)))
	}
	r := u.limiter.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// spendFrame takes one frame from a connection's rate; it returns how long to
// wait when there is none left.
func (s *Session) spendFrame(now time.Time, perSecond int) (wait time.Duration) {
	at, each := now.UnixNano(), int64(time.Second)/int64(perSecond)
	s.frames = max(s.frames, at)
	if wait := s.frames - at - (FramesBurstMax-1)*each; wait > 0 {
		return time.Duration(wait)
	}
	s.frames += each
	return 0
}

// milliseconds rounds up, so that waiting that long is enough.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
