package hub

import "iter"

// A queue is what waits for the store, in rounds: of each user one op a round, so
// that who asks for much waits behind those who ask for little. A user's own ops
// keep their order, on all connections.
type queue struct {
	rounds [][]*pending // what is left of them, from the round under way
	round  uint64       // its number
}

// add puts an op of u, nil if it is nobody's, into the first round in which u has
// none yet.
func (q *queue) add(u *user, p *pending) {
	round := q.round
	if u != nil {
		round = max(round, u.round)
		u.round = round + 1
	}
	for uint64(len(q.rounds)) <= round-q.round {
		q.rounds = append(q.rounds, nil)
	}
	r := &q.rounds[round-q.round]
	*r = append(*r, p)
}

// next is the op whose turn it is, nil if none waits.
func (q *queue) next() *pending {
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
	r := q.rounds[0]
	r[0] = nil
	q.rounds[0] = r[1:]
}

// all are the ops in their order.
func (q *queue) all() iter.Seq[*pending] {
	return func(yield func(*pending) bool) {
		for _, r := range q.rounds {
			for _, p := range r {
				if !yield(p) {
					return
				}
			}
		}
	}
}
