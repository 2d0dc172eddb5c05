package guard

import (
	"container/heap"
	"net/netip"
)

// A request moves its user and its address back by so many ranks. All people in a building may share an address, so a
// request weighs less there.
const (
	userRanks    = 4
	addressRanks = 1
)

// sweepAt is the number of accounts from which on a fairQueue forgets idle ones.
const sweepAt = 1024

// waiter is a waiting request.
type waiter struct {
	Caller
	rank, order int64         // the user's rank, and the order of arrival
	at          int           // the index in its address's heap; -1: it no longer waits
	called      chan struct{} // closed when it has a slot
}

// account holds the requests of one user.
type account struct {
	last    int64 // the lowest rank that the next request may get
	waiting int
}

// addressAccount holds the requests of one address.
type addressAccount struct {
	last    int64
	waiting byRank
	at      int // the index in fairQueue.active; -1: none of its requests waits
}

// fairQueue orders waiting requests so that users and addresses with many requests wait behind those with few:
// start-time fair queueing by both. Within one address the user with the fewest comes first. It does not know the time,
// and is not safe for concurrent use.
type fairQueue struct {
	users     map[string]*account
	addresses map[netip.Addr]*addressAccount
	active    []*addressAccount // addresses with waiting requests
	waiting   int
	// The ranks of the user and of the address that were last served.
	userClock, addressClock int64

	order   int64
	sweepAt int
}

func newFairQueue() *fairQueue {
	return &fairQueue{users: map[string]*account{}, addresses: map[netip.Addr]*addressAccount{}, sweepAt: sweepAt}
}

// rankOf gives a user's request its rank.
func (q *fairQueue) rankOf(who Caller) int64 {
	if who.User == "" {
		return q.userClock
	}
	u := q.user(who.User)
	// A user who was idle goes before users who have had one request each.
	rank := max(q.userClock-userRanks, u.last)
	u.last = rank + userRanks
	return rank
}

func (q *fairQueue) user(name string) *account {
	u := q.users[name]
	if u == nil {
		u = &account{}
		q.users[name] = u
	}
	return u
}

func (q *fairQueue) address(addr netip.Addr) *addressAccount {
	a := q.addresses[addr]
	if a == nil {
		a = &addressAccount{at: -1}
		q.addresses[addr] = a
	}
	return a
}

// served notes that a request of an address is served, at its user's rank.
func (q *fairQueue) served(a *addressAccount, rank int64) {
	q.userClock = max(q.userClock, rank)
	q.addressClock = max(q.addressClock, a.last)
	a.last = q.addressClock + addressRanks
	q.sweep()
}

// ahead returns how far an address, or the user of its next request, is ahead of its share.
func (q *fairQueue) ahead(a *addressAccount) int64 {
	return max(a.last-q.addressClock, a.waiting[0].rank-q.userClock)
}

// pass notes a request that was served without waiting.
func (q *fairQueue) pass(who Caller) {
	q.served(q.address(who.Addr), q.rankOf(who))
}

// push puts a request into the queue.
func (q *fairQueue) push(who Caller) *waiter {
	q.order++
	w := &waiter{Caller: who, rank: q.rankOf(who), order: q.order, called: make(chan struct{})}
	a := q.address(who.Addr)
	heap.Push(&a.waiting, w)
	q.count(who, 1)
	q.activate(a)
	return w
}

func (q *fairQueue) count(who Caller, n int) {
	q.waiting += n
	if who.User != "" {
		q.user(who.User).waiting += n
	}
}

// activate puts an address with waiting requests into active, and removes one without.
func (q *fairQueue) activate(a *addressAccount) {
	switch waits := len(a.waiting) > 0; {
	case waits && a.at < 0:
		a.at = len(q.active)
		q.active = append(q.active, a)
	case !waits && a.at >= 0:
		last := q.active[len(q.active)-1]
		q.active[a.at], last.at = last, a.at
		q.active[len(q.active)-1] = nil
		q.active = q.active[:len(q.active)-1]
		a.at = -1
	}
}

// pop removes and returns the next request; nil if none waits.
func (q *fairQueue) pop() *waiter {
	var next *addressAccount
	var least int64
	for _, a := range q.active {
		ahead := q.ahead(a)
		if next == nil || ahead < least || ahead == least && a.waiting[0].order < next.waiting[0].order {
			next, least = a, ahead
		}
	}
	if next == nil {
		return nil
	}
	w := heap.Pop(&next.waiting).(*waiter)
	q.count(w.Caller, -1)
	q.activate(next)
	q.served(next, w.rank)
	return w
}

// remove removes a request that gives up. It returns false if the request has left the queue.
func (q *fairQueue) remove(w *waiter) bool {
	if w.at < 0 {
		return false
	}
	a := q.address(w.Addr)
	heap.Remove(&a.waiting, w.at)
	q.count(w.Caller, -1)
	q.activate(a)
	return true
}

// waitingOf returns the number of waiting requests: of all, of the caller's address, and of the caller's user.
func (q *fairQueue) waitingOf(who Caller) (all, address, user int) {
	if a := q.addresses[who.Addr]; a != nil {
		address = len(a.waiting)
	}
	if u := q.users[who.User]; u != nil {
		user = u.waiting
	}
	return q.waiting, address, user
}

// sweep forgets idle accounts whose rank is no higher than that of a new one.
func (q *fairQueue) sweep() {
	if len(q.users)+len(q.addresses) < q.sweepAt {
		return
	}
	for name, u := range q.users {
		if u.waiting == 0 && u.last <= q.userClock {
			delete(q.users, name)
		}
	}
	for addr, a := range q.addresses {
		if a.at < 0 && a.last <= q.addressClock {
			delete(q.addresses, addr)
		}
	}
	q.sweepAt = max(sweepAt, 2*(len(q.users)+len(q.addresses)))
}

// byRank is a heap of the requests of an address, by rank and then by arrival.
type byRank []*waiter

func (w byRank) Len() int { return len(w) }

func (w byRank) Less(i, j int) bool {
	return w[i].rank < w[j].rank || w[i].rank == w[j].rank && w[i].order < w[j].order
}

func (w byRank) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].at, w[j].at = i, j
}

func (w *byRank) Push(x any) {
	x.(*waiter).at = len(*w)
	*w = append(*w, x.(*waiter))
}

func (w *byRank) Pop() any {
	last := (*w)[len(*w)-1]
	(*w)[len(*w)-1] = nil
	*w = (*w)[:len(*w)-1]
	last.at = -1
	return last
}
