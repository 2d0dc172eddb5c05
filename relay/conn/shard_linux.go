package conn

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// sliceWrites is the number of writes between two polls, so that even a large room does not delay a heartbeat.
	sliceWrites = 128
	// queuedBytesMax is the size of the queue at which a shard stops reading, so that senders are not faster than the
	// fan-out.
	queuedBytesMax = 1 << 20
	// commandBytes is the approximate size of a command without its data.
	commandBytes = 64
	// queueKept bounds the commands for which an emptied queue keeps its memory. A crowd that joins makes a long one.
	queueKept = 1024
	// deadlineEvery is the time between two checks of the deadlines.
	deadlineEvery = 250 * time.Millisecond
	// overdueMax bounds the connections that are cut or resumed in one check. Closing a socket takes longer the more
	// unread bytes it holds, and many deadlines may end together.
	overdueMax = 8
)

// command is work for a shard. The shard's goroutine carries commands out in order.
type command struct {
	kind commandKind
	conn *epollConn
	part *part
	data []byte
}

type commandKind int

const (
	cmdOpen      commandKind = iota // data: early frames
	cmdSend                         // data: WebSocket frames
	cmdSendAhead                    // the same; gathered frames of the connection's rooms may wait
	cmdClose                        // data: the close frame's body
	cmdAdd                          // conn to part
	cmdRemove                       // conn from part
	cmdBroadcast                    // data: WebSocket frames, to part
	cmdStop
)

func (c *command) bytes() int64 { return int64(commandBytes + len(c.data)) }

// shard serves its connections in one goroutine. Queueing a command never waits for that goroutine, which may itself
// wait for a handler.
type shard struct {
	index     int
	transport *Epoll
	poller    *poller
	queued    atomic.Int64 // bytes of unfinished commands

	mu      sync.Mutex
	queue   []command
	waiting bool // the goroutine waits in the poller; a new command must wake it
	stopped bool // accepts no more commands

	// The goroutine owns the following fields:

	todo       []command // commands; those before next are done
	next       int
	gathering  []*part   // parts with frames to broadcast
	broadcast  broadcast // under way; no other command runs meanwhile
	conns      []*epollConn
	dead       []*epollConn             // ended connections that are still members
	deadlines  map[*epollConn]time.Time // of a write, or of the peer's answer to a close frame
	paused     map[*epollConn]time.Time // the ends of pauses
	checkAt    time.Time                // when to check deadlines and paused
	backlogged []*epollConn             // connections with more frames, which wait for their turn
	backlogAt  time.Time                // the time of their next turn
	spare      *decoder
	buffer     []byte
	ended      chan struct{}
}

func newShard(index int, e *Epoll) (*shard, error) {
	p, err := newPoller()
	if err != nil {
		return nil, err
	}
	s := &shard{
		index: index, transport: e, poller: p,
		deadlines: map[*epollConn]time.Time{},
		paused:    map[*epollConn]time.Time{},
		backlogAt: time.Unix(1, 0), // in the past; the zero time would mean never
		spare:     new(decoder),
		buffer:    make([]byte, readBytes),
		ended:     make(chan struct{}),
	}
	go s.run()
	return s, nil
}

// push queues a command. It returns false if the shard has stopped.
func (s *shard) push(c command) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.queue = append(s.queue, c)
	s.queued.Add(c.bytes())
	if s.waiting {
		s.waiting = false
		s.poller.wake()
	}
	return true
}

// stop ends the goroutine and cuts the remaining connections.
func (s *shard) stop() {
	s.push(command{kind: cmdStop})
	<-s.ended
}

// run alternates between reading and a slice of the writes.
func (s *shard) run() {
	defer close(s.ended)
	defer s.poller.close()
	busy := true
	for {
		events, err := s.await(busy)
		if err != nil {
			panic(fmt.Sprintf("conn: waiting for sockets: %v", err)) // one of our descriptors is broken
		}
		s.readEvents(events)
		s.checkDeadlines()
		if busy = s.work(); s.stopped {
			return
		}
		if busy || len(events) > 0 {
			// It lets the hub run, on few processors, and the committing goroutine, which returns from a sync to the
			// end of the scheduler's queue. The scheduler seldom looks there while other goroutines keep each other
			// running.
			runtime.Gosched()
		}
	}
}

// await returns events. It waits for them unless the shard is busy.
func (s *shard) await(busy bool) ([]unix.EpollEvent, error) {
	until := s.checkAt
	if len(s.backlogged) > 0 && (until.IsZero() || s.backlogAt.Before(until)) {
		until = s.backlogAt
		busy = busy || !time.Now().Before(until)
	}
	if busy {
		return s.poller.poll()
	}
	if err := s.poller.until(until); err != nil {
		return nil, err
	}
	s.mu.Lock()
	idle := len(s.queue) == 0
	s.waiting = idle
	s.mu.Unlock()
	if !idle {
		return s.poller.poll()
	}
	events, err := s.poller.wait()
	s.mu.Lock()
	s.waiting = false
	s.mu.Unlock()
	return events, err
}

