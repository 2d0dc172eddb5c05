package hub

import (
	"net/netip"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// Conn is a connection as the hub uses it. Its methods never block and never call back. After Close they do nothing.
type Conn interface {
	// Send queues one frame, a JSON text without WebSocket framing. The connection must neither change nor keep the
	// slice. A connection with too many pending bytes closes itself with CloseSlowConsumer.
	Send(frame []byte)
	// SendAhead is Send for a frame that may overtake group frames, such as a pong.
	SendAhead(frame []byte)
	// Admit lets the client send frames of the full size. Before that, frames have at most protocol.HelloBytesMax.
	Admit()
	// PauseReading stops reading the connection for d, so that the client's sends wait. Bytes that were already read
	// still arrive.
	PauseReading(d time.Duration)
	// Close queues the close frame behind the pending frames and ends the connection. Hub.Closed follows, as after
	// every end.
	Close(code protocol.CloseCode, reason string)
}

// Client is the other end of a connection. It is immutable.
type Client struct {
	ID   string         // names the session to the client and in logs
	From netip.AddrPort // the client's address; its port is 0 behind a proxy
}

// Group is the set of a room's connections in a transport. It sends one buffer to all. Its methods never block. A
// connection gets a group's frames in order with those of Conn.Send; the order between two groups is undefined. To
// leave a connection out of one Send, remove it before and add it afterwards.
type Group interface {
	Add(c Conn)
	Remove(c Conn)
	// Send queues frames, in order, to every connection of the group.
	Send(frames [][]byte)
}

// Transport makes groups.
type Transport interface {
	// NewGroup makes the group of a room at its first member.
	NewGroup(room string) Group
}

// Committer hands a batch to the store. Commit never blocks. Hub.Committed takes the result, exactly once for each batch.
type Committer interface {
	Commit(ops []rules.Op)
}

// Identity holds the claims of a valid token.
type Identity struct {
	User    protocol.User // with the token's general role
	Expires time.Time     // the time at which the connection ends unless refreshed; leeway included
	Grants  Grants
	// IssuedAt is the time when the token was issued; zero if unknown. See Revocations.
	IssuedAt time.Time
	// Key is the key that signed the token; nil: it cannot be withdrawn.
	Key *TokenKey
}

// Grants are the rooms that a token opens.
type Grants interface {
	rules.Grants
	// Everywhere returns the role of the pattern *; "" if the token does not have that pattern.
	Everywhere() protocol.Role
	// Entries returns the token's entries; the first one that matches a room counts.
	Entries() []bus.Grant
	// Same reports whether other grants equal these.
	Same(other Grants) bool
}

// Verifier checks tokens. It never blocks. Its error is a *[TokenError], or has a text
// that is safe to show and never holds the token.
type Verifier interface {
	// Verify checks a token from an address; the address may be unknown.
	Verify(now time.Time, from netip.Addr, token string) (Identity, error)
}
