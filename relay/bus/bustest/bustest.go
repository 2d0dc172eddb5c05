// Package bustest tests the promises of [bus.Bus] that every bus keeps while no fault occurs.
//
// A bus's own tests call [Run]. They test its behaviour after failures themselves. A new promise becomes a function in
// the table of Run. The package must not know how news travel.
package bustest

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"hallway/protocol"
	"hallway/relay/bus"
)

// Network connects the relays of a test.
type Network interface {
	// Join connects a relay of a cluster.
	Join(t *testing.T, cluster string, id bus.RelayID, listener bus.Listener) bus.Bus
	// Until waits for a condition that changes when a listener is called. It fails the test after a time limit.
	Until(t *testing.T, what string, so func() bool)
}

// Relay is a relay of a test: its bus, and the news that it has heard.
type Relay struct {
	bus.Bus
	ID bus.RelayID

	mu        sync.Mutex
	heard     []bus.News
	from      []bus.RelayID
	listening map[string]int
	missed    int
	changed   chan struct{} // has a value after a change
}

// NewRelay returns a relay for a network. The caller sets Bus.
func NewRelay(id bus.RelayID) *Relay {
	return &Relay{ID: id, listening: map[string]int{}, changed: make(chan struct{}, 1)}
}

// Changed returns a channel that has a value after the listener was called.
func (r *Relay) Changed() <-chan struct{} { return r.changed }

func (r *Relay) note(change func()) {
	r.mu.Lock()
	change()
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// Heard implements [bus.Listener].
func (r *Relay) Heard(from bus.RelayID, news bus.News) {
	r.note(func() { r.heard, r.from = append(r.heard, news), append(r.from, from) })
}

// Listening implements [bus.Listener].
func (r *Relay) Listening(rooms []string) {
	r.note(func() {
		for _, room := range rooms {
			r.listening[room]++
		}
	})
}

// Missed implements [bus.Listener].
func (r *Relay) Missed() { r.note(func() { r.missed++ }) }

// News returns the news that the relay has heard.
func (r *Relay) News() []bus.News {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.heard)
}

// Misses returns the number of times that the relay was told of lost news.
func (r *Relay) Misses() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missed
}

// Listens reports whether the relay was told that it listens to a room.
func (r *Relay) Listens(room string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.listening[room] > 0
}

// HasHeard reports whether the relay has heard news equal to these.
func (r *Relay) HasHeard(news bus.News) bool {
	return slices.ContainsFunc(r.News(), func(n bus.News) bool { return reflect.DeepEqual(n, news) })
}

// Join connects a new relay to a network, and makes it listen to rooms.
func Join(t *testing.T, n Network, cluster string, id bus.RelayID, rooms ...string) *Relay {
	t.Helper()
	r := NewRelay(id)
	r.Bus = n.Join(t, cluster, id, r)
	for _, room := range rooms {
		r.Listen(room)
	}
	n.Until(t, fmt.Sprintf("relay %d listens to %q", id, rooms), func() bool {
		return !slices.ContainsFunc(rooms, func(room string) bool { return !r.Listens(room) })
	})
	return r
}

// Change returns changes of a room with one rev.
func Change(room string, rev int64) *bus.Changes {
	return &bus.Changes{
		Room: room, Epoch: "epoch", First: rev, Last: rev,
		Frames: []bus.Frame{{Rev: rev, Data: fmt.Appendf(nil, `{"type":"message","rev":%d}`, rev)}},
	}
}

