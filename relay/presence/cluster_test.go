package presence_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/relay/bus"
	"hallway/relay/presence"
)

// A cluster is some relays in virtual time on a bus with faults.
type cluster struct {
	t      testing.TB
	now    time.Time
	relays []*relay
	wires  []wire
	rnd    *rand.Rand
	faults bool // news are lost, doubled and delayed
	sent   int  // messages
	count  map[string]int
}

type relay struct {
	*presence.Presence
	cluster *cluster
	place   int // the index in cluster.relays
	id      bus.RelayID
	open    map[string]map[string]bool // users by room, open here
	stopped time.Time                  // the process stands still until this time
	dead    bool
	changes []string
	gone    int // the number of relays that are gone
}

func (r *relay) Tell(n bus.News)     { r.cluster.publish(r.place, n) }
func (r *relay) Changed(room string) { r.changes = append(r.changes, room) }
func (r *relay) Gone(bus.RelayID)    { r.gone++ }

// wire holds a message under way.
type wire struct {
	at       time.Time
	from, to int
	message  []byte
}

func newCluster(t testing.TB, n int) *cluster {
	c := &cluster{t: t, now: time.Unix(1_800_000_000, 0), rnd: rand.New(rand.NewPCG(1, 2)), count: map[string]int{}}
	for i := range n {
		c.start(i)
	}
	return c
}

func (c *cluster) start(i int) *relay {
	r := &relay{cluster: c, place: i, id: bus.RelayID(100 + len(c.relays)), open: map[string]map[string]bool{}}
	r.Presence = presence.New(r)
	c.relays = append(c.relays, r)
	return r
}

// publish hands news to the wires of the relays that hear them, as a real bus would.
func (c *cluster) publish(from int, n bus.News) {
	message := bus.Encode(c.relays[from].id, n)
	if len(message) > bus.MessageBytesMax {
		c.t.Fatalf("a message of %d bytes", len(message))
	}
	c.count[strings.TrimPrefix(fmt.Sprintf("%T", n), "*bus.")]++
	for to, r := range c.relays {
		only, room := bus.RelayOf(n), bus.RoomOf(n)
		if to == from || only != 0 && only != r.id || room != "" && r.open[room] == nil {
			continue
		}
		times := 1
		delay := time.Millisecond
		if c.faults {
			times = []int{0, 0, 1, 1, 1, 1, 2}[c.rnd.IntN(7)]
			delay = time.Duration(c.rnd.IntN(700)) * time.Millisecond
		}
		for range times {
			c.sent++
			c.wires = append(c.wires, wire{c.now.Add(delay), from, to, message})
		}
	}
}

// pass lets time pass: messages arrive, relays pulse.
func (c *cluster) pass(d time.Duration) {
	for end := c.now.Add(d); c.now.Before(end); {
		c.now = c.now.Add(time.Millisecond)
		for i, r := range c.relays {
			if !r.dead && !c.now.Before(r.stopped) && c.now.UnixMilli()%presence.PulseEvery.Milliseconds() == int64(i*10) {
				r.Pulse(c.now)
			}
		}
		slices.SortStableFunc(c.wires, func(a, b wire) int { return a.at.Compare(b.at) })
		for len(c.wires) > 0 && !c.wires[0].at.After(c.now) {
			m := c.wires[0]
			c.wires = c.wires[1:]
			c.deliver(m)
		}
	}
}

func (c *cluster) deliver(m wire) {
	r := c.relays[m.to]
	if r.dead {
		return
	}
	if c.now.Before(r.stopped) {
		m.at = r.stopped
		c.wires = append(c.wires, m)
		return
	}
	from, news, err := bus.Decode(m.message)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Heard(c.now, from, news)
}

func (r *relay) come(room, user string) {
	if r.open[room] == nil {
		r.open[room] = map[string]bool{}
		r.Open(room)
	}
	r.open[room][user] = true
	r.Set(room, user, true)
}

func (r *relay) leave(room, user string) {
	if !r.open[room][user] {
		return
	}
	r.Set(room, user, false)
	if delete(r.open[room], user); len(r.open[room]) == 0 {
		r.Close(room)
		delete(r.open, room)
	}
}

// truth returns the users in a room, on all live relays.
func (c *cluster) truth(room string) []string {
	users := map[string]bool{}
	for _, r := range c.relays {
		if !r.dead {
			for user := range r.open[room] {
				users[user] = true
			}
		}
	}
	return sorted(users)
}

func sorted(users map[string]bool) (all []string) {
	for user := range users {
		all = append(all, user)
	}
	slices.Sort(all)
	return all
}

// wrong returns a relay's wrong knowledge; "": all relays are right.
func (c *cluster) wrong(rooms ...string) string {
	for _, room := range rooms {
		want := c.truth(room)
		for _, r := range c.relays {
			if r.dead || r.open[room] == nil {
				continue
			}
			var got []string
			r.Ask(c.now, room, func(users map[string]bool) { got = sorted(users) })
			if !slices.Equal(got, want) || r.Count(room) != len(want) {
				return fmt.Sprintf("relay %d: %s has %d users %v, want %v", r.id, room, r.Count(room), got, want)
			}
		}
	}
	return ""
}

// within fails unless all relays know the room's users within d, and returns the time that it took.
func (c *cluster) within(d time.Duration, rooms ...string) time.Duration {
	c.t.Helper()
	for began := c.now; ; c.pass(10 * time.Millisecond) {
		wrong := c.wrong(rooms...)
		if wrong == "" {
			return c.now.Sub(began)
		}
		if c.now.Sub(began) >= d {
			c.t.Fatalf("after %v: %s", d, wrong)
		}
	}
}
