package server

import (
	"container/heap"
	"net/netip"
)

// asker names whose request it is: the address, and the user once the token was
// checked.
type asker struct {
	addr netip.Addr
	user string
}

// Each request moves its user and its address back by so many ranks. All of a building
// may share an address, so that one weighs less there.
const (
	userRanks    = 4
	addressRanks = 1
)

// sweepAt is how many idle accounts a fairQueue keeps before it looks for them.
const sweepAt = 1024

// waiter is a request that waits for its turn.
type waiter struct {
	asker
	rank, order int64
	at          int // in the heap
	called      chan struct{}
}

// account is what one user, or one address, has asked for.
type account struct {
	last    int64 // the rank that its next request gets at least
	waiting int
}

// fairQueue orders waiting requests so that a user, and an address, that asks for much
// waits behind those who ask for little: start-time fair queueing by both at once. It
// knows no time, and is not safe for concurrent use.
type fairQueue struct {
	users     map[string]*account
	addresses map[netip.Addr]*account
	waiting   waiters
	clock     int64 // the rank of the last request that had its turn
	order     int64
	sweep     int
}

func newFairQueue() *fairQueue {
	return &fairQueue{users: map[string]*account{}, addresses: map[netip.Addr]*account{}, sweep: sweepAt}
}

// rank takes up the rank of a request.
func (q *fairQueue) rank(who asker) int64 {
	address := accountOf(q.addresses, who.addr)
	rank := max(q.clock, address.last)
	if who.user == "" {
		address.last = rank + addressRanks
		return rank
	}
	user := accountOf(q.users, who.user)
	rank = max(rank, user.last)
	user.last = max(q.clock, user.last) + userRanks
	address.last = max(q.clock, address.last) + addressRanks
	return rank
}

func accountOf[K comparable](accounts map[K]*account, key K) *account {
	a := accounts[key]
	if a == nil {
		a = &account{}
		accounts[key] = a
	}
	return a
}

// pass notes a request that had its turn without waiting.
func (q *fairQueue) pass(who asker) {
	q.clock = max(q.clock, q.rank(who))
	q.tidy()
}

// push has a request wait.
func (q *fairQueue) push(who asker) *waiter {
	q.order++
	w := &waiter{asker: who, rank: q.rank(who), order: q.order, called: make(chan struct{})}
	q.count(who, 1)
	heap.Push(&q.waiting, w)
	return w
}

func (q *fairQueue) count(who asker, n int) {
	q.addresses[who.addr].waiting += n
	if who.user != "" {
		q.users[who.user].waiting += n
	}
}

// pop takes the next request out, nil where none waits.
func (q *fairQueue) pop() *waiter {
	if len(q.waiting) == 0 {
		return nil
	}
	w := heap.Pop(&q.waiting).(*waiter)
	q.count(w.asker, -1)
	q.clock = max(q.clock, w.rank)
	q.tidy()
	return w
}

// remove takes a request out that waits no more; false: it had been taken already.
func (q *fairQueue) remove(w *waiter) bool {
	if w.at < 0 {
		return false
	}
	heap.Remove(&q.waiting, w.at)
	q.count(w.asker, -1)
	return true
}

// of returns how many requests wait: in all, of the address, of the user.
func (q *fairQueue) of(who asker) (all, address, user int) {
	if a := q.addresses[who.addr]; a != nil {
		address = a.waiting
	}
	if u := q.users[who.user]; u != nil {
		user = u.waiting
	}
	return len(q.waiting), address, user
}

// tidy forgets those that have no more rank than anybody else.
func (q *fairQueue) tidy() {
	if len(q.users)+len(q.addresses) < q.sweep {
		return
	}
	forget(q.users, q.clock)
	forget(q.addresses, q.clock)
	q.sweep = max(sweepAt, 2*(len(q.users)+len(q.addresses)))
}

func forget[K comparable](accounts map[K]*account, clock int64) {
	for key, a := range accounts {
		if a.waiting == 0 && a.last <= clock {
			delete(accounts, key)
		}
	}
}

// waiters is a heap by rank; of one rank the first that came is first.
type waiters []*waiter

func (w waiters) Len() int { return len(w) }

func (w waiters) Less(i, j int) bool {
	if w[i].rank != w[j].rank {
		return w[i].rank < w[j].rank
	}
	return w[i].order < w[j].order
}

func (w waiters) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].at, w[j].at = i, j
}

func (w *waiters) Push(x any) {
	x.(*waiter).at = len(*w)
	*w = append(*w, x.(*waiter))
}

func (w *waiters) Pop() any {
	old := *w
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*w = old[:len(old)-1]
	last.at = -1
	return last
}
