package conn

import (
	"time"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"

	"hallway/protocol"
	"hallway/relay/hub"
)

// epollConn is a connection of a shard.
type epollConn struct {
	shard   *shard
	handler Handler
	fd      int32
	rest    rest

	// Of the shard. What a silent connection does not need is behind pointers
	// that are nil then.

	opened     bool
	closing    bool // the close frame is queued; nothing follows it
	peerClosed bool // the peer's close frame has come
	dead       bool
	watched    bool     // the poller tells when there is room to write
	resting    bool     // the poller does not tell when there is something to read
	greedy     bool     // the last turn has not read all there was
	in         *decoder // what has come of a frame or message
	out        *output  // what waits to be written
	seats      []seat
}

var (
	_ hub.Conn = (*epollConn)(nil)
	_ answerer = (*epollConn)(nil)
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

// Rest implements hub.Conn.
func (c *epollConn) Rest(d time.Duration) { c.rest.until(d) }

// open takes a connection into the shard. What the hub has sent it before waits
// behind no other.
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
		s.take(c, early)
	}
}

// drop cuts a connection and says so.
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
	delete(s.resting, c)
	c.in, c.out = nil, nil
	if len(c.seats) > 0 {
		s.buried = append(s.buried, c)
	}
	c.handler.Closed()
}

// read reads once; what is left is told again.
func (s *shard) read(c *epollConn) {
	if d := c.rest.left(); d > 0 && !c.closing {
		s.lay(c, d)
		return
	}
	buffer := s.buffer
	if c.greedy && (c.in == nil || c.in.unread < readBytes) {
		buffer = buffer[:greedyBytes]
	}
	n, err := unix.Read(int(c.fd), buffer)
	c.greedy = n == len(buffer)
	switch {
	case err != nil && again(err):
	case err != nil || n == 0:
		s.drop(c)
	default:
		s.take(c, s.buffer[:n])
	}
}

// lay has c rest for d.
func (s *shard) lay(c *epollConn, d time.Duration) {
	if c.resting {
		s.drop(c) // what there is to read of a connection that rests is its end
		return
	}
	c.resting = true
	s.resting[c] = time.Now().Add(d)
	s.checkWithin(d)
	c.watch()
}

// take hands on what has arrived. A decoder belongs to a connection only while
// it is in the middle of something.
func (s *shard) take(c *epollConn, data []byte) {
	d := c.in
	if d == nil {
		d = s.spare
	}
	if receive(d, data, s.transport.frameBytesMax, c.handler, c) {
		c.peerClosed = true
		c.settle()
	}
	switch {
	case c.dead:
		s.spare = new(decoder)
	case !d.idle() && c.in == nil:
		c.in, s.spare = d, new(decoder)
	case d.idle() && c.in != nil:
		c.in = nil
	}
}
