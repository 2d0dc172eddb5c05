package presence_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hallway/relay/presence"
)

func TestUsersOfAllRelaysCount(t *testing.T) {
	c := newCluster(t, 3)
	c.pass(2 * time.Second)
	c.relays[0].come("lobby", "ada")
	c.relays[0].come("lobby", "bob")
	c.pass(2 * time.Second)
	c.relays[1].come("lobby", "ada") // a second device
	c.relays[1].come("lobby", "eve")
	c.within(600*time.Millisecond, "lobby")
	if n := c.relays[1].Count("lobby"); n != 3 {
		t.Errorf("%d users, want 3", n)
	}
	c.relays[0].leave("lobby", "ada")
	c.within(300*time.Millisecond, "lobby")
	if n := c.relays[0].Count("lobby"); n != 3 {
		t.Errorf("%d users, want 3: ada is still at the other relay", n)
	}
	c.relays[1].leave("lobby", "ada")
	c.within(300*time.Millisecond, "lobby")
	if got := strings.Join(c.relays[0].changes, " "); got != "lobby lobby" {
		t.Errorf("relay 0 said that %q have changed", got) // eve's arrival and ada's departure: the rest changes no number
	}
}

func TestARoomThatOpensIsAskedFor(t *testing.T) {
	c := newCluster(t, 3)
	c.relays[0].come("lobby", "ada")
	c.pass(2 * time.Second)
	clear(c.count)
	c.relays[1].come("lobby", "bob")
	if c.count["Asked"] != 2 {
		t.Errorf("%d relays were asked, want 2", c.count["Asked"])
	}
}

// TestQuietClusterAsksNothing checks that digests match the news.
func TestQuietClusterAsksNothing(t *testing.T) {
	c := newCluster(t, 2)
	c.relays[0].come("lobby", "ada")
	c.relays[1].come("lobby", "bob")
	c.pass(3 * time.Second)
	clear(c.count)
	c.relays[0].come("lobby", "eve")
	c.relays[0].come("lobby", "dan")
	c.relays[0].leave("lobby", "ada")
	c.pass(10 * time.Second)
	if c.count["Asked"] > 0 || c.count["Snapshot"] > 0 || c.count["Moved"] != 2 || c.count["Heartbeat"] != 20 {
		t.Errorf("it tells %v", c.count)
	}
}

func TestHeartbeatHealsLostNews(t *testing.T) {
	c := newCluster(t, 2)
	c.relays[0].come("lobby", "ada")
	c.relays[1].come("lobby", "bob")
	c.pass(3 * time.Second)
	c.relays[0].come("lobby", "eve")
	c.relays[0].leave("lobby", "ada")
	c.relays[0].Pulse(c.now)
	c.wires = nil
	c.within(presence.HeartbeatEvery+100*time.Millisecond, "lobby")
	c.relays[0].leave("lobby", "bob")
	c.relays[0].leave("lobby", "eve") // the room is closed here
	c.wires = nil
	c.within(presence.HeartbeatEvery+100*time.Millisecond, "lobby")
}

func TestASilentRelayIsDropped(t *testing.T) {
	c := newCluster(t, 3)
	for i, r := range c.relays {
		r.come("lobby", fmt.Sprint("user", i))
		r.come("lobby", "ada")
	}
	c.within(2*time.Second, "lobby")
	c.relays[2].dead = true
	took := c.within(presence.SilentAfter+2*presence.PulseEvery, "lobby")
	if took < presence.SilentAfter-presence.HeartbeatEvery-presence.PulseEvery {
		t.Errorf("dropped after %v", took)
	}
	if r := c.relays[0]; r.Relays() != 1 || r.gone != 1 {
		t.Errorf("%d other relays, %d are gone", r.Relays(), r.gone)
	}
}

func TestARelayThatLeavesIsDroppedAtOnce(t *testing.T) {
	c := newCluster(t, 2)
	c.relays[0].come("lobby", "ada")
	c.relays[1].come("lobby", "bob")
	c.within(2*time.Second, "lobby")
	c.relays[1].Leave()
	c.relays[1].dead = true
	c.within(10*time.Millisecond, "lobby")
}

// TestARelayThatStoodStillDropsNobody checks that a relay that stood still does not take its peers for silent.
func TestARelayThatStoodStillDropsNobody(t *testing.T) {
	c := newCluster(t, 2)
	c.relays[0].come("lobby", "ada")
	c.relays[1].come("lobby", "bob")
	c.pass(2 * time.Second)
	c.relays[0].stopped = c.now.Truncate(presence.PulseEvery).Add(20 * time.Second) // it pulses before it hears any news
	c.relays[0].changes = nil
	c.pass(30 * time.Second)
	c.within(time.Millisecond, "lobby")
	if len(c.relays[0].changes) > 0 {
		t.Errorf("the number of users changed meanwhile: %v", c.relays[0].changes)
	}
	if len(c.relays[1].changes) != 3 { // bob's room opened, ada was dropped, ada is back
		t.Errorf("the other relay said %v", c.relays[1].changes)
	}
}

