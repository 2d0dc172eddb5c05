package guard

import (
	"errors"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// SlotsPerProcessor is the number of requests of a pool that a processor works on at once.
	SlotsPerProcessor = 2
	// waitsPerWork is the time for which requests leave the processors to busy connections, as a multiple of the
	// requests' working time.
	waitsPerWork = 2
	// pauseMax bounds that time.
	pauseMax = 10 * time.Millisecond
	// pauseStep is the time between two checks whether connections are busy.
	pauseStep = 200 * time.Microsecond
	// QueueTimeout bounds the time that a request waits for a slot, in a pool with a limit.
	QueueTimeout = 10 * time.Second
)

// The bounds of the queues of requests to the store. A waiting request takes about 16 KiB.
const (
	// WaitingMax bounds all waiting requests, WaitingAddressMax those of an address, WaitingUserMax those of a user.
	WaitingMax        = 4096
	WaitingAddressMax = 3072
	WaitingUserMax    = 64
	// SearchesWaitingMax bounds all waiting searches, SearchesWaitingAddressMax those of an address,
	// SearchesWaitingUserMax those of a user.
	SearchesWaitingMax        = 512
	SearchesWaitingAddressMax = 384
	SearchesWaitingUserMax    = 32
)

// The reasons why a request may not wait for a slot.
var (
	ErrUserWaits    = errors.New("too many requests of the user are waiting")
	ErrAddressWaits = errors.New("too many requests of the address are waiting")
	ErrAllWait      = errors.New("too many requests wait")
)

// Caller identifies the sender of a request: the address, and the user once the token was checked.
type Caller struct {
	Addr netip.Addr
	User string
}

// QueueLimits bounds the waiting requests of a pool; 0: no bound.
type QueueLimits struct{ All, Address, User int }

// Pool has slots for requests. Requests rank behind connections: while connections are always busy, requests get only a
// share of the processors. A request without a free slot waits. The next slot goes to the user with the fewest
// requests; see fairQueue. A Pool is safe for concurrent use.
type Pool struct {
	clock  Clock
	limits QueueLimits
	busy   func() bool
	next   atomic.Int64 // when the next request may work beside busy connections; nanoseconds since 1970

	mu    sync.Mutex
	free  int
	queue *fairQueue
}

// NewPool returns a pool of so many slots for each processor. busy reports whether connections have work to do.
func NewPool(clock Clock, busy func() bool, perProcessor int, limits QueueLimits) *Pool {
	return &Pool{clock: clock, limits: limits, busy: busy, queue: newFairQueue(), free: perProcessor * runtime.GOMAXPROCS(0)}
}

// Acquire waits for a slot. Pass the returned time to Release.
func (p *Pool) Acquire(who Caller) (since time.Time) {
	if w := p.enqueue(who); w != nil {
		<-w.called
	}
	return p.giveWay()
}

// AcquireInTime is Acquire within the pool's limits and QueueTimeout. After an error there is no slot to release.
func (p *Pool) AcquireInTime(who Caller) (since time.Time, err error) {
	p.mu.Lock()
	err = p.crowded(who)
	p.mu.Unlock()
	if err != nil {
		return since, err
	}
	if w := p.enqueue(who); w != nil {
		timeout := make(chan struct{})
		timer := p.clock.AfterFunc(QueueTimeout, func() { close(timeout) })
		defer timer.Stop()
		select {
		case <-w.called:
		case <-timeout:
			p.mu.Lock()
			left := p.queue.remove(w)
			p.mu.Unlock()
			if left {
				return since, ErrAllWait
			}
		}
	}
	return p.giveWay(), nil
}

// crowded returns the reason why one more request may not wait. The caller holds mu.
func (p *Pool) crowded(who Caller) error {
	if p.free > 0 {
		return nil
	}
	all, address, user := p.queue.waitingOf(who)
	switch {
	case who.User != "" && p.limits.User > 0 && user >= p.limits.User:
		return ErrUserWaits
	case p.limits.Address > 0 && address >= p.limits.Address:
		return ErrAddressWaits
	case p.limits.All > 0 && all >= p.limits.All:
		return ErrAllWait
	}
	return nil
}

// enqueue takes a free slot and returns nil; without one it queues the request.
func (p *Pool) enqueue(who Caller) *waiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.free > 0 {
		p.free--
		p.queue.pass(who)
		return nil
	}
	return p.queue.push(who)
}

// giveWay leaves the processors to busy connections for a while.
func (p *Pool) giveWay() (since time.Time) {
	for {
		busy, now := p.busy(), p.clock.Now()
		if !busy || now.UnixNano() >= p.next.Load() {
			runtime.Gosched() // to connections whose events were just noticed
			return now
		}
		p.clock.Sleep(pauseStep)
	}
}

// Release gives the slot to the next request of the queue, or back to the pool.
func (p *Pool) Release(since time.Time) {
	now := p.clock.Now()
	pause := min(waitsPerWork*now.Sub(since)/time.Duration(runtime.GOMAXPROCS(0)), pauseMax)
	p.next.Store(now.Add(pause).UnixNano())
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.queue.pop(); w != nil {
		close(w.called)
	} else {
		p.free++
	}
}

// Waiting returns the number of waiting requests.
func (p *Pool) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.waiting
}
