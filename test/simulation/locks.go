package simulation

import (
	"slices"
	"time"

	"hallway/relay/rules"
)

// lockMax is the time after which the database ends a transaction that does nothing.
const lockMax = 2 * time.Second

// A transaction has the locks of its rooms, or waits for them behind earlier transactions.
type transaction struct {
	rooms   []string
	locked  func() // called once, when the transaction has the locks
	has     bool   // it has the locks
	sent    bool   // the database has the whole transaction and completes it without the relay
	aborted bool   // by the database
}

// newTransaction returns a transaction over the rooms of the ops.
func newTransaction(ops []rules.Op) *transaction {
	t := &transaction{}
	for i := range ops {
		if !slices.Contains(t.rooms, ops[i].Room) {
			t.rooms = append(t.rooms, ops[i].Room)
		}
	}
	return t
}

// lock begins a transaction. It calls locked when the transaction has its locks, perhaps at once.
func (db *database) lock(t *transaction, locked func()) {
	t.locked = locked
	db.locks = append(db.locks, t)
	db.grant()
}

// unlock ends a transaction.
func (db *database) unlock(t *transaction) {
	w := db.w
	db.locks = slices.DeleteFunc(db.locks, func(x *transaction) bool { return x == t })
	if len(db.locks) > 0 {
		w.in(0, db.grant)
	}
}

// abort ends all transactions, as a failure of the database does. The relays of waiting transactions learn of it, too.
func (db *database) abort() {
	for _, t := range db.locks {
		if t.aborted = true; !t.has {
			db.w.in(0, t.locked)
		}
	}
	db.locks = nil
}

// writing reports whether a transaction has locks.
func (db *database) writing() bool {
	return slices.ContainsFunc(db.locks, func(t *transaction) bool { return t.has })
}

// grant gives the locks to each transaction that has no room in common with an earlier one.
func (db *database) grant() {
	w := db.w
	for i, t := range db.locks {
		if t.has || slices.ContainsFunc(db.locks[:i], t.overlaps) {
			continue
		}
		if t.has = true; w.cluster.several() {
			w.in(lockMax, func() {
				t.aborted = true
				db.unlock(t)
			})
		}
		t.locked()
	}
}

// overlaps reports whether two transactions have a room in common.
func (t *transaction) overlaps(other *transaction) bool {
	return slices.ContainsFunc(t.rooms, func(room string) bool { return slices.Contains(other.rooms, room) })
}
