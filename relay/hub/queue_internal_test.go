package hub

import (
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/rules"
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
		q.add(users[r], &pending{op: rules.Op{Sender: protocol.User{ID: string(r)}}})
	}
	for q.next() != nil {
		take()
	}
	return taken
}

func TestRounds(t *testing.T) {
	for script, want := range map[string]string{
		"":            "",
		"aaa":         "aaa",
		"aaabc":       "abcaa",
		"aaabb":       "ababa",
		"aaaa..b":     "aabaa", // who comes goes ahead of the round under way
		"aaaa..bbb":   "aababab",
		"aabbcc...d":  "abcdabc",
		"aabbcc...dd": "abcdabcd",
		"a.a.a.b":     "aaab",
		"aa..ab":      "aaba", // what was taken counts while the round is under way
	} {
		if got := takeUp(script); got != want {
			t.Errorf("%q is taken as %q, want %q", script, got, want)
		}
	}
}

// TestRoundsAreFair: who comes waits for one op at most of each other one, and then,
// behind what he has in the queue, for one a round and one of the round that he went
// ahead of.
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
		waiting := 0
		for _, r := range script {
			if r != '.' {
				waiting++
			} else if waiting > 0 {
				waiting--
			}
		}
		at := map[int]int{} // before which of d's ops, how many of a's
		n := 0
		for _, r := range late[len(taken)-waiting:] {
			switch r {
			case 'd':
				n++
			case 'a':
				at[n]++
			}
		}
		for i, most := range []int{1, 2, 1, 1} {
			if at[i] > most {
				t.Fatalf("%q: %d of a's before one of d's in %q", script, at[i], late)
			}
		}
	})
}
