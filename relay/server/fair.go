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
	rank, order int64 // the user's rank, and when it came
	at          int   // in its address's heap; -1: it waits no more
	called      chan struct{}
}

// account is what one user has asked for.
type account struct {
	last    int64 // the rank that its next request gets at least
	waiting int
}

// addressAccount is what one address has asked for.
type addressAccount struct {
	last    int64
	waiting byRank
	at      int // in fairQueue.line; -1: nothing of it waits
}

// fairQueue orders waiting requests so that a user, and an address, that asks for much
// waits behind those who ask for little: start-time fair queueing by both. Of one address
// the user who has asked for the least is first. It knows no time, and is not safe for
// concurrent use.
type fairQueue struct {
	users     map[string]*account
	addresses map[netip.Addr]*addressAccount
	line      []*addressAccount // of which something waits
	waiting   int
	// The rank of the last user, and of the last address, that had a turn.
	userClock, addressClock int64

	order int64
	sweep int
}

func newFairQueue() *fairQueue {
	return &fairQueue{users: map[string]*account{}, addresses: map[netip.Addr]*addressAccount{}, sweep: sweepAt}
}

// rankOf takes up the rank of a user's request.
func (q *fairQueue) rankOf(who asker) int64 {
	if who.user == "" {
		return q.userClock
	}
	u := q.user(who.user)
	// Who has had nothing of late goes before those who have had one each.
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

// served notes that a request of an address has its turn, at the rank of its user.
func (q *fairQueue) served(a *addressAccount, rank int64) {
	q.userClock = max(q.userClock, rank)
	q.addressClock = max(q.addressClock, a.last)
	a.last = q.addressClock + addressRanks
	q.tidy()
}

// ahead is how far an address, or the user of its next request, is ahead of its share.
func (q *fairQueue) ahead(a *addressAccount) int64 {
	return max(a.last-q.addressClock, a.waiting[0].rank-q.userClock)
}

// pass notes a request that had its turn without waiting.
func (q *fairQueue) pass(who asker) {
	q.served(q.address(who.addr), q.rankOf(who))
}

// push has a request wait.
func (q *fairQueue) push(who asker) *waiter {
	q.order++
	w := &waiter{asker: who, rank: q.rankOf(who), order: q.order, called: make(chan struct{})}
	a := q.address(who.addr)
	heap.Push(&a.waiting, w)
	q.count(who, 1)
	q.place(a)
	return w
}

func (q *fairQueue) count(who asker, n int) {
	q.waiting += n
	if who.user != "" {
		q.user(who.user).waiting += n
	}
}

// place puts an address into the line, or takes it out.
func (q *fairQueue) place(a *addressAccount) {
	switch waits := len(a.waiting) > 0; {
	case waits && a.at < 0:
		a.at = len(q.line)
		q.line = append(q.line, a)
	case !waits && a.at >= 0:
		last := q.line[len(q.line)-1]
		q.line[a.at], last.at = last, a.at
		q.line[len(q.line)-1] = nil
		q.line = q.line[:len(q.line)-1]
		a.at = -1
	}
}

// pop takes the next request out, nil where none waits.
func (q *fairQueue) pop() *waiter {
	var next *addressAccount
	var least int64
	for _, a := range q.line {
		ahead := q.ahead(a)
		if next == nil || ahead < least || ahead == least && a.waiting[0].order < next.waiting[0].order {
			next, least = a, ahead
		}
	}
	if next == nil {
		return nil
	}
	w := heap.Pop(&next.waiting).(*waiter)
	q.count(w.asker, -1)
	q.place(next)
	q.served(next, w.rank)
	return w
}

// remove takes a request out that waits no more; false: it had been taken already.
func (q *fairQueue) remove(w *waiter) bool {
	if w.at < 0 {
		return false
	}
	a := q.address(w.addr)
	heap.Remove(&a.waiting, w.at)
	q.count(w.asker, -1)
	q.place(a)
	return true
}

// of returns how many requests wait: in all, of the address, of the user.
func (q *fairQueue) of(who asker) (all, address, user int) {
	if a := q.addresses[who.addr]; a != nil {
		address = len(a.waiting)
	}
	if u := q.users[who.user]; u != nil {
		user = u.waiting
	}
	return q.waiting, address, user
}

// tidy forgets those that have no more rank than anybody else.
func (q *fairQueue) tidy() {
	if len(q.users)+len(q.addresses) < q.sweep {
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
	q.sweep = max(sweepAt, 2*(len(q.users)+len(q.addresses)))
}

// byRank is a heap of the requests of an address; of one rank the first that came is
// first.
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
