package simulation

import (
	"slices"
	"time"

	"hallway/relay/bus/memory"
	"hallway/relay/rules"
	store "hallway/store/memory"
)

const (
	// checkEvery is the time after which the balancer notices that a relay is paused.
	checkEvery = 2 * time.Second
	// lockMax is the time after which the database ends a transaction that does nothing.
	lockMax = 2 * time.Second
)

// cluster holds what the relays of a world share beside the database's content.
type cluster struct {
	relays  []*relay // at each place; nil: none runs there
	started int      // relays so far
	turn    int      // the place that the balancer has chosen last
	locks   []*transaction
	floor   map[string]int64 // by epoch: the highest rev told to anybody
	network *memory.Network
	moved   time.Duration  // the time when a stream began or ended last
	quiet   time.Duration  // the end of the last pause, cut or partition
	standby store.Snapshot // the database that takes over where the first one fails
}

// several reports whether the world has more than one relay.
func (c *cluster) several() bool { return len(c.relays) > 1 }

// told notes that somebody is told of a rev.
func (c *cluster) told(epoch string, rev int64) { c.floor[epoch] = max(c.floor[epoch], rev) }

// balance returns the relay that gets the next connection or request: the next healthy one, else the next that runs;
// nil: none runs.
func (w *world) balance() *relay {
	var found *relay
	for range w.relays {
		w.turn = (w.turn + 1) % len(w.relays)
		r := w.relays[w.turn]
		switch {
		case r == nil:
		case !r.draining && (w.now >= r.paused || w.now < r.pausedAt+checkEvery):
			return r
		case found == nil:
			found = r
		}
	}
	return found
}

// running returns a random relay; nil: none runs.
func (w *world) running() *relay {
	all := slices.DeleteFunc(slices.Clone(w.relays), func(r *relay) bool { return r == nil })
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all[w.rnd.IntN(len(all))]
}

// pause stops the process for a while; what arrives meanwhile waits.
func (r *relay) pause(d time.Duration) {
	if r.w.now < r.paused {
		return
	}
	r.w.note(r.name, "paused for %v", d)
	// The odd nanosecond keeps what waits before the events of that time.
	r.pausedAt, r.paused = r.w.now, r.w.now+d+1
	r.w.quiet = max(r.w.quiet, r.paused)
}

// do calls a function on this process: now, after its pause, or never where the process has ended.
func (r *relay) do(f func()) {
	switch {
	case !r.up:
	case r.w.now < r.paused:
		r.w.queue.push(r.paused, func() { r.do(f) })
	default:
		f()
		r.arm()
	}
}

// A transaction has the locks of its rooms, or waits for them behind those that came before.
type transaction struct {
	rooms   []string
	locked  func() // called once, when it has the locks
	has     bool   // it has the locks
	sent    bool   // the database has all of it and goes on without the relay
	aborted bool   // by the database
}

func newTransaction(ops []rules.Op) *transaction {
	t := &transaction{}
	for i := range ops {
		if !slices.Contains(t.rooms, ops[i].Room) {
			t.rooms = append(t.rooms, ops[i].Room)
		}
	}
	return t
}

// lock begins a transaction. It calls locked when the transaction has its locks, which may be at once.
func (w *world) lock(t *transaction, locked func()) {
	t.locked = locked
	w.locks = append(w.locks, t)
	w.grant()
}

// unlock ends a transaction.
func (w *world) unlock(t *transaction) {
	w.locks = slices.DeleteFunc(w.locks, func(x *transaction) bool { return x == t })
	if len(w.locks) > 0 {
		w.in(0, w.grant)
	}
}

// abort ends all transactions, as the end of the database does.
func (w *world) abort() {
	for _, t := range w.locks {
		t.aborted = true
	}
	w.locks = nil
}

// writing reports whether a transaction has locks.
func (w *world) writing() bool {
	return slices.ContainsFunc(w.locks, func(t *transaction) bool { return t.has })
}

// grant gives the locks to each transaction whose rooms no earlier one wants.
func (w *world) grant() {
	for i, t := range w.locks {
		if t.has || slices.ContainsFunc(w.locks[:i], t.overlaps) {
			continue
		}
		if t.has = true; w.several() {
			w.in(lockMax, func() {
				t.aborted = true
				w.unlock(t)
			})
		}
		t.locked()
	}
}

// overlaps reports whether two transactions want the same room.
func (t *transaction) overlaps(other *transaction) bool {
	return slices.ContainsFunc(t.rooms, func(room string) bool { return slices.Contains(other.rooms, room) })
}
