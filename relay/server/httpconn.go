package server

import (
	"container/list"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
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
	// writeBytes is how much is written at once: each piece has its own time.
	writeBytes = 16 << 10
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

// httpConn is a connection while it carries requests. It hands each request on only
// once all of it is here, so that one that is under way takes no more memory than what
// has come of it. One may be refused before it is read to its end: closing right away
// would reset the connection, and the client, still writing, would see that in place of
// the refusal. Its fields belong to the goroutine that serves it, but for those below
// shared.
type httpConn struct {
	net.Conn
	addr     netip.Addr
	site     *site
	linger   bool
	request  request
	answered bool // a request has been asked; its answer may be under way
	later    bool // one was answered: before the next the client may be silent for longer

	// Shared:

	places  *places
	place   *list.Element // belongs to places; nil: it has none any more
	half    halfEntry     // belongs to halves
	written atomic.Uint64
}

// site is what all connections of a server share.
type site struct {
	lanes   *lanes
	answers *answers
	halves  *halves
	// bodyMax is the most bytes that a request's body may have.
	bodyMax int
	// timedOut is the answer to who does not come to the end of a request.
	timedOut []byte
}

// errMalformed ends the reading of a connection whose framing is refused.
var errMalformed = errors.New("the request is malformed")

// Read implements net.Conn. It passes on the bytes of well-formed requests, each once all
// of it is here; see request.
func (c *httpConn) Read(p []byte) (n int, err error) {
	switch r := &c.request; {
	case c.site == nil || r.raw:
		return r.rest(p, c.Conn)
	case r.out < r.end:
		return r.next(p), nil
	case r.framing.refused != "":
		return 0, errMalformed
	}
	if c.answered {
		c.answered, c.later = false, true
		c.site.answers.release(c)
	}
	if !c.request.open {
		if err := c.gather(); err != nil {
			return 0, err
		}
		return c.request.next(p), nil
	}
	if len(c.request.held) == 0 {
		n, err := c.Conn.Read(p)
		if n == 0 {
			return 0, err
		}
		c.heard()
		c.request.held = append(c.request.held, p[:n]...)
	}
	if !c.request.follow() && c.request.end == 0 {
		return 0, errMalformed
	}
	return c.request.next(p), nil
}

// heard notes that something was read. That is passed on in a turn: a request that is
// none, and so never has one of its own, is work, too.
func (c *httpConn) heard() {
	c.places.heard(c)
	lane := c.site.lanes.reads
	lane.give(lane.take(asker{addr: c.addr}).Add(-readCost))
}

// gather reads until all of a request is here, or as much as it takes to refuse it or to
// ask for the rest.
func (c *httpConn) gather() error {
	silence := readTimeout
	if c.later {
		silence = idleTimeout
	}
	deadline, begun := time.Now().Add(silence), false
	for !c.request.gathered(c.site.bodyMax) {
		if len(c.request.held) > 0 && !begun {
			begun = true
			deadline = time.Now().Add(readTimeout)
		}
		if err := c.SetReadDeadline(deadline); err != nil {
			return err
		}
		c.site.halves.charge(c, c.request.room())
		n, err := c.Conn.Read(c.request.held[len(c.request.held):cap(c.request.held)])
		c.request.held = c.request.held[:len(c.request.held)+n]
		switch {
		case n > 0:
			c.heard()
		case err != nil:
			if errors.Is(err, os.ErrDeadlineExceeded) && (begun || !c.later) {
				_ = c.Conn.SetWriteDeadline(time.Now().Add(lingerTimeout))
				_, _ = c.Conn.Write(c.site.timedOut)
			}
			return err
		}
	}
	held := cap(c.request.held)
	if c.request.open {
		held += openBytes
	}
	c.site.halves.charge(c, held)
	return nil
}

// asked notes that the request is whole, and being worked on.
func (c *httpConn) asked() {
	c.answered = true
	if c.site != nil {
		c.site.halves.charge(c, cap(c.request.held))
	}
}

// takeOver ends its being one for requests, and has what was read handed on as it came.
func (c *httpConn) takeOver() {
	c.request.raw = true
	c.places.leave(c)
	if c.site != nil {
		c.site.halves.release(c)
		c.site.answers.release(c)
	}
}

// Write implements net.Conn. The other end has a while for each piece, and more as long
// as it takes something; see answers.
func (c *httpConn) Write(p []byte) (n int, err error) {
	for {
		if err := c.SetWriteDeadline(time.Now().Add(stallTimeout)); err != nil {
			return n, err
		}
		m, err := c.Conn.Write(p[n:min(len(p), n+writeBytes)])
		n += m
		c.written.Add(uint64(m))
		if err != nil || n == len(p) {
			return n, err
		}
	}
}

// taken implements reader.
func (c *httpConn) taken() uint64 { return c.written.Load() + acked(socket(c.Conn)) }

// extend implements reader.
func (c *httpConn) extend(d time.Duration) { _ = c.SetWriteDeadline(time.Now().Add(d)) }

// cut implements reader: of TLS, too, without a word, since that could wait.
func (c *httpConn) cut() { _ = socket(c.Conn).Close() }

// gone reports whether the other end has closed the connection.
func (c *httpConn) gone() bool { return hungUp(socket(c.Conn)) }

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
	if c.site != nil {
		c.site.answers.release(c)
		c.site.halves.release(c)
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger {
		if half.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingerTimeout)) == nil {
			c.passOver()
		}
	}
	return c.Conn.Close()
}

// passOver reads what comes, for nobody.
func (c *httpConn) passOver() {
	buf := make([]byte, readBytes)
	for left := lingerBytesMax; left > 0; {
		n, err := c.Conn.Read(buf)
		if err != nil {
			return
		}
		if left -= n; c.site != nil {
			c.heard()
		}
	}
}
