package conn

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// readBytes is how much is read from a connection at once.
	readBytes = 2 << 10
	// hungryInputs is about how many frames are taken between two looks from those that
	// have more to say than a bite, with a linePause between if they are more than a few.
	hungryInputs = 16
	hungryFew    = 8
)

// hear takes a bite of each connection that has something to say, and then goes on
// with those that had more, a few at a time: with one of them only while the handler
// is busy. Who says little is never behind who says much, and a crowd that says as
// much as it can does not take up all of the processor.
func (s *shard) hear(events []unix.EpollEvent) {
	for i := range events {
		s.event(&events[i])
	}
	if len(s.hungry) == 0 || s.overloaded() {
		return
	}
	now := time.Now()
	if now.Before(s.feedAt) {
		return
	}
	if len(s.hungry) > hungryFew {
		s.feedAt = now.Add(linePause)
	}
	for n := 0; n < hungryInputs && len(s.hungry) > 0; {
		c := s.hungry[0]
		s.hungry[0] = nil
		s.hungry = s.hungry[1:]
		c.hungry = false
		if c.dead || c.resting {
			continue
		}
		n += 1 + s.bite(c)
		if !c.hungry && !c.resting {
			c.listen(true)
		}
		if c.handler.Busy() {
			s.feedAt = now.Add(linePause)
			return
		}
	}
}

// overloaded reports that so much waits to be written that nothing more is read.
func (s *shard) overloaded() bool { return s.backlog.Load() > backlogBytesMax }

func (s *shard) event(ev *unix.EpollEvent) {
	if int(ev.Fd) >= len(s.conns) || s.conns[ev.Fd] == nil {
		return // gone
	}
	c := s.conns[ev.Fd]
	if ev.Events&unix.EPOLLOUT != 0 {
		c.flush()
	}
	switch {
	case ev.Events&^unix.EPOLLOUT == 0 || c.dead:
	case c.hungry:
		s.poller.remove(c.fd) // what comes is its end, after what it has said
	case !s.overloaded():
		s.bite(c)
	}
}

// lineUp has c wait for its next turn.
func (s *shard) lineUp(c *epollConn) {
	if !c.dead && !c.hungry {
		c.hungry = true
		s.hungry = append(s.hungry, c)
		c.listen(false)
	}
}

// listen has the poller tell, or no longer tell, when there is something to read.
func (c *epollConn) listen(on bool) {
	if !c.dead && c.deaf == on {
		c.deaf = !on
		c.watch()
	}
}

// bite takes a few frames of c, what was read before or else what is read now.
// What the socket has left the poller tells again.
func (s *shard) bite(c *epollConn) (inputs int) {
	if d := c.rest.left(); d > 0 && !c.closing {
		s.lay(c, d)
		return 0
	}
	if c.in != nil && len(c.in.left) > 0 {
		inputs = s.take(c, c.in.left)
		c.tally()
		return inputs
	}
	n, err := unix.Read(int(c.fd), s.buffer)
	switch {
	case err != nil && again(err):
	case err != nil || n == 0:
		s.drop(c)
	default:
		inputs = s.take(c, s.buffer[:n])
		if c.in != nil {
			c.in.left = bytes.Clone(c.in.left) // not the shard's buffer
		}
		c.tally()
		if n == len(s.buffer) {
			s.lineUp(c)
		}
	}
	return inputs
}

// tally counts what is held of a message.
func (c *epollConn) tally() {
	held := 0
	if c.in != nil {
		held = c.in.held()
	}
	c.incoming.charge(held)
}

// take hands on a bite of data. A decoder belongs to a connection only while it is
// in the middle of something.
func (s *shard) take(c *epollConn, data []byte) (inputs int) {
	d := c.in
	if d == nil {
		d = s.spare
	}
	rest, inputs, closed := receive(d, data, c.handler, c)
	if d.left = rest; len(rest) == 0 {
		d.left = nil
	}
	if closed {
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
	if len(rest) > 0 {
		s.lineUp(c)
	}
	return inputs
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
	c.listen(false)
}

// rouse ends that.
func (s *shard) rouse(c *epollConn) {
	delete(s.resting, c)
	c.resting = false
	if c.in != nil && len(c.in.left) > 0 {
		s.lineUp(c)
	} else {
		c.listen(true)
	}
}
