package conn

import (
	"bytes"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
)

// Portable is the transport for any net.Conn: the goroutine that calls Serve reads, and another one writes while there
// are bytes to write.
type Portable struct {
	frameBytesMax int64
	halves        *guard.Halves[bool]
	line          chan struct{} // has places for the first backlogged connections
	backlogged    atomic.Int64  // connections with more frames
	writers       atomic.Int64  // running writers
}

var _ Transport = (*Portable)(nil)

// NewPortable returns a transport that closes a connection with protocol.CloseTooLarge when a message has more than
// frameBytesMax bytes.
func NewPortable(frameBytesMax int64) *Portable {
	return &Portable{frameBytesMax: frameBytesMax, halves: guard.NewHalvesOfClients(guard.HalfBytesMax), line: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

const (
	// readBufferBytes is the size of the buffer that a silent connection keeps. A usual frame fits into it.
	readBufferBytes = 512
	// headPause is the time that a backlogged connection waits at the head of the line, so that the processor turns to
	// other connections.
	headPause = backlogPause / 10
)

// Serve implements [Transport]. It returns when the connection has ended.
func (p *Portable) Serve(nc net.Conn, accept func(hub.Conn) Handler) {
	c := &conn{nc: nc, writers: &p.writers, flushed: make(chan struct{}), frameBytesMax: p.frameBytesMax}
	h := accept(c)
	defer h.Closed()
	p.read(c, h)
	<-c.flushed
	nc.Close()
}

// read reads until the connection has ended or both sides have closed it.
func (p *Portable) read(c *conn, h Handler) {
	var d decoder
	defer p.charge(c, 0)
	buf := make([]byte, readBufferBytes)
	for {
		time.Sleep(c.pause.left())
		n, err := c.nc.Read(buf)
		for data, more := buf[:n], n > 0; more; {
			var closed bool
			if data, _, closed = receive(&d, data, h, c); closed {
				return
			}
			if more = len(data) > 0; more || n == len(buf) {
				p.postpone(h)
			}
		}
		if err != nil {
			c.abort()
			return
		}
		p.charge(c, d.held())
	}
}

// charge sets the number of bytes held for the connection's message.
func (p *Portable) charge(c *conn, bytes int) {
	c.incoming.charge(c, p.halves, c.welcomed.Load(), bytes)
}

// postpone makes a backlogged connection wait behind all others, if there are any.
func (p *Portable) postpone(h Handler) {
	p.backlogged.Add(1)
	defer p.backlogged.Add(-1)
	p.line <- struct{}{}
	defer func() { <-p.line }()
	switch {
	case h.Busy():
		time.Sleep(backlogPause)
	case p.backlogged.Load() > 1 || p.writers.Load() > 1:
		time.Sleep(headPause)
	}
}

// Attend implements [Transport]. The scheduler notices new input.
func (p *Portable) Attend() (busy bool) { return p.writers.Load() > 0 }

// Close implements [Transport].
func (p *Portable) Close() {}

// conn is the writing half of a connection.
type conn struct {
	nc       net.Conn
	pause    pause
	incoming incoming      // of the reader
	welcomed atomic.Bool   // the hub has admitted the connection
	writers  *atomic.Int64 // the running writers of all connections
	flushed  chan struct{} // closed once the close frame is written, or writing has failed

	frameBytesMax int64

	mu         sync.Mutex
	pending    [][]byte // WebSocket frames that wait for the writer; shared and immutable
	bytes      int      // bytes of pending, and of the present write
	writing    bool     // a writer runs
	closing    bool     // the close frame is queued; no frame follows it
	unanswered bool     // the peer's answer to the close frame is not awaited
}

var (
	_ hub.Conn = (*conn)(nil)
	_ answerer = (*conn)(nil)
	_ yielder  = (*conn)(nil)
)

// Send implements hub.Conn.
func (c *conn) Send(frame []byte) { c.queue(encode(ws.OpText, frame)) }

// SendAhead implements hub.Conn. Here frames always go out in order.
func (c *conn) SendAhead(frame []byte) { c.Send(frame) }

// giveWay implements yielder.
func (c *conn) giveWay() { c.Close(protocol.CloseTimeout, halfReason) }

// PauseReading implements hub.Conn.
func (c *conn) PauseReading(d time.Duration) { c.pause.until(d) }

// Admit implements hub.Conn.
func (c *conn) Admit() { c.welcomed.Store(true) }

// frameMost implements answerer.
func (c *conn) frameMost() int64 { return messageMost(c.welcomed.Load(), c.frameBytesMax) }

// Close implements hub.Conn.
func (c *conn) Close(code protocol.CloseCode, reason string) { c.close(closeBody(code, reason)) }

// close implements answerer.
func (c *conn) close(body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(body)
}

// queue implements answerer: it hands data to the writer.
func (c *conn) queue(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closing:
	case c.bytes > 0 && c.bytes+len(data) > PendingBytesMax:
		// It drops the waiting bytes: the history has them, and a consumer that reads again should soon reach the close
		// frame.
		for _, p := range c.pending {
			c.bytes -= len(p)
		}
		c.pending = nil
		c.end(slowConsumer())
	default:
		c.push(data)
	}
}

// end queues the close frame, once. The caller holds mu.
func (c *conn) end(body []byte) {
	if !c.closing {
		c.unanswered = !awaitsAnswer(body)
		c.push(encode(ws.OpClose, body))
		c.closing = true
	}
}

// push starts a writer if none runs. The caller holds mu.
func (c *conn) push(data []byte) {
	c.pending = append(c.pending, data)
	c.bytes += len(data)
	if !c.writing {
		c.writing = true
		go c.write()
	}
}

// isClosing implements answerer.
func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// write writes until no frame is pending. Between bursts no writer runs, so that a silent connection needs no second
// stack.
func (c *conn) write() {
	c.writers.Add(1)
	defer c.writers.Add(-1)
	written := 0
	for {
		batch, last := c.next(written)
		if batch == nil {
			if last {
				c.awaitClose()
			}
			return
		}
		if err := writeAll(c.nc, batch); err != nil {
			c.abandon()
			return
		}
		written = 0
		for _, p := range batch {
			written += len(p)
		}
	}
}

// next takes all pending frames. If there are none, the writer ends, and last reports whether it has written the close
// frame.
func (c *conn) next(written int) (batch [][]byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes -= written
	batch, c.pending = c.pending, nil
	c.writing = batch != nil
	return batch, c.closing
}

// awaitClose gives the peer time to answer the close frame.
func (c *conn) awaitClose() {
	c.mu.Lock()
	unanswered := c.unanswered
	c.mu.Unlock()
	if unanswered || c.nc.SetReadDeadline(time.Now().Add(CloseTimeout)) != nil {
		c.nc.Close()
	}
	close(c.flushed)
}

// abandon ends the writer of a connection that cannot be written. The reader notices that.
func (c *conn) abandon() {
	c.mu.Lock()
	c.closing, c.pending = true, nil
	c.mu.Unlock()
	c.nc.Close()
	close(c.flushed)
}

// abort cuts a connection that cannot be read. A running writer notices that, and closes flushed.
func (c *conn) abort() {
	c.mu.Lock()
	unseen := !c.writing && !c.closing
	c.closing, c.pending = true, nil
	c.mu.Unlock()
	c.nc.Close()
	if unseen {
		close(c.flushed)
	}
}

var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// writeAll writes the batch with one call. It copies the batch, because net.Buffers would make one call for each piece
// on every connection but plain TCP.
func writeAll(nc net.Conn, batch [][]byte) error {
	if err := nc.SetWriteDeadline(time.Now().Add(WriteTimeout)); err != nil {
		return err
	}
	if len(batch) == 1 {
		_, err := nc.Write(batch[0])
		return err
	}
	b := scratch.Get().(*bytes.Buffer)
	defer scratch.Put(b)
	b.Reset()
	for _, p := range batch {
		b.Write(p)
	}
	_, err := nc.Write(b.Bytes())
	return err
}

// group is the fan-out to a room. The hub's owner owns it.
type group struct {
	conns []*conn
	place map[*conn]int // indexes in conns
}

// NewGroup implements hub.Transport.
func (p *Portable) NewGroup(string) hub.Group { return newGroup() }

func newGroup() *group { return &group{place: map[*conn]int{}} }

// Add implements hub.Group.
func (g *group) Add(c hub.Conn) {
	m := c.(*conn)
	if _, ok := g.place[m]; !ok {
		g.place[m] = len(g.conns)
		g.conns = append(g.conns, m)
	}
}

// Remove implements hub.Group.
func (g *group) Remove(c hub.Conn) {
	m := c.(*conn)
	i, ok := g.place[m]
	if !ok {
		return
	}
	last := g.conns[len(g.conns)-1]
	g.conns[i], g.place[last] = last, i
	g.conns[len(g.conns)-1] = nil
	g.conns = g.conns[:len(g.conns)-1]
	delete(g.place, m)
}

// Send implements hub.Group.
func (g *group) Send(frames [][]byte) { g.broadcast(encode(ws.OpText, frames...)) }

// broadcast queues data, complete WebSocket frames, to every connection.
func (g *group) broadcast(data []byte) {
	for _, c := range g.conns {
		c.queue(data)
	}
}
