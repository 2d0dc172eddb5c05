package memory_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"

	"hallway/relay/bus"
	"hallway/relay/bus/bustest"
	"hallway/relay/bus/memory"
)

// world is virtual time with a network in it.
type world struct {
	*memory.Network
	now   time.Duration
	tasks []task
}

type task struct {
	at time.Duration
	do func()
}

func newWorld(seed uint64) *world {
	w := &world{}
	w.Network = memory.New(rand.New(rand.NewPCG(seed, 0)), func(d time.Duration, do func()) {
		at := w.now + d
		behind := sort.Search(len(w.tasks), func(i int) bool { return w.tasks[i].at > at })
		w.tasks = slices.Insert(w.tasks, behind, task{at, do})
	})
	return w
}

// run runs all scheduled events.
func (w *world) run() {
	for len(w.tasks) > 0 {
		w.step()
	}
}

func (w *world) step() {
	first := w.tasks[0]
	w.tasks = w.tasks[1:]
	w.now = first.at
	first.do()
}

func (w *world) Join(_ *testing.T, cluster string, id bus.RelayID, listener bus.Listener) bus.Bus {
	return w.Network.Join(cluster, id, listener)
}

func (w *world) Until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for !so() {
		if len(w.tasks) == 0 {
			t.Fatalf("nothing is left to happen, but not yet: %s", what)
		}
		w.step()
	}
}

func TestSuite(t *testing.T) {
	for _, delay := range []time.Duration{0, 50 * time.Millisecond} {
		t.Run(fmt.Sprint("delay ", delay), func(t *testing.T) {
			bustest.Run(t, func(*testing.T) bustest.Network {
				w := newWorld(1)
				w.Faults.Delay = delay
				return w
			})
		})
	}
}

// pair joins two relays that listen to a room.
func (w *world) pair(t *testing.T) (a, b *bustest.Relay, atA, atB *memory.Member) {
	t.Helper()
	a, b = bustest.Join(t, w, "one", 1, "lobby"), bustest.Join(t, w, "one", 2, "lobby")
	return a, b, a.Bus.(*memory.Member), b.Bus.(*memory.Member)
}

// revs returns the revs of the changes that a relay has heard, in order.
func revs(r *bustest.Relay) (heard []int64) {
	for _, news := range r.News() {
		heard = append(heard, news.(*bus.Changes).Last)
	}
	return heard
}

func TestFaultsStrikeAsOftenAsTheyShould(t *testing.T) {
	const count = 10_000
	storm := func(f memory.Faults) ([]int64, bus.Stats) {
		w := newWorld(7)
		a, b, _, _ := w.pair(t)
		w.Faults = f
		for rev := int64(1); rev <= count; rev++ {
			a.Tell(bustest.Change("lobby", rev))
		}
		w.run()
		return revs(b), b.Stats()
	}
	near := func(what string, got, want int) {
		t.Helper()
		if got < want*9/10 || got > want*11/10 {
			t.Errorf("%s: %d, want about %d", what, got, want)
		}
	}
	heard, _ := storm(memory.Faults{Lost: 200})
	near("heard while 200 of 1000 are lost", len(heard), 8000)
	if !slices.IsSorted(heard) {
		t.Error("a loss has changed the order")
	}
	heard, _ = storm(memory.Faults{Doubled: 200, Delay: time.Second})
	near("heard while 200 of 1000 are doubled", len(heard), 12_000)
	if !slices.IsSorted(heard) {
		t.Error("delays have changed the order")
	}
	heard, _ = storm(memory.Faults{Overtaking: 100})
	if len(heard) != count || slices.IsSorted(heard) {
		t.Errorf("overtaking: %d heard, in order: %v", len(heard), slices.IsSorted(heard))
	}
	again, _ := storm(memory.Faults{Overtaking: 100})
	if !slices.Equal(heard, again) {
		t.Error("the same seed gives another run")
	}
	heard, _ = storm(memory.Faults{Foreign: 1000})
	if len(heard) != count {
		t.Errorf("%d changes of another version heard", len(heard))
	}
}

func TestAPartitionIsSilentUntilItHeals(t *testing.T) {
	w := newWorld(1)
	a, b, atA, atB := w.pair(t)
	w.Part(atA, atB)
	a.Tell(bustest.Change("lobby", 1))
	b.Tell(bustest.Change("lobby", 2))
	w.run()
	w.Heal()
	a.Tell(bustest.Change("lobby", 3))
	w.run()
	if len(revs(a)) != 0 || !slices.Equal(revs(b), []int64{3}) || b.Misses() != 0 {
		t.Errorf("heard %v and %v, misses reported: %d", revs(a), revs(b), b.Misses())
	}
}

func TestCutOffRelayMissesNews(t *testing.T) {
	w := newWorld(1)
	w.Faults.Delay = time.Millisecond
	a, b, _, atB := w.pair(t)
	a.Tell(bustest.Change("lobby", 1)) // under way at the end of the connection
	atB.Cut()
	a.Tell(bustest.Change("lobby", 2))
	b.Tell(bustest.Change("lobby", 3))
	b.Listen("other")
	w.run()
	if s := b.Stats(); len(revs(b)) != 0 || len(revs(a)) != 0 || b.Listens("other") || s.Connected || s.Dropped != 1 {
		t.Fatalf("while cut off: heard %v and %v, %+v", revs(b), revs(a), s)
	}
	atB.Restore()
	w.run()
	a.Tell(bustest.Change("other", 4))
	a.Tell(bustest.Change("lobby", 5))
	w.run()
	if s := b.Stats(); !slices.Equal(revs(b), []int64{4, 5}) && !slices.Equal(revs(b), []int64{5, 4}) || b.Misses() != 1 || !b.Listens("other") || s.Reconnects != 1 {
		t.Errorf("after it: heard %v, misses reported: %d, %+v", revs(b), b.Misses(), s)
	}
}

func TestSlowRelayMissesNews(t *testing.T) {
	w := newWorld(1)
	a, b, atA, atB := w.pair(t)
	a.Tell(bustest.Change("lobby", 1))
	atB.Lag()
	w.run()
	if len(revs(b)) != 0 || b.Misses() != 1 || b.Stats().Missed != 1 {
		t.Errorf("heard %v, misses reported: %d", revs(b), b.Misses())
	}
	b.Tell(bustest.Change("lobby", 2))
	atA.Leave()
	w.run()
	if len(revs(a)) != 0 {
		t.Errorf("a relay that has left hears %v", revs(a))
	}
}
