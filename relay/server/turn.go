package server

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// turnsPerProcessor is how many requests of a lane a processor works on at once.
	turnsPerProcessor = 2
	// waitsPerWork is how long requests leave the processors to connections that have to
	// do, in times of what they have worked.
	waitsPerWork = 2
	// turnWaitMax bounds that.
	turnWaitMax = 10 * time.Millisecond
	// turnPause is between two looks whether connections have to do.
	turnPause = 200 * time.Microsecond
	// lineTimeout is how long a request waits for its turn where waiting is bounded.
	lineTimeout = storeTimeout
)

// The reasons why a request gets no turn.
var (
	errUserWaits    = errors.New("too many requests of the user wait")
	errAddressWaits = errors.New("too many requests of the address wait")
	errAllWait      = errors.New("too many requests wait")
)

// lineLimits bound how many requests wait in a lane; 0: no bound.
type lineLimits struct{ all, address, user int }

// turns is a lane: places for requests that are worked on, behind the connections. A
// flood of requests takes what these leave, and no more than a share where they have
// to do all the time. Who finds no place waits, and the next is whoever has asked for
// the least; see fairQueue.
type turns struct {
	limits lineLimits
	attend func() (busy bool) // see Backend
	next   atomic.Int64       // when the next may work beside busy connections; ns since 1970

	mu   sync.Mutex
	free int
	line *fairQueue
}

func newTurns(attend func() bool, perProcessor int, limits lineLimits) *turns {
	return &turns{
		limits: limits, attend: attend, line: newFairQueue(),
		free: perProcessor * runtime.GOMAXPROCS(0),
	}
}

// take waits for a place; it is given back with since.
func (t *turns) take(who asker) (since time.Time) {
	if w := t.lineUp(who); w != nil {
		<-w.called
	}
	return t.giveWay()
}

// takeInTime is take where no more than so many may wait, and none for long. After an
// error there is no place to give back.
func (t *turns) takeInTime(who asker) (since time.Time, err error) {
	t.mu.Lock()
	err = t.crowded(who)
	t.mu.Unlock()
	if err != nil {
		return since, err
	}
	if w := t.lineUp(who); w != nil {
		timeout := time.NewTimer(lineTimeout)
		defer timeout.Stop()
		select {
		case <-w.called:
		case <-timeout.C:
			t.mu.Lock()
			left := t.line.remove(w)
			t.mu.Unlock()
			if left {
				return since, errAllWait
			}
		}
	}
	return t.giveWay(), nil
}

// crowded tells why one more may not wait. The caller holds mu.
func (t *turns) crowded(who asker) error {
	if t.free > 0 {
		return nil
	}
	all, address, user := t.line.of(who)
	switch {
	case who.user != "" && t.limits.user > 0 && user >= t.limits.user:
		return errUserWaits
	case t.limits.address > 0 && address >= t.limits.address:
		return errAddressWaits
	case t.limits.all > 0 && all >= t.limits.all:
		return errAllWait
	}
	return nil
}

// lineUp takes a place, or else one in the line.
func (t *turns) lineUp(who asker) *waiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free > 0 {
		t.free--
		t.line.pass(who)
		return nil
	}
	return t.line.push(who)
}

// giveWay leaves the processors to the connections for a while.
func (t *turns) giveWay() (since time.Time) {
	for {
		busy, now := t.attend(), time.Now()
		if !busy || now.UnixNano() >= t.next.Load() {
			runtime.Gosched() // to what has been noticed
			return now
		}
		time.Sleep(turnPause)
	}
}

// give gives a place back, to the next in the line.
func (t *turns) give(since time.Time) {
	now := time.Now()
	wait := min(waitsPerWork*now.Sub(since)/time.Duration(runtime.GOMAXPROCS(0)), turnWaitMax)
	t.next.Store(now.Add(wait).UnixNano())
	t.mu.Lock()
	defer t.mu.Unlock()
	if w := t.line.pop(); w != nil {
		close(w.called)
	} else {
		t.free++
	}
}
