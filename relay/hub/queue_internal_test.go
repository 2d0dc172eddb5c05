package hub

import (
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/rules"
)

// takeUp passes the ops of a script through a queue: a letter is an arriving op of that user, a dot is an op that the
// store takes. At the end it takes the rest.
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
		"aaaa..b":     "aabaa", // a new user goes ahead of the round under way
		"aaaa..bbb":   "aababab",
		"aabbcc...d":  "abcdabc",
		"aabbcc...dd": "abcdabcd",
		"a.a.a.b":     "aaab",
		"aa..ab":      "aaba", // a taken op counts while the round is under way
	} {
		if got := takeUp(script); got != want {
			t.Errorf("%q is taken as %q, want %q", script, got, want)
		}
	}
}

// TestRoundsAreFair checks that a new user waits for at most one op of each other user and, behind their own queued
// ops, for one a round and one of the round that they went ahead of.
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
		at := map[int]int{} // the number of a's ops before each of d's
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
