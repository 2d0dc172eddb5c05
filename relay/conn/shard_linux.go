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
	// sliceWrites is how many writes a shard does between two looks at what has
	// arrived, so that a room of any size does not delay a heartbeat.
	sliceWrites = 128
	// backlogBytesMax is how much may wait in a shard before it stops reading:
	// who sends goes no faster than the rooms can be told.
	backlogBytesMax = 1 << 20
	// commandBytes is about what a command takes beside its data.
	commandBytes = 64
	// deadlineEvery is how often deadlines are looked at; times are kept to that.
	deadlineEvery = 250 * time.Millisecond
	// overdueMax is how many are cut, and how many woken, at once: to close a socket
	// takes as long as it holds unread bytes, and a crowd's times are over together.
	overdueMax = 8
)

// command is something for a shard, done by its goroutine in the order given.
type command struct {
	kind commandKind
	conn *epollConn
	part *part
	data []byte
}

type commandKind int

const (
	cmdOpen      commandKind = iota // data: what arrived early
	cmdSend                         // data: WebSocket frames
	cmdSendAhead                    // the same, and what its rooms have gathered may wait
	cmdClose                        // data: the close frame's body
	cmdAdd                          // conn to part
	cmdRemove                       // conn from part
	cmdCast                         // data, WebSocket frames, to part
	cmdStop
)

func (c *command) bytes() int64 { return int64(commandBytes + len(c.data)) }

// shard serves its connections in one goroutine. Handing it a command never
// waits for that goroutine, which may itself wait for a handler.
type shard struct {
	index     int
	transport *Epoll
	poller    *poller
	backlog   atomic.Int64 // bytes of commands not yet done

	mu      sync.Mutex
	queue   []command
	waiting bool // for the poller; a command must wake it
	stopped bool // takes no more commands

	// Of the goroutine:

	todo      []command // being done, up to next
	next      int
	gathering []*part // with frames to cast
	cast      cast    // under way; nothing else is done meanwhile
	conns     []*epollConn
	buried    []*epollConn             // dead, but still members
	deadlines map[*epollConn]time.Time // of a write, or of the peer's answer to a close frame
	resting   map[*epollConn]time.Time // until when they rest
	checkAt   time.Time                // when to look at these two
	hungry    []*epollConn             // have more to say, and wait for their turn
	feedAt    time.Time                // when the next of them have their turn
	spare     *decoder
	buffer    []byte
	ended     chan struct{}
}

func newShard(index int, e *Epoll) (*shard, error) {
	p, err := newPoller()
	if err != nil {
		return nil, err
	}
	s := &shard{
		index: index, transport: e, poller: p,
		deadlines: map[*epollConn]time.Time{},
		resting:   map[*epollConn]time.Time{},
		feedAt:    time.Unix(1, 0), // long ago; the zero time would be never
		spare:     new(decoder),
		buffer:    make([]byte, readBytes),
		ended:     make(chan struct{}),
	}
	go s.run()
	return s, nil
}

// push hands over a command; false: the shard has stopped.
func (s *shard) push(c command) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.queue = append(s.queue, c)
	s.backlog.Add(c.bytes())
	if s.waiting {
		s.waiting = false
		s.poller.wake()
	}
	return true
}

// stop ends the goroutine and cuts the connections that are left.
func (s *shard) stop() {
	s.push(command{kind: cmdStop})
	<-s.ended
}

// run alternates between what has arrived and a slice of what is to be written.
func (s *shard) run() {
	defer close(s.ended)
	defer s.poller.close()
	busy := true
	for {
		events, err := s.look(busy)
		if err != nil {
			panic(fmt.Sprintf("conn: waiting for sockets: %v", err)) // a descriptor of ours is broken
		}
		s.hear(events)
		s.checkDeadlines()
		if busy = s.work(); s.stopped {
			return
		}
		if busy || len(events) > 0 {
			// To the hub, on few processors; and to whoever commits, who comes back from a
			// sync to the end of the scheduler's queue, at which it looks seldom while others
			// keep each other running.
			runtime.Gosched()
		}
	}
}

// look returns what has arrived; with nothing to do it waits for that.
func (s *shard) look(busy bool) ([]unix.EpollEvent, error) {
	until := s.checkAt
	if len(s.hungry) > 0 && (until.IsZero() || s.feedAt.Before(until)) {
		until = s.feedAt
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

// attend has what has arrived noticed, and reports whether there is something to do.
// Go's poller may tell a shard that waits late, while others keep the processors.
func (s *shard) attend() (busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting && s.poller.ready() {
		s.waiting = false
		s.poller.wake()
	}
	return !s.waiting && !s.stopped
}

// work does a slice of the commands; more: there is more to do.
//
// A connection's frames keep their order. Those of a room are gathered, because
// one large write costs little more than a small one, and are cast before any
// command that concerns a member of it.
func (s *shard) work() (more bool) {
	for budget := sliceWrites; budget > 0; {
		switch {
		case s.cast.part != nil:
			budget = s.step(budget)
		case len(s.buried) > 0:
			s.bury()
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
			s.backlog.Add(-c.bytes())
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

// refill takes the commands that were handed over; false: there are none.
func (s *shard) refill() bool {
	clear(s.todo)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.todo, s.queue, s.next = s.queue, s.todo[:0], 0
	return len(s.todo) > 0
}

// before returns a part that must be cast before c is done, nil if none.
func (s *shard) before(c *command) *part {
	switch {
	case c.kind == cmdSendAhead:
	case c.kind == cmdCast:
		if len(c.part.waiting) > 0 && len(c.part.waiting)+len(c.data) > gatherBytesMax {
			return c.part
		}
	case c.part != nil:
		if len(c.part.waiting) > 0 {
			return c.part
		}
	case c.conn != nil:
		for _, seat := range c.conn.seats {
			if len(seat.part.waiting) > 0 {
				return seat.part
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
		c.conn.sit(c.part)
	case cmdRemove:
		c.conn.rise(c.part)
	case cmdCast:
		s.gather(c.part, c.data)
	case cmdStop:
		s.end()
	}
}

// checkDeadlines cuts those whose time is over, and wakes those who have rested.
func (s *shard) checkDeadlines() {
	if s.checkAt.IsZero() {
		return
	}
	now := time.Now()
	if now.Before(s.checkAt) {
		return
	}
	more := overdue(s.deadlines, now, s.drop)
	more = overdue(s.resting, now, s.rouse) || more
	switch {
	case more:
		s.checkAt = now.Add(linePause)
	case len(s.deadlines)+len(s.resting) > 0:
		s.checkAt = now.Add(deadlineEvery)
	default:
		s.checkAt = time.Time{}
	}
}

// overdue calls do, which takes them out, for overdueMax of those whose time is over;
// more: there are more.
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

// expect has c cut after d, unless something happens before.
func (s *shard) expect(c *epollConn, d time.Duration) {
	s.deadlines[c] = time.Now().Add(d)
	s.checkWithin(d)
}

// checkWithin has the deadlines looked at within d.
func (s *shard) checkWithin(d time.Duration) {
	if s.checkAt.IsZero() {
		s.checkAt = time.Now().Add(min(d, deadlineEvery))
	}
}

// end cuts all that is left.
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
