package conn

import (
	"errors"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
)

// writevMax is how many pieces one write takes.
const writevMax = 64

// output is what waits for a connection that does not read as fast as it is
// written to.
type output struct {
	pending [][]byte // WebSocket frames; shared, never changed
	bytes   int
	begun   bool // the first is written in part
}

func (o *output) add(data []byte) {
	o.pending = append(o.pending, data)
	o.bytes += len(data)
}

// crop drops all but what must follow on what is written.
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

// written takes off n bytes and tells whether a piece was finished with them.
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
		// What waits is dropped: the history has it, and the sooner a consumer
		// that reads again comes to the close frame, the better.
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
		c.in.message, c.in.control = nil, nil // what comes is only passed over
	}
	c.peerClosed = c.peerClosed || !awaitsAnswer(body)
	c.settle()
}

// settle goes on with closing once all is written: the peer has its time to
// answer, unless it has done so.
func (c *epollConn) settle() {
	switch {
	case !c.closing || c.dead || c.out != nil:
	case c.peerClosed:
		c.shard.drop(c)
	default:
		c.shard.expect(c, c.shard.transport.closeTimeout)
	}
}

// write writes what the socket takes, and keeps the rest.
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

// flush writes what waits, as far as there is room.
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
			delete(s.deadlines, c) // the next has its own time
		}
		if len(c.out.pending) == 0 {
			c.out = nil
		}
	}
	delete(s.deadlines, c)
	c.watchRoom(false)
	c.settle()
}

// stall waits until there is room, for a while.
func (c *epollConn) stall() {
	if _, ok := c.shard.deadlines[c]; !ok {
		c.shard.expect(c, c.shard.transport.writeTimeout)
	}
	c.watchRoom(true)
}

// watchRoom has the poller tell, or no longer tell, when there is room to write.
func (c *epollConn) watchRoom(on bool) {
	if c.watched == on {
		return
	}
	c.watched = on
	c.watch()
}

// watch tells the poller what to tell of the connection.
func (c *epollConn) watch() {
	if err := c.shard.poller.watch(c.fd, !c.deaf, c.watched); err != nil {
		c.shard.drop(c)
	}
}

// again reports that a call would have had to wait.
func again(err error) bool { return errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) }
