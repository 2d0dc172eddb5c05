package hub

import (
	"net/netip"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Conn is the hub's hand on one connection. Its methods never block and never
// call back; after Close the others do nothing.
type Conn interface {
	// Send queues one frame (a JSON text without WebSocket framing). The frame is
	// shared and must not be changed. A connection with too much pending closes
	// itself with CloseSlowConsumer.
	Send(frame []byte)
	// SendAhead is Send for a frame that may come before what the groups have
	// queued (a pong), so that it need not wait for the others, nor they for it.
	SendAhead(frame []byte)
	// Admit lets the connection send frames of the full size: before, only a hello may
	// come, and none of them is larger than protocol.HelloBytesMax.
	Admit()
	// Rest has nothing read from the connection for d: whoever sends waits. What was
	// read before still comes.
	Rest(d time.Duration)
	// Close queues the close frame behind what is pending and ends the
	// connection. The hub hears of the end as of any other, by Hub.Closed.
	Close(code protocol.CloseCode, reason string)
}

// Group is the set of a room's connections in a transport, for the fan-out of
// one buffer to all. Its methods never block. To each connection its frames go
// in their order with those of Conn.Send; with those of other groups in any. To
// leave a connection out of one Send it is removed before and added after it.
type Group interface {
	Add(c Conn)
	Remove(c Conn)
	// Send queues frames, in order, to every connection of the group.
	Send(frames [][]byte)
}

// Transport makes groups.
type Transport interface {
	// NewGroup is called when a room gets its first member.
	NewGroup(room string) Group
}

// Committer takes a batch to the store. Commit never blocks; the result comes
// back by Hub.Committed, in time, always, exactly once.
type Committer interface {
	Commit(ops []rules.Op)
}

// Identity is what a valid token says.
type Identity struct {
	User    protocol.User // with the token's general role
	Expires time.Time     // when its connection ends unless refreshed; leeway included
	Grants  Grants
	// IssuedAt is when the token was issued; zero: not told. See Revocations.
	IssuedAt time.Time
	// Key has signed the token; nil: no key that may be withdrawn.
	Key *TokenKey
}

// Grants tells what rooms a token opens.
type Grants interface {
	rules.Grants
	// Everywhere is the role of the pattern *, "" where the token does not have it.
	Everywhere() protocol.Role
	// Same reports whether the other grants are the same.
	Same(other Grants) bool
}

// Verifier checks tokens. It never blocks. Its error is a *[TokenError], or has a text
// that is safe to show and never holds the token.
type Verifier interface {
	// Verify checks a token that was shown from an address; the address may be unknown.
	Verify(now time.Time, from netip.Addr, token string) (Identity, error)
}
