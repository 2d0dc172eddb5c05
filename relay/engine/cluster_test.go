package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	busmemory "hallway/relay/bus/memory"
	"hallway/relay/engine"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
	"hallway/store/memory"
)

// A network is a bus in memory that the goroutines of several engines share.
type network struct {
	mu sync.Mutex
	*busmemory.Network
}

func newNetwork() *network {
	n := &network{}
	n.Network = busmemory.New(rand.New(rand.NewPCG(1, 2)), func(d time.Duration, do func()) {
		time.AfterFunc(d, func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			do()
		})
	})
	return n
}

// A place is a relay's place in a network.
type place struct {
	network *network
	member  *busmemory.Member
}

func (p *place) locked(do func()) {
	p.network.mu.Lock()
	defer p.network.mu.Unlock()
	do()
}

func (p *place) Listen(room string)   { p.locked(func() { p.member.Listen(room) }) }
func (p *place) Unlisten(room string) { p.locked(func() { p.member.Unlisten(room) }) }
func (p *place) Tell(news bus.News)   { p.locked(func() { p.member.Tell(news) }) }
func (p *place) Stats() (s bus.Stats) {
	p.locked(func() { s = p.member.Stats() })
	return s
}

// later passes the calls of a listener on to another goroutine, in order: the listener may wait for the hub, which may
// wait for the network.
type later struct {
	bus.Listener
	calls chan func()
}

func newLater(l bus.Listener, ended <-chan struct{}) *later {
	q := &later{l, make(chan func(), 1024)}
	go func() {
		for {
			select {
			case call := <-q.calls:
				call()
			case <-ended:
				return
			}
		}
	}()
	return q
}

func (q *later) Heard(from bus.RelayID, news bus.News) {
	q.calls <- func() { q.Listener.Heard(from, news) }
}
func (q *later) Listening(rooms []string) { q.calls <- func() { q.Listener.Listening(rooms) } }
func (q *later) Missed()                  { q.calls <- q.Listener.Missed }

// A countedStore counts the queries for heads. It fails them on demand.
type countedStore struct {
	*memory.Store
	mu    sync.Mutex
	asked int
	down  bool
}

var errDown = errors.New("the database is down")

func (s *countedStore) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// reads counts a query, which takes a millisecond, and returns its error.
func (s *countedStore) reads() error {
	time.Sleep(time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked++; s.down {
		return errDown
	}
	return nil
}

func (s *countedStore) Heads(ctx context.Context, names []string) (rules.Heads, error) {
	heads, err := s.Store.Heads(ctx, names)
	return heads, errors.Join(err, s.reads())
}

func (s *countedStore) Page(ctx context.Context, room, user string, q rules.Query) (protocol.Page, error) {
	page, err := s.Store.Page(ctx, room, user, q)
	return page, errors.Join(err, s.reads())
}

func (s *countedStore) Commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	if err := s.reads(); err != nil {
		return nil, err
	}
	return s.Store.Commit(now, ops)
}

// relays are several engines on one store.
type relays struct {
	*testing.T
	store   *countedStore
	network *network
	engines []*engine.Engine
	places  []*place
	ended   chan struct{}
}

func newRelays(t *testing.T, n int, faults busmemory.Faults, configure ...func(*hub.Config)) *relays {
	cfg := hub.Config{Server: "hallway/test", Verifier: relaytest.Everyone{}}
	for _, do := range configure {
		do(&cfg)
	}
	rs := &relays{T: t, store: &countedStore{Store: memory.New(memory.Options{})}, network: newNetwork(), ended: make(chan struct{})}
	rs.network.Faults = faults
	for i := range n {
		p := &place{network: rs.network}
		join := func(l bus.Listener) bus.Bus {
			p.locked(func() { p.member = rs.network.Join("test", bus.RelayID(i+1), newLater(l, rs.ended)) })
			return p
		}
		rs.places = append(rs.places, p)
		rs.engines = append(rs.engines, engine.New(engine.Options{
			Hub:     cfg,
			Store:   rs.store,
			Log:     slog.New(slog.DiscardHandler),
			Cluster: &engine.Cluster{Shared: rs.store, Join: join},
		}))
	}
	return rs
}

