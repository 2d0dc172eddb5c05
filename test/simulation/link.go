package simulation

import (
	"fmt"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/relay/hub"
)

// pendingMax is how many bytes may wait for a slow reader: few, so that it
// happens.
const pendingMax = 12 << 10

// link is one connection between a page and a relay. What goes one way keeps
// its order.
type link struct {
	w       *world
	p       *page
	gen     int
	relay   *relay
	session *hub.Session

	up, down pipe
	stalled  time.Duration // nothing is read before
	pending  int           // bytes on their way down
	left     bool          // the page has hung up
	shut     bool          // the relay sends nothing more
	closed   bool          // the hub has heard that it ended

	outWatch // what the relay said
	inWatch  // what the page has heard
}

// pipe is one direction of a link.
type pipe struct {
	last time.Duration // when what was sent last arrives
	dead bool          // half open: nothing arrives any more
	cut  int           // what was sent before the last cut is lost
}

// send lets something arrive behind all that was sent before.
func (l *link) send(p *pipe, not time.Duration, arrive func()) {
	p.last = max(p.last, not, l.w.now+l.w.latency())
	cut := p.cut
	l.w.queue.push(p.last, func() {
		if !p.dead && p.cut == cut {
			arrive()
		}
	})
}

// dial opens a link.
func dial(p *page, gen int) *link {
	w := p.w
	l := &link{w: w, p: p, gen: gen}
	if p.dev.offline {
		l.refuse(w.latency(), 0)
		return l
	}
	l.send(&l.up, 0, func() {
		switch {
		case p.dev.offline || w.strikes(delays, 0.05): // no answer at all
		case w.relay == nil:
			l.refuse(w.latency(), 0)
		case w.relay.draining || w.strikes(httpFails, 0.1):
			l.refuse(w.latency(), 503)
		default:
			l.relay = w.relay
			l.relay.accept(l)
			l.send(&l.down, 0, func() { l.tell(client.Opened{Gen: gen}) })
		}
	})
	return l
}

func (l *link) refuse(after time.Duration, status int) {
	l.p.in(after, func() { l.p.step(client.DialFailed{Gen: l.gen, Status: status}) })
}

// tell gives the page an event of the link, in order also while it is frozen.
func (l *link) tell(ev client.Event) { l.p.in(0, func() { l.p.step(ev) }) }

// write takes a frame of the page.
func (l *link) write(data []byte) {
	l.wrote(data)
	l.send(&l.up, 0, func() {
		if l.relay != nil && l.relay.up && !l.closed {
			l.relay.received(l, data)
		}
	})
}

// hangUp is the page's end of the link: what was written goes out first.
func (l *link) hangUp() {
	if l.left {
		return
	}
	l.left = true
	l.send(&l.up, 0, l.gone)
}

// gone lets the hub know that the link has ended.
func (l *link) gone() {
	if l.relay != nil && l.relay.up && l.session != nil && !l.closed {
		l.closed = true
		l.w.note("relay", "lost %v", l)
		l.relay.hub.Closed(l.relay.clock(), l.session)
	}
}

// lost ends the link without a word: each side hears of it in its own time, or
// finds out by itself. What is on its way may be lost.
func (l *link) lost() {
	w := l.w
	w.note("world", "cut %v", l)
	if w.oneIn(2) {
		l.up.cut++
	}
	if w.oneIn(2) {
		l.down.cut++
	}
	l.send(&l.up, 0, l.gone)
	l.send(&l.down, 0, func() { l.tell(client.Closed{Gen: l.gen, Code: protocol.CloseCode(w.rnd.IntN(2) * 1006)}) })
}

// SendAhead is Send: here no frame waits for another.
func (l *link) SendAhead(frame []byte) { l.Send(frame) }

// Admit implements hub.Conn. Every client here waits for its welcome.
func (l *link) Admit() {}

// Rest implements hub.Conn. Nobody here sends so much that it matters.
func (l *link) Rest(time.Duration) {}

// Send takes a frame of the hub for this connection alone.
func (l *link) Send(frame []byte) { l.push(frame, l.relay.decode(l, frame), false) }

// push takes a frame of the hub.
func (l *link) push(frame []byte, f protocol.RelayFrame, streamed bool) {
	if l.shut {
		return
	}
	l.said(f, streamed)
	if l.pending += len(frame); l.pending > pendingMax && l.w.now < l.stalled {
		l.tooSlow()
		return
	}
	l.send(&l.down, l.stalled, func() {
		l.pending -= len(frame)
		l.p.in(0, func() {
			l.hears(f)
			l.p.step(client.Received{Gen: l.gen, Data: frame})
		})
	})
}

// tooSlow ends a link whose reader does not keep up: what waits for it is lost.
func (l *link) tooSlow() {
	l.w.note("relay", "%v is too slow", l)
	l.down.cut++
	l.down.last, l.stalled = 0, 0
	l.Close(protocol.CloseSlowConsumer, "too slow")
}

// Close is the hub's end of the link.
func (l *link) Close(code protocol.CloseCode, reason string) {
	if l.shut {
		return
	}
	l.shut = true
	w := l.w
	w.note("relay", "closes %v with %d", l, code)
	if w.oneIn(5) && code != protocol.CloseUnauthorized {
		code, reason = 1006, "" // the close frame is lost
	}
	l.send(&l.down, l.stalled, func() { l.tell(client.Closed{Gen: l.gen, Code: code, Reason: reason}) })
	w.in(w.upTo(time.Second), l.gone)
}

func (l *link) String() string { return fmt.Sprintf("%s:%d", l.p.name, l.gen) }
