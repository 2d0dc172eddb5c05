package server

import (
	"io"
	"net"
	"time"
)

const (
	lingerTimeout  = time.Second
	lingerBytesMax = 8 << 20
)

// lingerListener makes connections that can be closed without losing the last
// answer.
type lingerListener struct{ net.Listener }

func (l lingerListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lingerConn{Conn: c}, nil
}

// lingerConn is a connection whose request may be refused before it is read to
// its end. Closing it right away would reset it, and the client, still writing,
// would see that in place of the refusal. Its fields belong to the goroutine
// that serves it.
type lingerConn struct {
	net.Conn
	linger bool
}

// Close implements net.Conn. When asked to linger it first reads, within
// bounds, what the client still sends.
func (c *lingerConn) Close() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger {
		if half.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingerTimeout)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytesMax)
		}
	}
	return c.Conn.Close()
}
