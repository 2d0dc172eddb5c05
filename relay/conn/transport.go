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

// linePause is between two turns of those that have more to say than a few frames.
const linePause = time.Millisecond

// Handler hears of one connection, one call after another. A call may block for
// a moment, never for what another call of any handler brings: the reading of
// this connection waits for it, and perhaps that of others.
type Handler interface {
	// Received takes one text message, valid UTF-8, which it may keep.
	Received(data []byte)
	// Heard tells of a sign of life that is no whole message.
	Heard()
	// Busy reports that there is much to do already. Meanwhile those who say much are
	// heard slowly.
	Busy() bool
	// Closed is the last call: the connection is gone.
	Closed()
}

// Transport carries connections. Its groups hold only its own connections.
type Transport interface {
	hub.Transport
	// Serve takes over nc, on which the handshake is done; what was read with
	// that already is handed on as an [Early]. It calls accept once with the
	// hub's hand on the connection, before anything is read. It may block until
	// the connection has ended. nc is closed in the end.
	Serve(nc net.Conn, accept func(hub.Conn) Handler)
	// Attend is for who is about to take up a processor for something else: it has
	// what has arrived noticed, and reports whether the connections have to do.
	Attend() (busy bool)
	// Close gives back what the transport holds for itself, once its connections
	// have ended and no more will come.
	Close()
}

// New makes the best transport of this system. A message of more than
// frameBytesMax bytes closes its connection with protocol.CloseTooLarge.
func New(frameBytesMax int64) Transport { return newTransport(frameBytesMax) }

// Early is a connection from which some bytes have been read already.
type Early struct {
	net.Conn
	Bytes []byte // come before what the connection still yields
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
