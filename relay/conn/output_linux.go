package conn

import (
	"errors"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
)

// writevMax is the maximum number of pieces in one write.
const writevMax = 64

// output holds the waiting bytes of a connection whose peer reads too slowly.
type output struct {
	pending [][]byte // WebSocket frames; shared and immutable
	bytes   int
	begun   bool // a part of the first piece was written
}

func (o *output) add(data []byte) {
	o.pending = append(o.pending, data)
	o.bytes += len(data)
}

// crop drops all pieces but the rest of a piece that was partly written.
func (o *output) crop() {
	kept := o.pending[:0]
	o.bytes = 0
	if o.begun {
		kept = o.pending[:1]
		o.bytes = len(kept[0])
	}
	clear(o.pending[len(kept):])
	o.pending = kept
}

// written removes n bytes and reports whether they finished a piece.
func (o *output) written(n int) (finished bool) {
	o.bytes -= n
	for n > 0 && n >= len(o.pending[0]) {
		n -= len(o.pending[0])
		o.pending[0] = nil
		o.pending = o.pending[1:]
		o.begun, finished = false, true
	}
	if n > 0 {
		o.pending[0] = o.pending[0][n:]
		o.begun = true
	}
	return finished
}

// isClosing implements answerer.
func (c *epollConn) isClosing() bool { return c.closing || c.dead }

// queue implements answerer.
func (c *epollConn) queue(data []byte) {
	switch {
	case c.isClosing():
	case c.out != nil && c.out.bytes+len(data) > PendingBytesMax:
		// It drops the waiting bytes: the history has them, and a consumer that reads again should soon reach the close
		// frame.
		c.out.crop()
		c.close(slowConsumer())
	default:
		c.write(data)
	}
}

// close implements answerer.
func (c *epollConn) close(body []byte) {
	if c.isClosing() {
		return
	}
	c.write(encode(ws.OpClose, body))
	c.closing = true
	if c.in != nil {
		c.in.message, c.in.control = nil, nil // input is skipped from now on
	}
	c.peerClosed = c.peerClosed || !awaitsAnswer(body)
	c.continueClose()
}

// continueClose continues the closing once everything is written: it gives the peer time to answer, unless the peer has
// answered.
func (c *epollConn) continueClose() {
	switch {
	case !c.closing || c.dead || c.out != nil:
	case c.peerClosed:
		c.shard.drop(c)
	default:
		c.shard.setDeadline(c, c.shard.transport.closeTimeout)
	}
}

// write writes as much as the socket accepts, and keeps the rest.
func (c *epollConn) write(data []byte) {
	switch {
	case c.out != nil:
		c.out.add(data)
		return
	case !c.opened:
		c.out = &output{}
		c.out.add(data)
		return
	}
	n, err := unix.Write(int(c.fd), data)
	switch {
	case n == len(data):
	case err != nil && !again(err):
		c.shard.drop(c)
	default:
		n = max(n, 0)
		c.out = &output{begun: n > 0}
		c.out.add(data[n:])
		c.stall()
	}
}

// flush writes the waiting bytes, as far as the socket accepts them.
func (c *epollConn) flush() {
	s := c.shard
	for c.out != nil {
		n, err := unix.Writev(int(c.fd), c.out.pending[:min(len(c.out.pending), writevMax)])
		if err != nil && again(err) {
			c.stall()
			return
		}
		if err != nil {
			s.drop(c)
			return
		}
		if c.out.written(n) {
			delete(s.deadlines, c) // the next piece gets a new deadline
		}
		if len(c.out.pending) == 0 {
			c.out = nil
		}
	}
	delete(s.deadlines, c)
	c.watchRoom(false)
	c.continueClose()
}

// stall waits until the socket can be written, within WriteTimeout.
func (c *epollConn) stall() {
	if _, ok := c.shard.deadlines[c]; !ok {
		c.shard.setDeadline(c, c.shard.transport.writeTimeout)
	}
	c.watchRoom(true)
}

// watchRoom sets whether the poller reports when the socket can be written.
func (c *epollConn) watchRoom(on bool) {
	if c.awaitsRoom == on {
		return
	}
	c.awaitsRoom = on
	c.watch()
}

// watch sets the events that the poller reports for the connection.
func (c *epollConn) watch() {
	if err := c.shard.poller.watch(c.fd, !c.inputOff, c.awaitsRoom); err != nil {
		c.shard.drop(c)
	}
}

// again reports whether a system call would have had to wait.
func again(err error) bool { return errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) }
