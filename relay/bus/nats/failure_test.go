package nats_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"
	"time"

	client "github.com/nats-io/nats.go"

	"hallway/relay/bus"
	"hallway/relay/bus/bustest"
	"hallway/relay/bus/nats"
)

func TestARelayIsBackAfterTheServerWasKilled(t *testing.T) {
	n := newNetwork(t)
	a, b := bustest.Join(t, n, "one", 1, "lobby"), bustest.Join(t, n, "one", 2, "lobby")
	if a.Misses()+b.Misses() != 0 {
		t.Error("a relay that has just joined is told that it has missed news")
	}
	n.server.Kill()
	n.Until(t, "both know that they are cut off", func() bool { return !a.Stats().Connected && !b.Stats().Connected })
	a.Tell(bustest.Change("lobby", 1))
	b.Listen("later")
	n.server.Start()
	n.Until(t, "both are told that they have missed news", func() bool { return a.Misses() == 1 && b.Misses() == 1 })
	n.Until(t, "the room of the meantime is heard", func() bool { return b.Listens("later") })
	a.Tell(bustest.Change("lobby", 2))
	a.Tell(bustest.Change("later", 3))
	n.Until(t, "news arrive again", func() bool { return len(b.News()) >= 2 })
	if b.HasHeard(bustest.Change("lobby", 1)) {
		t.Error("news of the meantime were kept")
	}
	if s := a.Stats(); !s.Connected || s.Reconnects != 1 || s.Dropped != 1 || s.Published != 2 {
		t.Errorf("counted %+v", s)
	}
}

func TestARelayStartsWithoutAServer(t *testing.T) {
	n := newNetwork(t)
	n.server.Stop()
	a, b := bustest.NewRelay(1), bustest.NewRelay(2)
	a.Bus, b.Bus = n.Join(t, "one", 1, a), n.Join(t, "one", 2, b)
	b.Listen("lobby")
	if a.Stats().Connected {
		t.Error("connected to nothing")
	}
	n.server.Start()
	n.Until(t, "both are told to read the heads", func() bool { return a.Misses() == 1 && b.Misses() == 1 && b.Listens("lobby") })
	a.Tell(bustest.Change("lobby", 1))
	n.Until(t, "news arrive", func() bool { return b.HasHeard(bustest.Change("lobby", 1)) })
}

// TestNothingWaitsForAPausedServer fills the sockets to a server that reads nothing, and checks that no call waits.
func TestNothingWaitsForAPausedServer(t *testing.T) {
	n := newNetwork(t)
	a, b := bustest.Join(t, n, "one", 1), bustest.Join(t, n, "one", 2, "lobby")
	large := bustest.Change("lobby", 1)
	large.Frames[0].Data = bytes.Repeat([]byte("x"), 100<<10)
	n.server.Pause()
	var slowest time.Duration
	for range 1000 { // 100 MB
		began := time.Now()
		a.Tell(large)
		a.Listen("lobby")
		a.Unlisten("lobby")
		a.Stats()
		slowest = max(slowest, time.Since(began))
	}
	if slowest > 1500*time.Millisecond { // a write that waits for the server takes 2 s to give up
		t.Errorf("a call took %v", slowest)
	}
	n.Until(t, "the relay notices", func() bool { return !a.Stats().Connected })
	if a.Stats().Dropped == 0 {
		t.Error("nothing was dropped")
	}
	n.server.Resume()
	n.Until(t, "the relays are told that they have missed news", func() bool { return a.Misses() > 0 && b.Misses() > 0 })
	n.Until(t, "news arrive again", func() bool {
		a.Tell(bustest.Change("lobby", 2))
		return b.HasHeard(bustest.Change("lobby", 2))
	})
}

// TestHeadOfDroppedChangesIsPublished checks that the head of changes that did not fit into the queue is published once
// the queue has room.
func TestHeadOfDroppedChangesIsPublished(t *testing.T) {
	n := newNetwork(t)
	a, b := bustest.Join(t, n, "one", 1), bustest.Join(t, n, "one", 2, "lobby", "stage")
	large := bustest.Change("stage", 1)
	large.Frames[0].Data = bytes.Repeat([]byte("x"), 200<<10)
	n.server.Pause()
	for a.Stats().Dropped == 0 {
		a.Tell(large)
	}
	const last = 3
	for rev := range int64(last) {
		other := bustest.Change("lobby", rev+1)
		other.Frames[0].Data = large.Frames[0].Data
		a.Tell(other)
	}
	n.server.Resume()
	n.Until(t, "the head of each room is told", func() bool {
		return slices.ContainsFunc(b.News(), func(news bus.News) bool {
			c, ok := news.(*bus.Changes)
			return ok && c.Room == "stage" && len(c.Frames) == 0 && c.Last == 1
		}) && slices.ContainsFunc(b.News(), func(news bus.News) bool {
			c, ok := news.(*bus.Changes)
			return ok && c.Room == "lobby" && c.Last == last
		})
	})
}

// slowListener blocks until it is released.
type slowListener struct {
	*bustest.Relay
	gate sync.RWMutex
}

func (l *slowListener) Heard(from bus.RelayID, news bus.News) {
	l.gate.RLock()
	defer l.gate.RUnlock()
	l.Relay.Heard(from, news)
}

