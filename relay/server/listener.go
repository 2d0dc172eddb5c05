package server

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"hallway/relay/guard"
)

const (
	// acceptRetry is the pause after a connection could not be accepted.
	acceptRetry = 50 * time.Millisecond
	// acceptWarned is the time between two warnings about that.
	acceptWarned = time.Minute
)

// listener makes connections that apply the strict rules, wait for slots, and can be closed without losing the last
// answer.
type listener struct {
	net.Listener
	site   *site
	places *guard.Places
	log    *slog.Logger
	warned time.Time
}

// Accept implements [net.Listener]. An error, such as too many open files, must not end the relay for its connected
// clients.
func (l *listener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err == nil {
			boundSocket(nc)
			c := &httpConn{Conn: nc, addr: peerOf(nc.RemoteAddr()).Addr(), site: l.site, places: l.places}
			c.half = guard.NewHalf[netip.Addr](c.Cut)
			l.places.Enter(&c.place, c.Cut)
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
