package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
	"hallway/test/servers"
)

// TestConformanceOfTwo runs the suite on two handles of one database, alternately: one handle's memory of a room is
// often out of date.
func TestConformanceOfTwo(t *testing.T) {
	t.Parallel()
	urls := make(map[string]string) // by folder
	storetest.Run(t, storetest.Kind{
		Open: func(t *testing.T, dir string) storetest.Store {
			if urls[dir] == "" {
				urls[dir] = servers.Scratch(t)
			}
			o := Options{URL: urls[dir], CallersClock: true, idle: true, hasty: true, clock: func() time.Time { return now }}
			return &turns{Store: mustOpen(t, o), other: mustOpen(t, o), random: rand.New(rand.NewPCG(1, 2))}
		},
		Settle: func(s storetest.Store) {
			settle(t, s.(*turns).Store)
			settle(t, s.(*turns).other)
		},
		Shared:  true,
		Files:   true,
		Lasting: true,
	})
}

// turns passes each call of a commit or a page to one of two handles.
type turns struct {
	*Store
	other  *Store
	mu     sync.Mutex // of random
	random *rand.Rand
}

func (s *turns) next() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.random.IntN(2) == 0 {
		return s.other
	}
	return s.Store
}

func (s *turns) Commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	return s.next().Commit(now, ops)
}

func (s *turns) Page(ctx context.Context, room, user string, q rules.Query) (protocol.Page, error) {
	return s.next().Page(ctx, room, user, q)
}

func (s *turns) Close() error {
	_ = s.other.Close()
	return s.Store.Close()
}

// TestTwoWriters sends to the same rooms through two handles at once, some messages by both: all are stored once, revs
// have no hole and times increase, and both handles return each message as stored.
func TestTwoWriters(t *testing.T) {
	url := servers.Scratch(t)
	const rooms, batches, group = 5, 60, 24
	stores := []*Store{mustOpen(t, Options{hasty: true, URL: url}), mustOpen(t, Options{hasty: true, URL: url})}
	outcomes := make([][]rules.Outcome, len(stores))
	var running sync.WaitGroup
	for n, s := range stores {
		running.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 7))
			for batch := range batches {
				var ops []rules.Op
				for i := range group { // half of the ids are sent by both
					at := batch*group + i
					if i%2 == 1 {
						at += 1_000_000 * (n + 1)
					}
					ops = append(ops, storetest.Sends(fmt.Sprint("room-", i%rooms), at, 1)...)
				}
				if random.IntN(4) == 0 {
					ops = append(ops, rules.Op{Room: "room-0", Sender: ada, Do: rules.Adjust{Adjust: protocol.Adjust{Frozen: new(bool)}}})
				}
				random.Shuffle(len(ops), func(i, j int) { ops[i], ops[j] = ops[j], ops[i] })
				out, err := s.Commit(time.Now(), ops)
				if err != nil {
					t.Errorf("handle %d, batch %d: %v", n, batch, err)
					return
				}
				outcomes[n] = append(outcomes[n], out...)
			}
		})
	}
	running.Wait()
	stored := make(map[string]protocol.Message)
	for room := range rooms {
		for _, m := range storetest.Contiguous(t, stores[0], fmt.Sprint("room-", room)) {
			if _, twice := stored[m.ID]; twice {
				t.Errorf("message %s is stored twice", m.ID)
			}
			stored[m.ID] = m
		}
	}
	if want := batches * group * 3 / 2; len(stored) != want {
		t.Errorf("%d messages, want %d", len(stored), want)
	}
	made := make(map[string]int)
	for n := range outcomes {
		for _, out := range outcomes[n] {
			result, ok := out.Result.(rules.Stored)
			if !ok {
				continue
			}
			if m := stored[result.Message.ID]; result.Message.Rev != m.Rev || result.Message.CreatedAt != m.CreatedAt {
				t.Errorf("handle %d tells %+v, stored is %+v", n, result.Message, m)
			}
			if result.New {
				made[result.Message.ID]++
			}
		}
	}
	for id, n := range made {
		if n != 1 {
			t.Errorf("message %s is new %d times", id, n)
		}
	}
	if err := Check(t.Context(), url, func(finding string) { t.Error(finding) }, nil); err != nil {
		t.Error(err)
	}
}