func (rs *relays) end() {
	for _, e := range rs.engines {
		relaytest.Drain(rs.T, e)
	}
	close(rs.ended)
}

// A stream reads the frames that a client gets in the lobby, and checks that revs have no hole.
type stream struct {
	*relaytest.Client
	told int64          // the client has every change up to this rev
	own  map[string]int // the number of times that each message came
	done chan struct{}  // closed at the end
}

// listen joins the lobby and reads until every message up to a rev has come.
func listen(t *testing.T, e *engine.Engine, name string, upTo int64) *stream {
	t.Helper()
	s := &stream{Client: relaytest.Connect(t, e), own: map[string]int{}, done: make(chan struct{})}
	s.Say(protocol.Hello{Token: name})
	relaytest.Hear[protocol.Welcome](s.Client)
	s.Say(protocol.Join{Room: "lobby"})
	s.told = relaytest.Hear[protocol.Joined](s.Client).Head
	go func() {
		defer close(s.done)
		for s.told < upTo {
			s.hear(relaytest.Hear[protocol.Changed](s.Client))
		}
	}()
	return s
}

func (s *stream) hear(f protocol.Changed) {
	after := f.Message.Rev - 1
	if f.After != nil {
		after = *f.After
	}
	if s.own[f.Message.ID]++; after > s.told || f.Message.Rev <= s.told {
		s.Errorf("heard rev %d after %d, told up to %d", f.Message.Rev, after, s.told)
	}
	s.told = f.Message.Rev
}

// TestStreamsGetEveryRev checks that every stream gets every rev once and without a hole, whatever faults the bus has.
func TestStreamsGetEveryRev(t *testing.T) {
	const sends = 40
	for name, faults := range map[string]busmemory.Faults{
		"a good bus":    {},
		"a slow bus":    {Delay: 50 * time.Millisecond},
		"a bad bus":     {Delay: 10 * time.Millisecond, Lost: 200, Doubled: 200, Overtaking: 200, Foreign: 100},
		"an idle bus":   {Lost: 1000},
		"another's bus": {Foreign: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rs := newRelays(t, 3, faults)
				var streams []*stream
				for i, user := range []string{"ada", "bob", "cy"} {
					streams = append(streams, listen(t, rs.engines[i], user, 3*sends))
				}
				began := time.Now()
				for n := range sends {
					for i, s := range streams {
						s.Say(relaytest.SendOf(n*len(streams) + i))
					}
					time.Sleep(3 * time.Millisecond)
				}
				for _, s := range streams {
					<-s.done
					if len(s.own) != 3*sends {
						t.Errorf("heard %d of %d messages", len(s.own), 3*sends)
					}
				}
				if d := time.Since(began); d > 7*time.Second {
					t.Errorf("told after %v", d)
				}
				for _, s := range streams {
					s.Close()
				}
				rs.end()
			})
		})
	}
}

// TestRelayCutOffFromTheBus checks that clients of a relay without the bus get everything within half a second, and at
// once after the bus is back.
func TestRelayCutOffFromTheBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRelays(t, 2, busmemory.Faults{})
		ada := relaytest.Enter(t, rs.engines[0], "ada")
		bob := relaytest.Enter(t, rs.engines[1], "bob")
		rs.places[1].locked(rs.places[1].member.Cut)
		for n := range 20 {
			time.Sleep(200 * time.Millisecond)
			began := time.Now()
			ada.Say(relaytest.SendOf(n))
			relaytest.Hear[protocol.Changed](ada)
			if rev := relaytest.Hear[protocol.Changed](bob).Message.Rev; rev != int64(n+1) {
				t.Fatalf("heard rev %d, want %d", rev, n+1)
			}
			if d := time.Since(began); d > time.Second/2 {
				t.Errorf("told after %v", d)
			}
		}
		ada.Say(relaytest.SendOf(20))
		rs.places[1].locked(rs.places[1].member.Restore)
		began := time.Now()
		relaytest.Hear[protocol.Changed](ada)
		relaytest.Hear[protocol.Changed](bob)
		if d := time.Since(began); d > 300*time.Millisecond {
			t.Errorf("told %v after the bus was back", d)
		}
		ada.Close()
		bob.Close()
		rs.end()
	})
}

