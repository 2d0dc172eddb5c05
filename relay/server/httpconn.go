package server

import (
	"container/list"
	"errors"
	"net"
	"slices"
	"time"
)

const (
	lingerTimeout  = time.Second
	lingerBytesMax = 8 << 20
	// socketBytes is what a system may keep of a connection in each direction. Left to
	// itself it keeps megabytes for whoever sends more than is read; a few hundred of
	// those take the memory for the sockets of all, who then wait for what was dropped.
	socketBytes = 128 << 10
	// readBytes is how much is read at once where it is only passed over.
	readBytes = 32 << 10
	// readCost is about what it takes to make something of what was read at once.
	readCost = 50 * time.Microsecond
)

// boundSocket bounds what the system keeps of a connection. Where it will not, the
// connection is served all the same.
func boundSocket(c net.Conn) {
	if tcp, ok := socket(c).(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(socketBytes)
		_ = tcp.SetWriteBuffer(socketBytes)
	}
}

// socket is what carries a connection: itself, or what is below its TLS.
func socket(c net.Conn) net.Conn {
	if secured, ok := c.(interface{ NetConn() net.Conn }); ok {
		return secured.NetConn()
	}
	return c
}

// httpConn is a connection while it carries requests. One may be refused before it
// is read to its end: closing right away would reset the connection, and the client,
// still writing, would see that in place of the refusal. Its fields belong to the
// goroutine that serves it.
type httpConn struct {
	net.Conn
	turns  *turns
	linger bool
	places *places
	place  *list.Element // belongs to places; nil: it has none any more

	framing framing
	held    []byte // was read behind a request that asks for an upgrade
	raw     bool   // what is read is no request any more
}

// errMalformed ends the reading of a connection whose framing is refused.
var errMalformed = errors.New("the request is malformed")

// Read implements net.Conn. It passes on the bytes of well-formed requests; see framing.
func (c *httpConn) Read(p []byte) (n int, err error) {
	if c.framing.refused != "" && !c.raw {
		return 0, errMalformed
	}
	if len(c.held) > 0 {
		n = copy(p, c.held)
		c.held = c.held[n:]
	} else {
		n, err = c.receive(p)
	}
	if c.raw {
		return n, err
	}
	good := c.framing.take(p[:n])
	switch {
	case good == n:
	case c.framing.refused == "":
		c.held = slices.Concat(p[good:n], c.held)
	case c.framing.blank():
		// The parser ends a connection without a word where no request has begun.
		p[good] = '?'
		good++
	case good == 0:
		return 0, errMalformed
	}
	return good, err
}

// receive reads. What was read is passed on in a turn: a request that is
// none, and so never has one of its own, is work, too.
func (c *httpConn) receive(p []byte) (n int, err error) {
	n, err = c.Conn.Read(p)
	if n > 0 {
		c.places.heard(c)
		c.turns.give(c.turns.take().Add(-readCost))
	}
	return n, err
}

// SetReadDeadline implements net.Conn. That the connection has given way is for the
// next read to tell: Fiber takes a deadline that cannot be set for its own fault, and panics.
func (c *httpConn) SetReadDeadline(t time.Time) error {
	return unlessClosed(c.Conn.SetReadDeadline(t))
}

// SetWriteDeadline implements net.Conn, likewise.
func (c *httpConn) SetWriteDeadline(t time.Time) error {
	return unlessClosed(c.Conn.SetWriteDeadline(t))
}

func unlessClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close implements net.Conn. When asked to linger it first reads, within
// bounds, what the client still sends.
func (c *httpConn) Close() error {
	defer c.places.leave(c) // it has its file until it is closed
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger {
		if half.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingerTimeout)) == nil {
			c.passOver()
		}
	}
	return c.Conn.Close()
}

// passOver reads what comes, for nobody.
func (c *httpConn) passOver() {
	c.raw = true
	buf := make([]byte, readBytes)
	for left := lingerBytesMax; left > 0; {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		left -= n
	}
}
