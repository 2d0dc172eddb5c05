package hub

import (
	"net/netip"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// Conn is a connection as the hub uses it. Its methods never block and never call back. After Close the others do nothing.
type Conn interface {
	// Send queues one frame, a JSON text without WebSocket framing. The frame is shared and must not be changed. A
	// connection with too many pending bytes closes itself with CloseSlowConsumer.
	Send(frame []byte)
	// SendAhead is Send for a frame, such as a pong, that may overtake the frames of groups.
	SendAhead(frame []byte)
	// Admit lets the client send frames of the full size. Before that, frames have at most protocol.HelloBytesMax.
	Admit()
	// PauseReading stops reading the connection for d: the client's sends wait. Bytes that were read before still come.
	PauseReading(d time.Duration)
	// Close queues the close frame behind the pending frames and ends the connection. Hub.Closed follows, as after any
	// other end.
	Close(code protocol.CloseCode, reason string)
}

// Client is the other end of a connection. It must not be changed.
type Client struct {
	ID   string         // names the session to the client and in logs
	From netip.AddrPort // the client's address; its port is 0 behind a proxy
}

// Group is the set of a room's connections in a transport, for the fan-out of one buffer to all. Its methods never
// block. A connection gets the frames of a group in order with those of Conn.Send; between two groups there is no
// order. To leave a connection out of one Send, remove it before and add it afterwards.
type Group interface {
	Add(c Conn)
	Remove(c Conn)
	// Send queues frames, in order, to every connection of the group.
	Send(frames [][]byte)
}

// Transport makes groups.
type Transport interface {
	// NewGroup makes the group of a room that gets its first member.
	NewGroup(room string) Group
}

// Committer hands a batch to the store. Commit never blocks. Hub.Committed takes the result, exactly once for each batch.
type Committer interface {
	Commit(ops []rules.Op)
}

// Identity holds the claims of a valid token.
type Identity struct {
	User    protocol.User // with the token's general role
	Expires time.Time     // the end of its connection unless refreshed; leeway included
	Grants  Grants
	// IssuedAt is the time when the token was issued; zero: not known. See Revocations.
	IssuedAt time.Time
	// Key has signed the token; nil: it cannot be withdrawn.
	Key *TokenKey
}

// Grants are the rooms that a token opens.
type Grants interface {
	rules.Grants
	// Everywhere returns the role of the pattern *; "": the token does not have the pattern.
	Everywhere() protocol.Role
	// Entries returns the token's entries; the first one that matches a room counts.
	Entries() []bus.Grant
	// Same reports whether the other grants are the same.
	Same(other Grants) bool
}

// Verifier checks tokens. It never blocks. Its error is a *[TokenError], or has a text
// that is safe to show and never holds the token.
type Verifier interface {
	// Verify checks a token from an address; the address may be unknown.
	Verify(now time.Time, from netip.Addr, token string) (Identity, error)
}
