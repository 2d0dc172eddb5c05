package hub

import (
	"iter"
	"slices"
)

// A queue is what waits for the store, in rounds: of each user one op a round, so
// that who asks for much waits behind those who ask for little. Who has nothing in the
// queue does not wait for the round under way. A user's own ops keep their order, on all
// connections.
type queue struct {
	ahead  []*pending   // go before the rounds
	rounds [][]*pending // what is left of them, from the round under way
	round  uint64       // its number
}

// roundsFew is how many rounds wait when nobody floods: clients do not wait for one
// op before they ask for the next.
const roundsFew = 2

// add puts an op of u, nil if it is nobody's, into the first round in which u has
// none yet.
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

// next is the op whose turn it is, nil if none waits.
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
	q.rounds = nil // what a storm has needed is not kept
	return nil
}

// drop takes that op out.
func (q *queue) drop() {
	r := &q.ahead
	if len(*r) == 0 {
		r = &q.rounds[0]
	}
	(*r)[0] = nil
	*r = (*r)[1:]
}

// flooded reports that only those wait who have asked for much.
func (q *queue) flooded() bool { return len(q.ahead) == 0 && len(q.rounds) > roundsFew }

// all are the ops in their order.
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