// Run runs the suite. open makes a new network for each test.
func Run(t *testing.T, open func(t *testing.T) Network) {
	for name, test := range map[string]func(*testing.T, Network){
		"every kind arrives where it is wanted": everyKind,
		"own news are not heard":                noEcho,
		"changes keep their order":              order,
		"a room is heard while listened to":     unlisten,
		"clusters are apart":                    clusters,
		"large news arrive in parts":            large,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func everyKind(t *testing.T, n Network) {
	a, b, c := Join(t, n, "one", 1, "lobby"), Join(t, n, "one", 2, "lobby"), Join(t, n, "one", 3, "other")
	frame := []byte("{}")
	ofAll := []bus.News{
		&bus.Heartbeat{Round: 4, Parts: 1, Rooms: []bus.Digest{{Room: "lobby", Users: 1, Sum: 5}}},
		&bus.Spent{Users: []bus.Spending{{User: "u", Messages: 1}}},
		&bus.Acted{Room: "lobby", Frame: frame},
		&bus.Revoked{User: "u", At: 3},
		&bus.Granted{User: "u", Grants: []bus.Grant{{Pattern: "*", Role: protocol.RoleOrganizer}}},
	}
	wanted := append([]bus.News{
		Change("lobby", 1),
		&bus.Changes{Room: "lobby"},
		&bus.Typing{Room: "lobby", User: protocol.User{ID: "u", Name: "Ada", Role: protocol.RoleParticipant}},
		&bus.Told{Room: "lobby", Epoch: "epoch", Frame: frame},
		&bus.Purged{Room: "lobby", Epoch: "epoch", Below: 3},
		&bus.Moved{Room: "lobby", Left: []string{"u"}},
		&bus.Snapshot{Relay: 2, Room: "lobby", Parts: 1, Users: []string{"u"}},
		&bus.Asked{Relay: 2, Room: "lobby"},
		&bus.Levelled{Relay: 2, Round: 7},
	}, ofAll...)
	for _, news := range wanted {
		a.Tell(news)
	}
	n.Until(t, "relay 2 has heard everything", func() bool { return len(b.News()) == len(wanted) })
	n.Until(t, "relay 3 has heard what is for all", func() bool { return len(c.News()) == len(ofAll) })
	for _, news := range wanted {
		if !b.HasHeard(news) {
			t.Errorf("relay 2 has not heard %+v", news)
		}
	}
	for _, news := range ofAll {
		if !c.HasHeard(news) {
			t.Errorf("relay 3 has not heard %+v", news)
		}
	}
	for _, from := range append(b.from, c.from...) {
		if from != 1 {
			t.Errorf("news come from relay %d", from)
		}
	}
	sent, got := a.Stats(), b.Stats()
	if !sent.Connected || sent.Published != uint64(len(wanted)) || sent.Dropped != 0 || got.Received != uint64(len(wanted)) || got.Malformed+got.Unknown+got.Missed != 0 {
		t.Errorf("counted %+v by the publisher, %+v by the receiver", sent, got)
	}
}

func noEcho(t *testing.T, n Network) {
	a, b := Join(t, n, "one", 1, "lobby"), Join(t, n, "one", 2, "lobby")
	a.Tell(Change("lobby", 1))
	a.Tell(&bus.Revoked{User: "u", At: 1})
	n.Until(t, "relay 2 has heard", func() bool { return len(b.News()) == 2 })
	b.Tell(Change("lobby", 2))
	b.Tell(&bus.Revoked{User: "u", At: 2})
	n.Until(t, "relay 1 has heard", func() bool { return len(a.News()) >= 2 })
	if a.HasHeard(Change("lobby", 1)) || a.HasHeard(&bus.Revoked{User: "u", At: 1}) {
		t.Errorf("relay 1 hears itself: %+v", a.News())
	}
}

func order(t *testing.T, n Network) {
	const count = 2000
	a, b := Join(t, n, "one", 1), Join(t, n, "one", 2, "lobby")
	for rev := int64(1); rev <= count; rev++ {
		a.Tell(Change("lobby", rev))
	}
	n.Until(t, "relay 2 has heard all changes", func() bool { return len(b.News()) == count })
	for i, news := range b.News() {
		if rev := news.(*bus.Changes).Last; rev != int64(i+1) {
			t.Fatalf("change %d is of rev %d", i+1, rev)
		}
	}
}

func unlisten(t *testing.T, n Network) {
	a, b := Join(t, n, "one", 1), Join(t, n, "one", 2, "lobby", "other")
	b.Unlisten("lobby")
	b.Unlisten("never")
	b.Listen("third")
	n.Until(t, "relay 2 listens to the third room", func() bool { return b.Listens("third") })
	for _, room := range []string{"lobby", "other", "third"} {
		a.Tell(Change(room, 1))
	}
	n.Until(t, "relay 2 has heard of the other rooms", func() bool { return len(b.News()) >= 2 })
	b.Listen("lobby")
	n.Until(t, "relay 2 listens to the first room again", func() bool { return b.listens("lobby") == 2 })
	a.Tell(Change("lobby", 2))
	n.Until(t, "relay 2 has heard of the first room", func() bool { return len(b.News()) >= 3 })
	if b.HasHeard(Change("lobby", 1)) || !b.HasHeard(Change("lobby", 2)) {
		t.Errorf("relay 2 has heard %+v", b.News())
	}
}

func (r *Relay) listens(room string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.listening[room]
}

func clusters(t *testing.T, n Network) {
	a, b, other := Join(t, n, "one", 1), Join(t, n, "one", 2, "lobby"), Join(t, n, "two", 2, "lobby")
	teller := Join(t, n, "two", 1)
	tell := func(r *Relay, rev int64) {
		r.Tell(Change("lobby", rev))
		r.Tell(&bus.Revoked{User: "u", At: rev})
		r.Tell(&bus.Asked{Relay: 2, Room: "lobby"})
	}
	tell(a, 1)
	n.Until(t, "the first cluster has heard", func() bool { return len(b.News()) >= 3 })
	tell(teller, 2)
	n.Until(t, "the second cluster has heard", func() bool { return len(other.News()) >= 3 })
	if len(b.News()) != 3 || len(other.News()) != 3 || !b.HasHeard(Change("lobby", 1)) || !other.HasHeard(Change("lobby", 2)) {
		t.Errorf("the clusters have heard %+v and %+v", b.News(), other.News())
	}
}

func large(t *testing.T, n Network) {
	a, b := Join(t, n, "one", 1), Join(t, n, "one", 2, "lobby")
	whole := &bus.Changes{Room: "lobby", Epoch: "epoch", First: 1, Last: 40}
	for rev := int64(1); rev <= 40; rev++ {
		whole.Frames = append(whole.Frames, bus.Frame{Rev: rev, Data: make([]byte, protocol.FrameBytesMax)})
	}
	a.Tell(whole)
	frames := func() (count int) {
		for _, news := range b.News() {
			count += len(news.(*bus.Changes).Frames)
		}
		return count
	}
	n.Until(t, "all frames are heard", func() bool { return frames() == 40 })
	if parts := len(b.News()); parts < 10 {
		t.Errorf("%d bytes came in %d messages", 40*protocol.FrameBytesMax, parts)
	}
}