func TestSlowRelayIsNotified(t *testing.T) {
	n := newNetwork(t)
	a := bustest.Join(t, n, "one", 1)
	b := &slowListener{Relay: bustest.NewRelay(2)}
	b.Bus = n.Join(t, "one", 2, b)
	b.Listen("lobby")
	n.Until(t, "relay 2 listens", func() bool { return b.Listens("lobby") })
	b.gate.Lock()
	large := bustest.Change("lobby", 1)
	large.Frames[0].Data = bytes.Repeat([]byte("x"), 200<<10)
	told := 0
	n.Until(t, "relay 2 is told", func() bool {
		for uint64(told) < a.Stats().Published+8 { // never more than the publisher's queue holds
			a.Tell(large)
			told++
		}
		return b.Misses() > 0
	})
	if s := b.Stats(); s.Missed == 0 {
		t.Errorf("counted %+v", s)
	}
	b.gate.Unlock()
	n.Until(t, "news arrive again", func() bool {
		a.Tell(bustest.Change("lobby", 2))
		return b.HasHeard(bustest.Change("lobby", 2))
	})
}

// TestEphemeralNewsDoNotDelayChanges publishes a change after as many ephemeral news as the queue holds, to a relay
// that is stuck in one.
func TestEphemeralNewsDoNotDelayChanges(t *testing.T) {
	n := newNetwork(t)
	a := bustest.Join(t, n, "one", 1)
	b := &stuck{Relay: bustest.NewRelay(2), release: make(chan struct{})}
	b.Bus = n.Join(t, "one", 2, b)
	b.Listen("lobby")
	n.Until(t, "relay 2 listens", func() bool { return b.Listens("lobby") })
	for range 5000 {
		a.Tell(&bus.Typing{Room: "lobby", User: userOf("u")})
	}
	a.Tell(bustest.Change("lobby", 1))
	n.Until(t, "the change is heard", func() bool { return b.HasHeard(bustest.Change("lobby", 1)) })
	if news := b.News(); len(news) != 1 {
		t.Errorf("%d others were heard before", len(news)-1)
	}
	close(b.release)
}

// stuck does not return from ephemeral news until it is released.
type stuck struct {
	*bustest.Relay
	release chan struct{}
}

func (l *stuck) Heard(from bus.RelayID, news bus.News) {
	if !bus.Durable(news) {
		<-l.release
	}
	l.Relay.Heard(from, news)
}

// TestHostileMessagesAreCounted publishes messages that no relay sends.
func TestHostileMessagesAreCounted(t *testing.T) {
	n := newNetwork(t)
	a, b := bustest.Join(t, n, "one", 1), bustest.Join(t, n, "one", 2, "lobby")
	conn, err := client.Connect("nats://" + n.server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	foreign := bus.Encode(9, &bus.Revoked{User: "u"})
	foreign[0] = 200
	newer := bus.Encode(9, bustest.Change("lobby", 7))
	newer[0] = 2
	durable := "hallway.one.r." + roomHash("lobby")
	for subject, message := range map[string][]byte{
		durable: []byte("hello"), "hallway.one.e." + roomHash("lobby"): nil, "hallway.one.to.0000000000000002": make([]byte, 300<<10),
		"hallway.one.all": foreign, "hallway.one.x." + roomHash("lobby"): bus.Encode(9, bustest.Change("lobby", 6)),
	} {
		if err := conn.Publish(subject, message); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Publish(durable, newer); err != nil {
		t.Fatal(err)
	}
	n.Until(t, "all are counted", func() bool { s := b.Stats(); return s.Malformed == 4 && s.Unknown == 1 && s.Received == 1 })
	if !b.HasHeard(&bus.Changes{Room: "lobby", Epoch: "epoch", Last: 7}) {
		t.Errorf("of changes of a newer version was heard %+v", b.News())
	}
	a.Tell(bustest.Change("lobby", 8))
	n.Until(t, "news arrive as ever", func() bool { return b.HasHeard(bustest.Change("lobby", 8)) })
}

func TestCloseRacesWithEverything(t *testing.T) {
	n := newNetwork(t)
	for range 20 {
		b, err := nats.Open(nats.Config{Servers: []string{"nats://" + n.server.Addr}}, "one", 1, quiet)
		if err != nil {
			t.Fatal(err)
		}
		b.Join(bustest.NewRelay(1))
		var calls sync.WaitGroup
		for _, room := range []string{"a", "b"} {
			calls.Go(func() {
				for rev := int64(1); rev < 50; rev++ {
					b.Listen(room)
					b.Tell(bustest.Change(room, rev))
					b.Unlisten(room)
				}
			})
		}
		b.Close()
		calls.Wait()
		b.Tell(bustest.Change("a", 1)) // does nothing
		b.Listen("a")
	}
}

func TestCloseStillPublishesWhatWaits(t *testing.T) {
	n := newNetwork(t)
	b := bustest.Join(t, n, "one", 2, "lobby")
	last, err := nats.Open(nats.Config{Servers: []string{"nats://" + n.server.Addr}}, "one", 1, quiet)
	if err != nil {
		t.Fatal(err)
	}
	var want []bus.News
	for rev := int64(1); rev <= 500; rev++ {
		last.Tell(bustest.Change("lobby", rev))
		want = append(want, bustest.Change("lobby", rev))
	}
	last.Close()
	n.Until(t, "the last news are heard", func() bool { return len(b.News()) == len(want) })
	if !slices.EqualFunc(b.News(), want, func(x, y bus.News) bool { return x.(*bus.Changes).Last == y.(*bus.Changes).Last }) {
		t.Error("in another order")
	}
}
