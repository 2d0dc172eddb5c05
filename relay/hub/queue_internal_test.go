package hub

import (
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
)

// takeUp has the ops of a script go through a queue: a letter is an op of that user
// that arrives, a dot is one that the store takes. It takes what is left at the end.
func takeUp(script string) (taken string) {
	var q queue
	users := map[rune]*user{}
	take := func() {
		if p := q.next(); p != nil {
			taken += p.op.Sender.ID
			q.drop()
		}
	}
	for _, r := range script {
		if r == '.' {
			take()
			continue
		}
		if users[r] == nil {
			users[r] = &user{}
		}
		q.add(users[r], &pending{op: Op{Sender: protocol.User{ID: string(r)}}})
	}
	for q.next() != nil {
		take()
	}
	return taken
}

func TestRounds(t *testing.T) {
	for script, want := range map[string]string{
		"":          "",
		"aaa":       "aaa",
		"aaabc":     "abcaa",
		"aaabb":     "ababa",
		"aaaa..b":   "aabaa", // who comes has but the round under way before him
		"aaaa..bbb": "aababab",
		"a.a.a.b":   "aaab",
		"aa..ab":    "aaba", // what was taken counts while the round is under way
	} {
		if got := takeUp(script); got != want {
			t.Errorf("%q is taken as %q, want %q", script, got, want)
		}
	}
}

// TestRoundsAreFair: behind what a user has in the queue, each other one gets ahead
// by one op a round at most.
func TestRoundsAreFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		script := rapid.StringMatching(`[abc.]{0,40}`).Draw(t, "script")
		taken := takeUp(script)
		count := map[rune]int{}
		for _, r := range script {
			count[r]++
		}
		for _, r := range taken {
			count[r]--
		}
		for r, n := range count {
			if r != '.' && n != 0 {
				t.Fatalf("%q is taken as %q: %c %+d times", script, taken, r, -n)
			}
		}
		late := takeUp(script + "dddd")
		at := map[int]int{} // before which of d's ops, how many of a's
		n := 0
		for _, r := range late {
			switch r {
			case 'd':
				n++
			case 'a':
				at[n]++
			}
		}
		for i := 1; i < 4; i++ {
			if at[i] > 1 {
				t.Fatalf("%q: %d of a's between two of d's in %q", script, at[i], late)
			}
		}
	})
}
