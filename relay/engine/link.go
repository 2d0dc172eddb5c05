package engine

import (
	"crypto/rand"
	"net"
	"net/netip"
	"time"

	"hallway/protocol"
	"hallway/relay/conn"
	"hallway/relay/hub"
)

// Serve takes over a connection after its handshake. It may block until the connection has ended. from is the client's
// address; its port is 0 behind a proxy.
func (e *Engine) Serve(nc net.Conn, from netip.AddrPort) {
	e.transport.Serve(nc, func(c hub.Conn) conn.Handler {
		l := &link{engine: e, client: hub.Client{ID: rand.Text(), From: from}}
		e.conns.Add(1)
		open := func(now time.Time) {
			e.links++
			l.session = e.hub.Open(now, &l.client, c)
		}
		if !e.do(open) {
			c.Close(protocol.CloseGoingAway, "the relay is going away")
		}
		e.log.Debug("connection opened", "session", l.client.ID, "remote", l.remote())
		return l
	})
}

// A link hands one connection's events to the hub. It implements [conn.Handler].
type link struct {
	engine  *Engine
	client  hub.Client
	session *hub.Session // owned by the hub's owner; nil if the connection came too late
}

func (l *link) Received(data []byte) {
	l.do(func(h *hub.Hub, now time.Time) { h.Received(now, l.session, data) })
}

func (l *link) Heard() {
	l.do(func(h *hub.Hub, now time.Time) { h.Alive(now, l.session) })
}

func (l *link) Busy() bool { return l.engine.busy.Load() }

func (l *link) Closed() {
	l.do(func(h *hub.Hub, now time.Time) {
		l.engine.links--
		h.Closed(now, l.session)
	})
	l.engine.conns.Add(-1)
	l.engine.log.Debug("connection ended", "session", l.client.ID, "remote", l.remote())
}

// remote names the client in logs.
func (l *link) remote() string {
	if l.client.From.Port() == 0 {
		return l.client.From.Addr().String()
	}
	return l.client.From.String()
}

// do hands an event to the hub, unless the connection came too late.
func (l *link) do(ev func(h *hub.Hub, now time.Time)) {
	l.engine.do(func(now time.Time) {
		if l.session != nil {
			ev(l.engine.hub, now)
		}
	})
}