func TestASnapshotComesInParts(t *testing.T) {
	c := newCluster(t, 2)
	for i := range 6000 {
		c.relays[0].come("lobby", fmt.Sprintf("%s%d", strings.Repeat("u", 100), i))
	}
	c.pass(2 * time.Second)
	clear(c.count)
	c.relays[1].come("lobby", "ada")
	c.within(600*time.Millisecond, "lobby")
	if c.count["Snapshot"] < 3 {
		t.Errorf("it tells %v", c.count)
	}
}

func TestAskReachesRoomsThatAreNotOpen(t *testing.T) {
	c := newCluster(t, 3)
	c.relays[1].come("lobby", "ada")
	c.relays[2].come("lobby", "ada")
	c.relays[2].come("lobby", "bob")
	c.pass(2 * time.Second)
	ask := func() (got []string, took time.Duration) {
		began, done := c.now, false
		c.relays[0].Ask(c.now, "lobby", func(users map[string]bool) { got, done = sorted(users), true })
		for !done {
			c.pass(time.Millisecond)
		}
		return got, c.now.Sub(began)
	}
	if got, took := ask(); !slices.Equal(got, []string{"ada", "bob"}) || took > 10*time.Millisecond {
		t.Errorf("%v after %v", got, took)
	}
	c.relays[1].dead = true // it counts as alive for a while
	if got, took := ask(); !slices.Equal(got, []string{"ada", "bob"}) || took > presence.AnswerWithin+presence.PulseEvery {
		t.Errorf("%v after %v", got, took)
	}
	c.pass(presence.SilentAfter + time.Second)
	c.relays[2].leave("lobby", "ada")
	if got, took := ask(); !slices.Equal(got, []string{"bob"}) || took > 10*time.Millisecond {
		t.Errorf("%v after %v", got, took)
	}
	alone := newCluster(t, 1)
	alone.relays[0].Ask(alone.now, "lobby", func(users map[string]bool) {
		if len(users) > 0 {
			t.Errorf("%v", users)
		}
		alone = nil
	})
	if alone != nil {
		t.Error("a relay alone waits for an answer")
	}
}

// TestRelaysAgreeAfterAnyFaults checks that all relays soon agree, after news were lost, doubled or late, and relays
// were killed or stopped.
func TestRelaysAgreeAfterAnyFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newCluster(&fatal{TB: nil, t: t}, 3)
		c.rnd = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		c.faults = true
		rooms, users := []string{"lobby", "stage", "den"}, []string{"ada", "bob", "eve", "dan", "kim"}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			live := slices.DeleteFunc(slices.Clone(c.relays), func(r *relay) bool { return r.dead || c.now.Before(r.stopped) })
			if len(live) == 0 {
				c.pass(time.Second)
				continue
			}
			slices.SortFunc(live, func(a, b *relay) int { return cmp.Compare(a.id, b.id) })
			r := rapid.SampledFrom(live).Draw(t, "relay")
			room, user := rapid.SampledFrom(rooms).Draw(t, "room"), rapid.SampledFrom(users).Draw(t, "user")
			switch rapid.IntRange(0, 11).Draw(t, "what") {
			case 0, 1, 2, 3:
				r.come(room, user)
			case 4, 5, 6:
				r.leave(room, user)
			case 7:
				if len(c.relays) < 6 {
					r.dead = true
					i := len(c.relays)
					c.start(i)
				}
			case 8:
				r.stopped = c.now.Add(time.Duration(rapid.IntRange(1, 8000).Draw(t, "stops")) * time.Millisecond)
			case 9:
				r.Leave() // it is known again with its next news
			default:
				c.pass(time.Duration(rapid.IntRange(1, 1500).Draw(t, "ms")) * time.Millisecond)
			}
		}
		c.faults = false
		for _, r := range c.relays {
			r.stopped = time.Time{}
		}
		for i := range c.wires {
			if soon := c.now.Add(time.Second); c.wires[i].at.After(soon) {
				c.wires[i].at = soon // it waited for a relay that stood still
			}
		}
		c.pass(time.Second)
		c.within(presence.SilentAfter+2*time.Second, rooms...)
	})
}

// fatal gives a rapid.T the methods of testing.TB that a cluster needs.
type fatal struct {
	testing.TB
	t *rapid.T
}

func (f *fatal) Helper()                      {}
func (f *fatal) Fatalf(s string, args ...any) { f.t.Fatalf(s, args...) }
func (f *fatal) Fatal(args ...any)            { f.t.Fatal(args...) }