// attend looks for events, and reports whether there is work to do. Go's poller may wake a waiting shard late, while
// other goroutines use the processors.
func (s *shard) attend() (busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting && s.poller.ready() {
		s.waiting = false
		s.poller.wake()
	}
	return !s.waiting && !s.stopped
}

// work carries out a slice of the commands, and reports whether more are left.
//
// A connection's frames keep their order. Frames of a room are gathered, because one large write costs little more than
// a small one, and are broadcast before any command about a member of the room.
func (s *shard) work() (more bool) {
	for budget := sliceWrites; budget > 0; {
		switch {
		case s.broadcast.part != nil:
			budget = s.step(budget)
		case len(s.dead) > 0:
			s.removeDead()
		case s.next < len(s.todo):
			c := &s.todo[s.next]
			if p := s.before(c); p != nil {
				s.begin(p)
				continue
			}
			s.do(c)
			if s.stopped {
				return false
			}
			s.queued.Add(-c.bytes())
			s.next++
			budget--
		case len(s.gathering) > 0:
			last := len(s.gathering) - 1
			s.begin(s.gathering[last])
			s.gathering = s.gathering[:last]
		case !s.refill():
			return false
		}
	}
	return true
}

// refill takes new commands. It returns false if there are none.
func (s *shard) refill() bool {
	clear(s.todo)
	spare := s.todo[:0]
	if cap(spare) > queueKept {
		spare = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.todo, s.queue, s.next = s.queue, spare, 0
	return len(s.todo) > 0
}

// before returns a part that must be broadcast before c; nil if there is none.
func (s *shard) before(c *command) *part {
	switch {
	case c.kind == cmdSendAhead:
	case c.kind == cmdBroadcast:
		if len(c.part.waiting) > 0 && len(c.part.waiting)+len(c.data) > gatherBytesMax {
			return c.part
		}
	case c.part != nil:
		if len(c.part.waiting) > 0 {
			return c.part
		}
	case c.conn != nil:
		for _, m := range c.conn.memberships {
			if len(m.part.waiting) > 0 {
				return m.part
			}
		}
	}
	return nil
}

func (s *shard) do(c *command) {
	switch c.kind {
	case cmdOpen:
		s.open(c.conn, c.data)
	case cmdSend, cmdSendAhead:
		c.conn.queue(c.data)
	case cmdClose:
		c.conn.close(c.data)
	case cmdAdd:
		c.conn.join(c.part)
	case cmdRemove:
		c.conn.leave(c.part)
	case cmdBroadcast:
		s.gather(c.part, c.data)
	case cmdStop:
		s.end()
	}
}

// checkDeadlines cuts connections whose deadline has passed, and resumes those whose pause is over.
func (s *shard) checkDeadlines() {
	if s.checkAt.IsZero() {
		return
	}
	now := time.Now()
	if now.Before(s.checkAt) {
		return
	}
	more := overdue(s.deadlines, now, s.drop)
	more = overdue(s.paused, now, s.endPause) || more
	switch {
	case more:
		s.checkAt = now.Add(backlogPause)
	case len(s.deadlines)+len(s.paused) > 0:
		s.checkAt = now.Add(deadlineEvery)
	default:
		s.checkAt = time.Time{}
	}
}

// overdue calls do, which removes the connection, for up to overdueMax connections whose time has passed, and reports
// whether more are left.
func overdue(times map[*epollConn]time.Time, now time.Time, do func(*epollConn)) (more bool) {
	n := 0
	for c, at := range times {
		if now.Before(at) {
			continue
		}
		if n++; n > overdueMax {
			return true
		}
		do(c)
	}
	return false
}

// setDeadline makes the shard cut c after d, unless the deadline is removed before.
func (s *shard) setDeadline(c *epollConn, d time.Duration) {
	s.deadlines[c] = time.Now().Add(d)
	s.checkWithin(d)
}

// checkWithin makes the shard check the deadlines within d.
func (s *shard) checkWithin(d time.Duration) {
	if s.checkAt.IsZero() {
		s.checkAt = time.Now().Add(min(d, deadlineEvery))
	}
}

// end cuts all remaining connections.
func (s *shard) end() {
	s.mu.Lock()
	s.stopped = true
	rest := slices.Concat(s.todo[s.next:], s.queue)
	s.queue = nil
	s.mu.Unlock()
	for _, c := range s.conns {
		if c != nil {
			s.drop(c)
		}
	}
	for i := range rest {
		if c := rest[i].conn; rest[i].kind == cmdOpen {
			s.drop(c)
		}
	}
}
