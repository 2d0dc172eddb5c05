package simulation

import (
	"bytes"
	"fmt"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/relay/hub"
)

// pendingMax bounds the bytes that wait for a slow reader. It is small, so that runs reach it.
const pendingMax = 12 << 10

// link is one connection between a page and a relay. Frames in one direction keep their order.
type link struct {
	w       *world
	p       *page
	gen     int
	relay   *relay
	session *hub.Session

	up, down pipe
	stalled  time.Duration // the page reads nothing before this time
	pending  int           // the bytes on their way to the page
	left     bool          // the page has hung up
	shut     bool          // the relay sends nothing more
	closed   bool          // the hub knows of the end

	outWatch // for the relay's frames
	inWatch  // for the frames that reached the page
	heardOf
}

// pipe is one direction of a link.
type pipe struct {
	last time.Duration // the time when the last frame arrives
	dead bool          // half open: nothing arrives any more
	cut  int           // the number of cuts; a cut loses the frames under way
}

// send delivers something after everything sent before.
func (l *link) send(p *pipe, not time.Duration, arrive func()) {
	p.last = max(p.last, not, l.w.now+l.w.weather.delay())
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
		l.refuse(w.weather.delay(), 0)
		return l
	}
	l.send(&l.up, 0, func() {
		switch {
		case p.dev.offline || w.weather.strikes(delays, 0.05): // no answer at all
		default:
			l.open(w.cluster.balance())
		}
	})
	return l
}

// open brings the link to a relay.
func (l *link) open(r *relay) {
	w := l.w
	switch {
	case r == nil:
		l.refuse(w.weather.delay(), 0)
	case r.draining || w.weather.strikes(httpFails, 0.1):
		l.refuse(w.weather.delay(), 503)
	default:
		l.relay = r
		r.do(func() {
			r.accept(l)
			l.send(&l.down, 0, func() { l.tell(client.Opened{Gen: l.gen}) })
		})
	}
}

// refuse tells the page that its dial has failed.
func (l *link) refuse(after time.Duration, status int) {
	l.p.in(after, func() { l.p.step(client.DialFailed{Gen: l.gen, Status: status}) })
}

// tell gives the page an event of the link. The events keep their order, also while the page is frozen.
func (l *link) tell(ev client.Event) { l.p.in(0, func() { l.p.step(ev) }) }

// write sends a frame of the page.
func (l *link) write(data []byte) {
	l.wrote(data)
	l.send(&l.up, 0, func() {
		if l.relay != nil {
			l.relay.do(func() {
				if !l.closed {
					l.relay.received(l, data)
				}
			})
		}
	})
}

// hangUp ends the link from the page, after the frames that it has written.
func (l *link) hangUp() {
	if l.left {
		return
	}
	l.left = true
	l.send(&l.up, 0, l.gone)
}

// gone tells the hub that the link has ended.
func (l *link) gone() {
	if l.relay == nil {
		return
	}
	l.relay.do(func() {
		if l.session != nil && !l.closed {
			l.closed = true
			l.w.note("relay", "lost %v", l)
			l.relay.hub.Closed(l.relay.clock(), l.session)
		}
	})
}

// lost ends the link silently: each side learns of it after its own delay, or notices it without help. Frames on their way may be lost.
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

// SendAhead implements [hub.Conn] like Send, because here no frame waits for another.
func (l *link) SendAhead(frame []byte) { l.Send(frame) }

// Admit implements hub.Conn and does nothing, because every client here waits for its welcome.
func (l *link) Admit() {}

// PauseReading implements hub.Conn and does nothing, because no client here sends that much.
func (l *link) PauseReading(time.Duration) {}

// Send delivers a frame of the hub for this connection alone.
func (l *link) Send(frame []byte) { l.push(bytes.Clone(frame), l.relay.decode(l, frame), false) }

// push sends a frame of the hub to the page.
func (l *link) push(frame []byte, f protocol.RelayFrame, streamed bool) {
	if l.shut {
		return
	}
	l.said(f, streamed)
	if l.pending += len(frame); l.pending > pendingMax && l.w.now < l.stalled {
		l.tooSlow()
		return
	}
	if told := l.lie(f); l.w.sealed.on {
		frame = told.Append(nil)
	}
	l.send(&l.down, l.stalled, func() {
		l.pending -= len(frame)
		l.p.in(0, func() {
			l.hears(f)
			l.p.step(client.Received{Gen: l.gen, Data: frame})
		})
	})
}

// tooSlow ends a link whose reader does not keep up; waiting frames are lost.
func (l *link) tooSlow() {
	l.w.note("relay", "%v is too slow", l)
	l.down.cut++
	l.down.last, l.stalled = 0, 0
	l.Close(protocol.CloseSlowConsumer, "too slow")
}

// Close ends the link from the hub.
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
