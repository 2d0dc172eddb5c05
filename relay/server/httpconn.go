package server

import (
	"net"
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

// httpListener makes connections that take turns, and can be closed without losing
// the last answer.
type httpListener struct {
	net.Listener
	turns *turns
}

func (l httpListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	boundSocket(c)
	return &httpConn{Conn: c, turns: l.turns}, nil
}

// boundSocket bounds what the system keeps of a connection. Where it will not, the
// connection is served all the same.
func boundSocket(c net.Conn) {
	if secured, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = secured.NetConn()
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(socketBytes)
		_ = tcp.SetWriteBuffer(socketBytes)
	}
}

// httpConn is a connection while it carries requests. One may be refused before it
// is read to its end: closing right away would reset the connection, and the client,
// still writing, would see that in place of the refusal. Its fields belong to the
// goroutine that serves it.
type httpConn struct {
	net.Conn
	turns  *turns
	linger bool
}

// Read implements net.Conn. What was read is passed on in a turn: a request that is
// none, and so never has one of its own, is work, too.
func (c *httpConn) Read(p []byte) (n int, err error) {
	n, err = c.Conn.Read(p)
	if n > 0 {
		c.turns.give(c.turns.take().Add(-readCost))
	}
	return n, err
}

// Close implements net.Conn. When asked to linger it first reads, within
// bounds, what the client still sends.
func (c *httpConn) Close() error {
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
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		left -= n
	}
}
