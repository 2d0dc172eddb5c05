package conn

import (
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"

	"hallway/protocol"
	"hallway/relay/hub"
)

// epollConn is a connection of a shard.
type epollConn struct {
	shard    *shard
	handler  Handler
	pause    pause
	fd       int32
	welcomed atomic.Bool // the hub has admitted the connection

	// The shard owns the following fields. Pointers are nil while the connection is silent.

	opened      bool
	closing     bool // the close frame is queued; no frame follows it
	peerClosed  bool // the peer's close frame has arrived, or is not awaited
	dead        bool
	awaitsRoom  bool // the poller reports when the socket can be written
	inputOff    bool // the poller does not report input
	paused      bool
	backlogged  bool     // in shard.backlogged
	in          *decoder // holds a part of a frame or message
	incoming    incoming // counts the bytes of in
	out         *output  // holds bytes that wait to be written
	memberships []membership
}

var (
	_ hub.Conn = (*epollConn)(nil)
	_ answerer = (*epollConn)(nil)
	_ yielder  = (*epollConn)(nil)
)

// Send implements hub.Conn.
func (c *epollConn) Send(frame []byte) {
	c.shard.push(command{kind: cmdSend, conn: c, data: encode(ws.OpText, frame)})
}

// SendAhead implements hub.Conn.
func (c *epollConn) SendAhead(frame []byte) {
	c.shard.push(command{kind: cmdSendAhead, conn: c, data: encode(ws.OpText, frame)})
}

// Close implements hub.Conn.
func (c *epollConn) Close(code protocol.CloseCode, reason string) {
	c.shard.push(command{kind: cmdClose, conn: c, data: closeBody(code, reason)})
}

// giveWay implements yielder.
func (c *epollConn) giveWay() { c.Close(protocol.CloseTimeout, halfReason) }

// PauseReading implements hub.Conn.
func (c *epollConn) PauseReading(d time.Duration) { c.pause.until(d) }

// Admit implements hub.Conn.
func (c *epollConn) Admit() { c.welcomed.Store(true) }

// frameMost implements answerer.
func (c *epollConn) frameMost() int64 {
	return messageMost(c.welcomed.Load(), c.shard.transport.frameBytesMax)
}

// charge sets the number of bytes held for the connection's message.
func (c *epollConn) charge(bytes int) {
	c.incoming.charge(c, c.shard.transport.portable.halves, c.welcomed.Load(), bytes)
}

// open takes a connection into the shard. Frames that the hub sent before wait behind no others.
func (s *shard) open(c *epollConn, early []byte) {
	for int(c.fd) >= len(s.conns) {
		s.conns = append(s.conns, nil)
	}
	s.conns[c.fd] = c
	if err := s.poller.add(c.fd); err != nil {
		s.drop(c)
		return
	}
	c.opened = true
	c.flush()
	if len(early) > 0 {
		c.in = &decoder{left: early}
		s.postpone(c) // behind the welcomed clients
	}
}

// drop cuts a connection and tells its handler.
func (s *shard) drop(c *epollConn) {
	if c.dead {
		return
	}
	c.dead = true
	if int(c.fd) < len(s.conns) {
		s.conns[c.fd] = nil
	}
	_ = unix.Close(int(c.fd))
	delete(s.deadlines, c)
	delete(s.paused, c)
	c.in, c.out = nil, nil
	c.charge(0)
	if len(c.memberships) > 0 {
		s.dead = append(s.dead, c)
	}
	c.handler.Closed()
}
