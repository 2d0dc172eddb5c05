package server

import (
	"container/list"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// acceptRetry is how long no connection is accepted after one could not be.
	acceptRetry = 50 * time.Millisecond
	// acceptWarned is how far apart the log says so.
	acceptWarned = time.Minute
)

// places are what files there are for connections. One takes a place before it has
// said anything, and a browser keeps the one of its last request for a minute: as
// places run short, who has been silent for the longest gives way, so that neither
// costs another a place.
type places struct {
	most int        // with those that held counts; 0: no limit
	held func() int // connections that carry requests no more

	mu    sync.Mutex
	conns list.List // of *httpConn, the longest silent first
}

// enter gives a new connection a place.
func (p *places) enter(c *httpConn) {
	if p.most == 0 {
		return
	}
	held := p.held()
	p.mu.Lock()
	defer p.mu.Unlock()
	c.place = p.conns.PushBack(c)
	for p.conns.Len() > 1 && p.conns.Len()+held > p.most {
		silent := p.conns.Remove(p.conns.Front()).(*httpConn)
		silent.place = nil
		_ = socket(silent.Conn).Close() // of TLS, too, without a word: that could wait
	}
}

// heard notes that a connection is not silent.
func (p *places) heard(c *httpConn) {
	if p.most == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.place != nil {
		p.conns.MoveToBack(c.place)
	}
}

// leave ends a connection's being one for requests; it may be called again.
func (p *places) leave(c *httpConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.place != nil {
		p.conns.Remove(c.place)
		c.place = nil
	}
}

// httpListener makes connections that take turns, and can be closed without losing
// the last answer.
type httpListener struct {
	net.Listener
	site   *site
	places *places
	log    *slog.Logger
	warned time.Time
}

// remoteAddr returns the address of the other end of a connection.
func remoteAddr(nc net.Conn) netip.Addr {
	p, _ := netip.ParseAddrPort(nc.RemoteAddr().String())
	return p.Addr().Unmap()
}

// Accept implements [net.Listener]. That one connection cannot be accepted, because
// all files are in use, say, is no reason to end the relay for those that are here.
func (l *httpListener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err == nil {
			boundSocket(nc)
			c := &httpConn{Conn: nc, addr: remoteAddr(nc), site: l.site, places: l.places}
			l.places.enter(c)
			return c, nil
		}
		if errors.Is(err, net.ErrClosed) {
			return nil, err
		}
		if now := time.Now(); now.Sub(l.warned) >= acceptWarned {
			l.warned = now
			l.log.Warn("a connection could not be accepted", "error", err)
		}
		time.Sleep(acceptRetry)
	}
}
