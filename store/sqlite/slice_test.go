package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// slowed opens a store without background work, whose clock advances by a step at each reading.
func slowed(t *testing.T, step time.Duration) *Store {
	t.Helper()
	return slowedAt(t, filepath.Join(t.TempDir(), "hallway.db"), step)
}

// slowedAt opens the database at a path as slowed does.
func slowedAt(t *testing.T, path string, step time.Duration) *Store {
	t.Helper()
	at := now
	s := mustOpenWith(t, Options{Path: path, clock: func() time.Time {
		at = at.Add(step)
		return at
	}})
	stopped(s)
	return s
}

// TestAClearIsSlicedByTime checks that a clear reads only as much of a room as its time allows, for users with and
// without messages and for several clears in a batch. Each clear continues until it is done.
func TestAClearIsSlicedByTime(t *testing.T) {
	const messages = 5000
	for _, step := range []time.Duration{10 * time.Microsecond, clearTime / 4, clearTime, time.Minute} {
		for user, want := range map[string]int{"u_nobody": 0, sue.ID: messages / 10} {
			t.Run(fmt.Sprint(user, step), func(t *testing.T) {
				s := slowed(t, step)
				ops := storetest.Sends("lobby", 0, messages)
				for i := range ops {
					if i%10 == 0 {
						ops[i].Sender = sue
					}
				}
				done(t, s, ops...)
				looks := int(clearTime/step) + 2 // the readings that fit into the time
				op := rules.Op{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActClear, User: user}}
				others := op
				with(&others, func(do *rules.Moderate) { do.User = "u_other" })
				got, at := 0, int64(0)
				for more, parts := true, 0; more; parts++ {
					out := done(t, s, op, others, others)
					var of []rules.Moderated
					for _, o := range out {
						of = append(of, o.Result.(rules.Moderated))
					}
					n := len(of[0].Messages)
					got, more = got+n, of[0].More
					with(&op, func(do *rules.Moderate) { do.Again = true })
					with(&others, func(do *rules.Moderate) { do.Again = true })
					to := s.cleared[sender{out[0].Epoch, user}]
					if n > looks || more && to-at > int64(looks*clearSpan) {
						t.Fatalf("part %d: %d cleared, from %d to %d, with %d looks at the clock", parts, n, at, to, looks)
					}
					if more && to == at && n == 0 || parts > messages {
						t.Fatalf("part %d goes on by nothing", parts)
					}
					if step == time.Minute && (len(of[1].Messages)+len(of[2].Messages) > 0 || !of[2].More) {
						t.Fatalf("the others go on in the same batch: %+v", of[1:])
					}
					at = to
				}
				if got != want {
					t.Errorf("cleared %d, want %d", got, want)
				}
			})
		}
	}
}

// TestDeletionsAreSlicedByTime checks that the time of a slice bounds its deletions: few, but at least one, on a slow
// disk or with large rows.
func TestDeletionsAreSlicedByTime(t *testing.T) {
	const messages = 600
	for _, step := range []time.Duration{time.Microsecond, sliceTime / 20, sliceTime / 2, time.Minute} {
		for name, begin := range map[string]func(s *Store){
			"drop": func(s *Store) { done(t, s, rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}}) },
			"retention": func(s *Store) {
				s.Retain(rules.Retention{Default: time.Hour, Now: func() time.Time { return now.Add(2 * time.Hour) }})
				if err := s.findExpired(context.Background()); err != nil {
					t.Fatal(err)
				}
			},
		} {
			t.Run(fmt.Sprint(name, step), func(t *testing.T) {
				s := slowed(t, step)
				ops := storetest.Sends("lobby", 0, messages)
				for i := range ops {
					say(&ops[i], strings.Repeat("word ", 1+i%100))
				}
				done(t, s, ops...)
				settle(t, s)
				begin(s)
				left := func() (n int) {
					if err := s.readers.QueryRow(`SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM search)`).Scan(&n); err != nil {
						t.Fatal(err)
					}
					return n
				}
				before := left()
				for slices := 0; before > 0; slices++ {
					pause, err := s.runSlice(context.Background())
					if err != nil || pause == 0 || slices > 20*messages {
						t.Fatalf("%d are left after %d slices: %v", before, slices, err)
					}
					now := left()
					most := 2 * paceMax * (int(sliceTime/step) + 2)
					if step > stepTime {
						most = 2 * (int(sliceTime/step) + 2)
					}
					if before-now > most {
						t.Fatalf("slice %d deletes %d rows, more than %d", slices, before-now, most)
					}
					before = now
				}
			})
		}
	}
}
