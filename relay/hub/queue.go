package hub

import (
	"iter"
	"slices"
)

// A queue holds the ops that wait for the store, in rounds: each user has one op a round, so that users who ask for
// much wait behind those who ask for little. The op of a user who has none in the queue does not wait for the round
// under way. A user's own ops keep their order, on all connections.
type queue struct {
	ahead  []*pending   // before the rounds
	rounds [][]*pending // what is left of the rounds, from the one under way on
	round  uint64       // the number of the round under way
}

// roundsFew is the number of rounds that wait when nobody floods: clients do not wait for one op before they send the
// next.
const roundsFew = 2

// add puts an op of u into the first round in which u has none yet; nil: it is nobody's.
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

// next returns the next op; nil: none waits.
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
	q.rounds = nil // gives the memory back that a storm has needed
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

// flooded reports whether only users who have asked for much wait.
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
