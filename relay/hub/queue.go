package hub

import (
	"iter"
	"slices"
)

// A queue holds the ops that wait for the store, in rounds. Each user has one op a round, so a user with many ops waits
// behind users with few. The op of a user without queued ops does not wait for the round under way. Each user's ops
// keep their order across all connections.
type queue struct {
	ahead  []*pending   // before the rounds
	rounds [][]*pending // the unfinished rounds, from the one under way on
	round  uint64       // the number of the round under way
}

// roundsFew is the usual number of waiting rounds: clients do not wait for one op before they send the next.
const roundsFew = 2

// add puts an op of u into the first round without an op of u; nil: it belongs to no user.
func (q *queue) add(u *user, p *pending) {
	round := q.round
	if u != nil {
		round = max(round, u.round)
		u.round = round + 1
		if round == q.round {
			q.ahead = append(q.ahead, p)
			return
		}
	}
	for uint64(len(q.rounds)) <= round-q.round {
		q.rounds = append(q.rounds, nil)
	}
	r := &q.rounds[round-q.round]
	*r = append(*r, p)
}

// next returns the next op; nil if the queue is empty.
func (q *queue) next() *pending {
	if len(q.ahead) > 0 {
		return q.ahead[0]
	}
	q.ahead = nil
	for len(q.rounds) > 0 {
		if r := q.rounds[0]; len(r) > 0 {
			return r[0]
		}
		q.rounds[0] = nil
		q.rounds = q.rounds[1:]
		q.round++
	}
	q.rounds = nil // frees the memory of a storm
	return nil
}

// drop removes the next op.
func (q *queue) drop() {
	r := &q.ahead
	if len(*r) == 0 {
		r = &q.rounds[0]
	}
	(*r)[0] = nil
	*r = (*r)[1:]
}

// flooded reports whether all queued ops are of users with many ops.
func (q *queue) flooded() bool { return len(q.ahead) == 0 && len(q.rounds) > roundsFew }

// all yields the ops in their order.
func (q *queue) all() iter.Seq[*pending] {
	return func(yield func(*pending) bool) {
		for _, r := range slices.Concat([][]*pending{q.ahead}, q.rounds) {
			for _, p := range r {
				if !yield(p) {
					return
				}
			}
		}
	}
}
