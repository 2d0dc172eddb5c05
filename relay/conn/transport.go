package conn

import (
	"net"
	"time"

	"hallway/relay/hub"
)

// The transport's limits.
const (
	// PendingBytesMax is how many bytes may wait for a connection that does not
	// read. A single larger piece passes when nothing else waits.
	PendingBytesMax = 256 << 10
	// WriteTimeout is how long a write may take before the peer counts as dead.
	WriteTimeout = 10 * time.Second
	// CloseTimeout is how long the peer may take to answer a close frame.
	CloseTimeout = 2 * time.Second
)

// Handler hears of one connection, one call after another. A call may block;
// only this connection's reading waits for it.
type Handler interface {
	// Received takes one text message, valid UTF-8, which it may keep.
	Received(data []byte)
	// Heard tells of a sign of life that is no whole message.
	Heard()
	// Closed is the last call: the connection is gone.
	Closed()
}

// Transport carries connections. Its groups hold only its own connections.
type Transport interface {
	hub.Transport
	// Serve takes over nc, on which the handshake is done. It calls accept once
	// with the hub's hand on the connection, before anything is read, and
	// returns when the connection has ended and nc is closed.
	Serve(nc net.Conn, accept func(hub.Conn) Handler)
}
