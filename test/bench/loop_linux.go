package main

import (
	"container/heap"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	readBytes = 2 << 20 // the largest page of history fits
	eventsMax = 512
	// sweeps is the number of parts of the connections. Each tick looks after one part, so that heartbeats do not come in one burst.
	sweeps = 100
)

// A loop holds the load's connections. The loop and everything that it calls belong to the goroutine that calls run.
type loop struct {
	epoll   int
	sockets []*socket // by descriptor
	buf     []byte
	events  []unix.EpollEvent
	timers  timers
	begun   time.Time
	now     time.Duration // since begun, at the event being handled
	err     error         // the first broken promise
}

func newLoop() (*loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	return &loop{
		epoll: epoll, begun: time.Now(),
		buf: make([]byte, readBytes), events: make([]unix.EpollEvent, eventsMax),
	}, nil
}

// fail ends the run: the relay broke a promise.
func (l *loop) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf(format, args...)
	}
}

// after calls do once, when d has passed.
func (l *loop) after(d time.Duration, do func()) {
	heap.Push(&l.timers, timer{time.Since(l.begun) + d, do})
}

// every calls do at each interval of d until do returns false. After a late tick it calls do again for the intervals that it missed.
func (l *loop) every(d time.Duration, do func() bool) {
	at := time.Since(l.begun)
	var tick func()
	tick = func() {
		if !do() {
			return
		}
		at += d
		heap.Push(&l.timers, timer{at, tick})
	}
	at += d
	heap.Push(&l.timers, timer{at, tick})
}

var errTooLong = errors.New("took too long")

// run handles events until done returns true. It fails when the relay breaks a promise, or with errTooLong after limit.
func (l *loop) run(limit time.Duration, done func() bool) error {
	end := time.Since(l.begun) + limit
	for {
		l.now = time.Since(l.begun)
		switch {
		case l.err != nil:
			return l.err
		case done():
			return nil
		case l.now >= end:
			return errTooLong
		}
		n, err := unix.EpollWait(l.epoll, l.events, l.patience(end))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("epoll_wait", err)
		}
		for i := range max(n, 0) {
			l.now = time.Since(l.begun)
			if s := l.sockets[l.events[i].Fd]; s != nil {
				s.ready(l.events[i].Events)
			}
		}
		l.now = time.Since(l.begun)
		for len(l.timers) > 0 && l.timers[0].at <= l.now {
			heap.Pop(&l.timers).(timer).do()
		}
	}
}

// runFor handles events for d.
func (l *loop) runFor(d time.Duration) error {
	err := l.run(d, func() bool { return false })
	if errors.Is(err, errTooLong) {
		return nil
	}
	return err
}

// runAtLeast handles events for d, and then until done returns true.
func (l *loop) runAtLeast(d time.Duration, done func() bool) error {
	end := time.Since(l.begun) + d
	return l.run(d+settleLimit, func() bool { return l.now >= end && done() })
}

// patience returns how many milliseconds to wait for events.
func (l *loop) patience(end time.Duration) int {
	if len(l.timers) > 0 {
		end = min(end, l.timers[0].at)
	}
	// done may depend on another goroutine.
	wait := min(max(end-l.now, 0), 20*time.Millisecond)
	return int((wait + time.Millisecond - 1) / time.Millisecond)
}

// close ends all connections.
func (l *loop) close() {
	for _, s := range l.sockets {
		if s != nil {
			s.close()
		}
	}
	_ = unix.Close(l.epoll)
}

type timer struct {
	at time.Duration
	do func()
}

// timers is a heap, the next first.
type timers []timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at < t[j].at }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)        { *t = append(*t, x.(timer)) }
func (t *timers) Pop() any {
	last := (*t)[len(*t)-1]
	(*t)[len(*t)-1] = timer{}
	*t = (*t)[:len(*t)-1]
	return last
}
