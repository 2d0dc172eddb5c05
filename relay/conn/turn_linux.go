package conn

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// readBytes is the size of one read.
	readBytes = 2 << 10
	// backlogFrames is the approximate number of frames of backlogged connections that are handled between two polls.
	// If there are more than backloggedFew of these connections, a backlogPause follows.
	backlogFrames = 16
	backloggedFew = 8
)

// readEvents reads a slice of each connection with input, and then of a few backlogged connections; while the handler
// is busy, of one only. A connection with few frames never waits for one with many, and a crowd that sends as fast as
// it can does not occupy a whole processor.
func (s *shard) readEvents(events []unix.EpollEvent) {
	for i := range events {
		s.event(&events[i])
	}
	if len(s.backlogged) == 0 || s.overloaded() {
		return
	}
	now := time.Now()
	if now.Before(s.backlogAt) {
		return
	}
	if len(s.backlogged) > backloggedFew {
		s.backlogAt = now.Add(backlogPause)
	}
	for n := 0; n < backlogFrames && len(s.backlogged) > 0; {
		c := s.backlogged[0]
		s.backlogged[0] = nil
		s.backlogged = s.backlogged[1:]
		c.backlogged = false
		if c.dead || c.paused {
			continue
		}
		n += 1 + s.readSlice(c)
		if !c.backlogged && !c.paused {
			c.listen(true)
		}
		if c.handler.Busy() {
			s.backlogAt = now.Add(backlogPause)
			return
		}
	}
}

// overloaded reports whether so many bytes wait to be written that the shard stops reading.
func (s *shard) overloaded() bool { return s.queued.Load() > queuedBytesMax }

func (s *shard) event(ev *unix.EpollEvent) {
	if int(ev.Fd) >= len(s.conns) || s.conns[ev.Fd] == nil {
		return // the connection has ended
	}
	c := s.conns[ev.Fd]
	if ev.Events&unix.EPOLLOUT != 0 {
		c.flush()
	}
	switch {
	case ev.Events&^unix.EPOLLOUT == 0 || c.dead:
	case c.backlogged:
		s.poller.remove(c.fd) // this event is its end, which comes after its input
	case !s.overloaded():
		s.readSlice(c)
	}
}

// postpone makes c wait for its next turn.
func (s *shard) postpone(c *epollConn) {
	if !c.dead && !c.backlogged {
		c.backlogged = true
		s.backlogged = append(s.backlogged, c)
		c.listen(false)
	}
}

// listen sets whether the poller reports input.
func (c *epollConn) listen(on bool) {
	if !c.dead && c.inputOff == on {
		c.inputOff = !on
		c.watch()
	}
}

// readSlice handles a few frames of c: of bytes that were read before, otherwise of a new read. The poller reports
// again the bytes that remain in the socket.
func (s *shard) readSlice(c *epollConn) (inputs int) {
	if d := c.pause.left(); d > 0 && !c.closing {
		s.startPause(c, d)
		return 0
	}
	if c.in != nil && len(c.in.left) > 0 {
		inputs = s.take(c, c.in.left)
		c.chargeMessage()
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
		c.chargeMessage()
		if n == len(s.buffer) {
			s.postpone(c)
		}
	}
	return inputs
}

// chargeMessage sets the number of bytes held for a message.
func (c *epollConn) chargeMessage() {
	held := 0
	if c.in != nil {
		held = c.in.held()
	}
	c.charge(held)
}

// take handles a slice of data. A connection has a decoder only while it is in the middle of a frame or message.
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
		c.continueClose()
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
		s.postpone(c)
	}
	return inputs
}

// startPause stops the reading of c for d.
func (s *shard) startPause(c *epollConn, d time.Duration) {
	if c.paused {
		s.drop(c) // the only event of a paused connection is its end
		return
	}
	c.paused = true
	s.paused[c] = time.Now().Add(d)
	s.checkWithin(d)
	c.listen(false)
}

// endPause resumes the reading of c.
func (s *shard) endPause(c *epollConn) {
	delete(s.paused, c)
	c.paused = false
	if c.in != nil && len(c.in.left) > 0 {
		s.postpone(c)
	} else {
		c.listen(true)
	}
}
