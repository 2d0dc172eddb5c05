package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/guard"
)

// GoawayMsMax bounds the time over which clients come back after a drain.
const GoawayMsMax = 60_000

// opBytes is the approximate size of an op without its content, here and in its frame.
const opBytes = 256

// changedBytes is the approximate size of the unchanged part of a changed message: its text, and the reactions with the
// names of their users.
const changedBytes = 1024

// fileBytes is the approximate size of a file in a message.
const fileBytes = 512

// fewWraps is the number of wraps in a frame that do not count against the user's rate.
const fewWraps = 10

// wrapBytes is the approximate size of a wrap in an op.
const wrapBytes = 256

const (
	// TickEvery is the time between two calls of Tick, and the precision of other times.
	TickEvery = 500 * time.Millisecond
	// presenceEvery is the least time between two frames with a room's number of users.
	presenceEvery = time.Second
	// unavailableRetry is the time after which a client tries again when the store or the queue could not take an op.
	unavailableRetry = 500 * time.Millisecond
	// roomsRetry replaces unavailableRetry when too many rooms are in memory.
	roomsRetry = 5 * time.Second
	// typingEvery is the least time between two frames about a user's typing in a room. Clients send it every 3 s, and
	// the network brings some closer together.
	typingEvery = 2500 * time.Millisecond
)

// Config holds the operator's settings. A zero field takes its default from package protocol or guard, unless its
// comment says otherwise.
type Config struct {
	Server       string   // the relay's name in welcome: "hallway/1.0.0"
	Features     []string // the relay's features beyond version 1; see protocol.Welcome
	HeartbeatMs  int64
	TimeoutMs    int64
	HelloTimeout time.Duration
	Limits       protocol.Limits
	Rate         float64 // messages a second of a user, with a burst of 4×; 0: no limit
	ConnsPerUser int     // 0: no limit
	QueueOps     int     // QueueOpsMax
	QueueBytes   int     // QueueBytesMax
	Rooms        int     // RoomsMax
	Conns        int     // of all users; 0: no limit. Near it, connections without a hello are evicted.
	GoawayMs     int64   // the least time over which clients come back after a drain; 1500
	Verifier     Verifier
	// GrantsOf decodes such entries. It is needed if other relays write the database.
	GrantsOf func(entries []bus.Grant) Grants

	FramesPerSecond     int // FramesPerSecondMax
	HandshakesPerSecond int // the next relay's limit; 0: no limit
}

// WithDefaults returns c with defaults in place of zero fields.
func (c Config) WithDefaults() Config {
	setDefault(&c.HeartbeatMs, protocol.Heartbeat.Milliseconds())
	setDefault(&c.TimeoutMs, protocol.Timeout.Milliseconds())
	setDefault(&c.HelloTimeout, protocol.HelloTimeout)
	setDefault(&c.Limits.TextBytes, protocol.TextBytesMax)
	setDefault(&c.Limits.FrameBytes, protocol.FrameBytesMax)
	setDefault(&c.QueueOps, guard.QueueOpsMax)
	setDefault(&c.QueueBytes, guard.QueueBytesMax)
	setDefault(&c.Rooms, guard.RoomsMax)
	setDefault(&c.FramesPerSecond, guard.FramesPerSecondMax)
	setDefault(&c.GoawayMs, 1500)
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// silence returns the time without a sign of life after which a connection counts as dead.
func (c *Config) silence() time.Duration {
	return time.Duration(c.HeartbeatMs+2*c.TimeoutMs) * time.Millisecond
}

// frames returns the rate of a connection's frames.
func (c *Config) frames() guard.Rate {
	return guard.Rate{PerSecond: float64(c.FramesPerSecond), Burst: guard.FramesBurstMax}
}

// milliseconds rounds up, so that a client that waits that long has waited enough.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
