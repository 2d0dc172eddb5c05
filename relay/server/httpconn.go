package server

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"hallway/relay/guard"
)

const (
	lingerTimeout = time.Second
	// lingerBytesMax is above the largest file: a client that reads no answer before it has sent everything still
	// learns that its file is too large.
	lingerBytesMax = 32 << 20
	// socketBytes bounds the system's buffer of a connection in each direction. By default the system keeps megabytes
	// for a client that sends faster than the relay reads. A few hundred such buffers use up the memory for all
	// sockets, and all other connections lose packets.
	socketBytes = 128 << 10
	// readBytes is the size of a read whose bytes are discarded.
	readBytes = 32 << 10
	// readCost is the approximate time to process a read.
	readCost = 50 * time.Microsecond
	// writeBytes bounds a write. Each write has its own deadline.
	writeBytes = 16 << 10
)

// boundSocket bounds the system's buffers of a connection, if the system allows that.
func boundSocket(c net.Conn) {
	if tcp, ok := socket(c).(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(socketBytes)
		_ = tcp.SetWriteBuffer(socketBytes)
	}
}

// socket returns the connection under TLS.
func socket(c net.Conn) net.Conn {
	if secured, ok := c.(interface{ NetConn() net.Conn }); ok {
		return secured.NetConn()
	}
	return c
}

// httpConn is a connection while it carries requests. It hands on a request only when it is complete, so that a request
// under way takes no more memory than its bytes. A request may be refused before its end: closing at once would reset
// the connection, and the client, still writing, would see the reset instead of the refusal. Its fields belong to the
// goroutine that serves it, except the shared ones.
type httpConn struct {
	net.Conn
	addr     netip.Addr
	site     *site
	linger   bool
	request  request
	answered bool // a request was handed on; its answer may not be written yet
	later    bool // a request was answered: the client may be silent for longer before the next

	// Shared:

	places  *guard.Places
	place   guard.Place            // owned by places
	half    guard.Half[netip.Addr] // owned by site.halves
	written atomic.Uint64
}

// site holds the state that all connections of a server share.
type site struct {
	pools    *pools
	answers  *guard.Answers
	halves   *guard.Halves[netip.Addr]
	cuts     func(reason string)
	bodyMax  int    // the maximum size of a request's body
	timedOut []byte // the answer to a client that does not finish its request
}

// errMalformed ends the reading of a connection whose framing was refused.
var errMalformed = errors.New("the request is malformed")

// Read implements net.Conn. It passes on well-formed requests, each only when it is complete; see request.
func (c *httpConn) Read(p []byte) (n int, err error) {
	switch r := &c.request; {
	case c.site == nil:
		return c.Conn.Read(p)
	case r.out < r.end:
		return r.next(p), nil
	case r.framing.refused != "":
		return 0, errMalformed
	}
	if c.answered {
		c.answered, c.later = false, true
		c.site.answers.Release(c)
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

// heard notes a read. It takes a slot for it, because bytes that never become a request cost work, too.
func (c *httpConn) heard() {
	c.places.Heard(&c.place)
	pool := c.site.pools.reads
	pool.Release(pool.Acquire(guard.Caller{Addr: c.addr}).Add(-readCost))
}

// charge sets the number of bytes held for the request; other connections may be cut for it.
func (c *httpConn) charge(bytes int) {
	for range c.site.halves.Charge(&c.half, c.addr, bytes) {
		c.site.cuts("half")
	}
}

// gather reads until a request is complete, or can be refused, or waits for 100 Continue.
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
		c.charge(c.request.room())
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
	c.charge(held)
	return nil
}

// asked notes that a complete request was handed on.
func (c *httpConn) asked() {
	c.answered = true
	if c.site != nil {
		c.charge(cap(c.request.held))
	}
}

// takeOver ends the handling of requests. It returns the bytes that came after the last one.
func (c *httpConn) takeOver() (early []byte) {
	c.places.Leave(&c.place)
	if c.site != nil {
		c.site.halves.Release(&c.half)
		c.site.answers.Release(c)
	}
	return c.request.held[c.request.out:]
}

// Write implements net.Conn. Each piece has a deadline, which moves on while the client reads; see guard.Answers.
func (c *httpConn) Write(p []byte) (n int, err error) {
	for {
		if err := c.SetWriteDeadline(time.Now().Add(guard.StallTimeout)); err != nil {
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

// Taken implements guard.Reader.
func (c *httpConn) Taken() uint64 { return c.written.Load() + acked(socket(c.Conn)) }

// Extend implements guard.Reader.
func (c *httpConn) Extend(d time.Duration) { _ = c.SetWriteDeadline(time.Now().Add(d)) }

// Cut implements guard.Reader. It skips the end of TLS, which could block.
func (c *httpConn) Cut() { _ = socket(c.Conn).Close() }

// gone reports whether the other end has closed the connection.
func (c *httpConn) gone() bool { return hungUp(socket(c.Conn)) }

// SetReadDeadline implements net.Conn. It does not report a cut connection, because Fiber panics if a deadline cannot
// be set; the next read reports it.
func (c *httpConn) SetReadDeadline(t time.Time) error {
	return unlessClosed(c.Conn.SetReadDeadline(t))
}

// SetWriteDeadline implements net.Conn, as SetReadDeadline does.
func (c *httpConn) SetWriteDeadline(t time.Time) error {
	return unlessClosed(c.Conn.SetWriteDeadline(t))
}

func unlessClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close implements net.Conn. With linger it first reads, within bounds, the bytes that the client still sends.
func (c *httpConn) Close() error {
	defer c.places.Leave(&c.place) // it has its file until then
	if c.site != nil {
		c.site.answers.Release(c)
		c.site.halves.Release(&c.half)
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger {
		if half.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingerTimeout)) == nil {
			c.discardInput()
		}
	}
	return c.Conn.Close()
}

// discardInput reads and discards the input.
func (c *httpConn) discardInput() {
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