// TestHopsNeverGoBack checks that clients that move from relay to relay, by joins and by pages, never get an older
// head, while news are late or lost.
func TestHopsNeverGoBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRelays(t, 3, busmemory.Faults{Delay: 40 * time.Millisecond, Lost: 100})
		ada := relaytest.Enter(t, rs.engines[0], "ada")
		here := relaytest.Enter(t, rs.engines[1], "bob")
		there := relaytest.Enter(t, rs.engines[2], "bob")
		quiet := make(chan struct{})
		for _, c := range []*relaytest.Client{here, there} {
			go func() {
				for {
					select {
					case <-quiet:
						return
					default:
						if _, _, err := c.Next(); err != nil {
							return
						}
					}
				}
			}()
		}
		var seen int64
		for n := range 300 {
			ada.Say(relaytest.SendOf(n))
			seen = max(seen, relaytest.Hear[protocol.Changed](ada).Message.Rev)
			e := rs.engines[1+n%2]
			if n%3 > 0 {
				q := rules.Query{Kind: rules.QueryNewest, Limit: 5}
				if n%3 == 1 {
					q = rules.Query{Kind: rules.QuerySince, At: seen - 2, Limit: 5}
				}
				p := page(t, e, q)
				if p.Head < seen {
					t.Fatalf("a page has head %d after %d", p.Head, seen)
				}
				continue
			}
			c := relaytest.Connect(t, e)
			c.Say(protocol.Hello{Token: "bob"})
			relaytest.Hear[protocol.Welcome](c)
			c.Say(protocol.Join{Room: "lobby"})
			if head := relaytest.Hear[protocol.Joined](c).Head; head < seen {
				t.Fatalf("joined at head %d after %d", head, seen)
			}
			c.Close()
		}
		close(quiet)
		for _, c := range []*relaytest.Client{ada, here, there} {
			c.Close()
		}
		rs.end()
	})
}

// TestPagesAskTogether checks that requests that come during a query for heads share the next query.
func TestPagesAskTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRelays(t, 1, busmemory.Faults{})
		ada := relaytest.Enter(t, rs.engines[0], "ada")
		newest := rules.Query{Kind: rules.QueryNewest, Limit: 5}
		page(t, rs.engines[0], newest)
		synctest.Wait()
		before := rs.store.asked
		var work sync.WaitGroup
		for range 1000 {
			work.Go(func() { page(t, rs.engines[0], newest) })
		}
		work.Wait()
		if n := rs.store.asked - before; n > 3 {
			t.Errorf("%d queries for 1000 pages", n)
		}
		ada.Close()
		rs.end()
	})
}

// TestDatabaseDown checks that joins and sends are unavailable and pages fail, but streams stay, and that everything
// works afterwards.
func TestDatabaseDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRelays(t, 2, busmemory.Faults{})
		ada := relaytest.Enter(t, rs.engines[0], "ada")
		bob := relaytest.Enter(t, rs.engines[1], "bob")
		rs.store.set(true)
		ada.Say(relaytest.SendOf(1))
		if f := relaytest.Hear[protocol.Error](ada); f.Code != protocol.CodeUnavailable || f.ID == "" {
			t.Errorf("%+v", f)
		}
		for _, name := range []string{"ada", "cy"} { // from memory, and from the store
			c := relaytest.Connect(t, rs.engines[0])
			c.Say(protocol.Hello{Token: name})
			c.Say(protocol.Join{Room: "lobby"})
			if f := relaytest.Hear[protocol.Error](c); f.Code != protocol.CodeUnavailable || f.Room != "lobby" {
				t.Errorf("%+v", f)
			}
			c.Close()
		}
		if _, err := rs.engines[0].Page(t.Context(), "lobby", "ada", rules.Query{Kind: rules.QueryNewest, Limit: 5}); err == nil {
			t.Error("a page without the database")
		}
		rs.store.set(false)
		ada.Say(relaytest.SendOf(1))
		relaytest.Hear[protocol.Changed](ada)
		relaytest.Hear[protocol.Changed](bob)
		ada.Close()
		bob.Close()
		rs.end()
	})
}
