package server

import (
	"net"
	"time"
)

const (
	lingerTimeout  = time.Second
	lingerBytesMax = 8 << 20
	lingerChunk    = 32 << 10
	readCost       = 50 * time.Microsecond // of reading one, about
	// socketBytes is what a system may keep of a connection in each direction. Left to
	// itself it keeps megabytes for whoever sends more than is read; a few hundred of
	// those take the memory for the sockets of all, who then wait for what was dropped.
	socketBytes = 128 << 10
)

// lingerListener makes connections that can be closed without losing the last
// answer.
type lingerListener struct {
	net.Listener
	turns *turns
}

func (l lingerListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	boundSocket(c)
	return &lingerConn{Conn: c, turns: l.turns}, nil
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

// lingerConn is a connection whose request may be refused before it is read to
// its end. Closing it right away would reset it, and the client, still writing,
// would see that in place of the refusal. Its fields belong to the goroutine
// that serves it.
type lingerConn struct {
	net.Conn
	turns  *turns
	linger bool
}

// Close implements net.Conn. When asked to linger it first reads, within
// bounds, what the client still sends.
func (c *lingerConn) Close() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger {
		if half.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingerTimeout)) == nil {
			c.discard()
		}
	}
	return c.Conn.Close()
}

// Read implements net.Conn. What has come waits for a turn: hundreds who send as fast
// as they can must not keep others waiting.
func (c *lingerConn) Read(p []byte) (n int, err error) {
	n, err = c.Conn.Read(p)
	if n > 0 {
		c.turns.give(c.turns.take().Add(-readCost))
	}
	return n, err
}

// discard reads what comes.
func (c *lingerConn) discard() {
	buf := make([]byte, lingerChunk)
	for read := 0; read < lingerBytesMax; {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		read += n
	}
}
