package conn

import (
	"net"
	"time"

	"hallway/relay/hub"
)

// The transport's limits.
const (
	// PendingBytesMax bounds the bytes that wait for a connection. A single larger piece is accepted while no other
	// waits.
	PendingBytesMax = 256 << 10
	// WriteTimeout is the duration of a write after which the peer counts as dead.
	WriteTimeout = 10 * time.Second
	// CloseTimeout is the time in which the peer may answer a close frame.
	CloseTimeout = 2 * time.Second
)

// backlogPause is the time between two rounds of the backlogged connections.
const backlogPause = time.Millisecond

// Handler takes the events of one connection, one after another. A call may block for a moment, but never for another
// call of any handler, because the reading of this connection, and perhaps of others, waits for it.
type Handler interface {
	// Received takes one text message, valid UTF-8, which it may keep.
	Received(data []byte)
	// Heard notes a sign of life: a control frame, or a part of a message.
	Heard()
	// Busy reports whether the handler has much work waiting. Meanwhile backlogged connections are read slowly.
	Busy() bool
	// Closed is the last call: the connection is gone.
	Closed()
}

// Transport carries connections. Its groups hold only its own connections.
type Transport interface {
	hub.Transport
	// Serve takes over nc after its handshake; bytes that came with the handshake are in an [Early]. It calls accept
	// once with the connection for the hub, before it reads anything. It may block until the connection has ended. It
	// closes nc.
	Serve(nc net.Conn, accept func(hub.Conn) Handler)
	// Attend looks for events, and reports whether the connections have work to do. Callers use it before they occupy a
	// processor.
	Attend() (busy bool)
	// Close frees the transport, after its connections have ended and if no more will come.
	Close()
}

// New returns the best transport of this system. A message of more than frameBytesMax bytes closes its connection with
// protocol.CloseTooLarge.
func New(frameBytesMax int64) Transport { return newTransport(frameBytesMax) }

// Early is a connection with bytes that were already read.
type Early struct {
	net.Conn
	Bytes []byte // read before those of the connection
}

// Read implements net.Conn.
func (e *Early) Read(p []byte) (int, error) {
	if len(e.Bytes) == 0 {
		return e.Conn.Read(p)
	}
	n := copy(p, e.Bytes)
	e.Bytes = e.Bytes[n:]
	return n, nil
}
