package guard

import (
	"math/rand/v2"
	"testing"
)

// TestFairQueue checks that a new user's request is served after at most a few others, however many requests the others
// have waiting or have made.
func TestFairQueue(t *testing.T) {
	for name, heavy := range map[string]func(i int) Caller{
		"one user":                          func(int) Caller { return callerOf(1, 1) },
		"one user at many addresses":        func(i int) Caller { return callerOf(1, i) },
		"many users at one address":         func(i int) Caller { return callerOf(i%100, 1) },
		"many users at a few":               func(i int) Caller { return callerOf(i%100, i%3) },
		"nobody knows who, at one address":  func(int) Caller { return Caller{Addr: callerOf(0, 1).Addr} },
		"nobody knows who, at a few":        func(i int) Caller { return Caller{Addr: callerOf(0, i%3).Addr} },
		"many users, each at its addresses": func(i int) Caller { return callerOf(i%100, i%300) },
	} {
		t.Run(name, func(t *testing.T) {
			q := newFairQueue()
			for i := range 1000 { // each user asks again after an answer
				if i > 300 {
					q.pop()
				}
				q.push(heavy(i))
			}
			light := callerOf(5000, 5000)
			for who, most := range map[Caller]int{light: 3, callerOf(5001, 1): 3} {
				if who != light && heavy(0).User == "" {
					continue // among strangers with one address, the first is served first
				}
				w, n := q.push(who), 0
				for q.pop() != w {
					n++
				}
				if n > most {
					t.Errorf("%v waits for %d others", who, n)
				}
			}
		})
	}
}

// TestFairQueueLosesNobody checks that each waiting request is served once, in any sequence of arrivals and removals,
// and that the queue is empty at the end.
func TestFairQueueLosesNobody(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	q := newFairQueue()
	waiting := map[*waiter]bool{}
	had := func(w *waiter) {
		if !waiting[w] {
			t.Fatal("one has its turn that does not wait")
		}
		delete(waiting, w)
	}
	for range 100_000 {
		switch who := callerOf(r.IntN(3000), r.IntN(2000)); r.IntN(5) {
		case 0, 1:
			waiting[q.push(who)] = true
		case 2:
			q.pass(who)
		case 3:
			if w := q.pop(); w != nil {
				had(w)
			}
		case 4:
			for w := range waiting {
				if !q.remove(w) || q.remove(w) {
					t.Fatal("one that waits cannot be taken out once")
				}
				had(w)
				break
			}
		}
		if all, _, _ := q.waitingOf(Caller{}); all != len(waiting) {
			t.Fatalf("%d wait, not %d", all, len(waiting))
		}
	}
	for w := q.pop(); w != nil; w = q.pop() {
		had(w)
	}
	if len(waiting)+q.waiting+len(q.active) != 0 {
		t.Errorf("%d are left", len(waiting))
	}
	for range 10 * sweepAt {
		q.pass(Caller{Addr: callerOf(0, 1).Addr, User: "u"})
	}
	q.sweepAt = 0
	q.sweep()
	if n := len(q.users) + len(q.addresses); n > 2 {
		t.Errorf("%d are remembered", n)
	}
}
