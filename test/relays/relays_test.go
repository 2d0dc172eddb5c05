package relays

import (
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hallway/protocol"
)

var hops = flag.Int("hops", 2000, "hops of TestHopsUnderLoad")

// atomicMax holds the highest rev that anybody was told.
type atomicMax struct{ atomic.Int64 }

func (m *atomicMax) note(n int64) {
	for {
		old := m.Load()
		if n <= old || m.CompareAndSwap(old, n) {
			return
		}
	}
}

// TestHopsUnderLoad checks that clients that move between three relays under load, by joins and by pages, never get a head below a rev that
// any client was told before.
func TestHopsUnderLoad(t *testing.T) {
	w := newWorld(t, 3)
	var told atomicMax
	var ended atomic.Bool
	var writers, hoppers sync.WaitGroup
	for i, r := range w.relays {
		writer := w.mustEnter(r, fmt.Sprint("writer-", i), "lobby")
		writers.Go(func() {
			for !ended.Load() {
				if err := writer.say(message("lobby")); err != nil {
					t.Error(err)
					return
				}
				for {
					f, err := await[protocol.Changed](writer, patience)
					if err != nil {
						t.Error(err)
						return
					}
					told.note(f.Message.Rev)
					if f.Message.Sender.ID == fmt.Sprint("writer-", i) {
						break
					}
				}
			}
			writer.Close()
		})
	}
	var left atomic.Int64
	left.Store(int64(*hops))
	for i := range 8 {
		token := w.token(fmt.Sprint("hopper-", i))
		hoppers.Go(func() {
			for n := i; left.Add(-1) >= 0 && !t.Failed(); n++ {
				r, before := w.relays[n%len(w.relays)], told.Load()
				var head int64
				if n%2 == 0 {
					c, joined, err := w.enter(r, token, "lobby")
					if err != nil {
						t.Error(err)
						return
					}
					c.Close()
					head = joined.Head
				} else {
					var p page
					if status, err := w.get(r, token, fmt.Sprintf("/v1/rooms/lobby/messages?since=%d", max(0, before-3)), &p); err != nil || status != 200 {
						t.Errorf("page: %d %v", status, err)
						return
					}
					head = p.Head
				}
				if head < before {
					t.Errorf("hop %d: head %d after %d was told", n, head, before)
				}
				told.note(head)
			}
		})
	}
	began := time.Now()
	hoppers.Wait()
	t.Logf("%d hops in %v, %d messages", *hops, time.Since(began).Round(time.Millisecond), told.Load())
	ended.Store(true)
	writers.Wait()
}

// TestBusStopped checks that, while NATS is down, every change arrives within a second, and the relays stay ready.
func TestBusStopped(t *testing.T) {
	w := newWorld(t, 2)
	ada, bob := w.mustEnter(w.relays[0], "ada", "lobby"), w.mustEnter(w.relays[1], "bob", "lobby")
	tell := func() time.Duration {
		send := message("lobby")
		began := time.Now()
		if err := ada.say(send); err != nil {
			t.Fatal(err)
		}
		for _, c := range []*client{ada, bob} {
			if f, err := await[protocol.Changed](c, patience); err != nil || f.Message.ID != send.ID {
				t.Fatalf("heard %+v, %v", f, err)
			}
		}
		return time.Since(began)
	}
	tell()
	w.nats.Stop()
	var took []time.Duration
	for range 40 {
		took = append(took, tell())
		time.Sleep(37 * time.Millisecond) // so that messages come at different times between two checks of the relay
	}
	w.inTime("told without the bus", took, time.Second)
	w.untilReady(0, `down`)
	w.nats.Start()
	w.untilReady(0, `up`)
	w.untilReady(1, `up`)
	took = nil
	for range 9 {
		took = append(took, tell())
	}
	w.inTime("told with the bus", took, time.Second/2)
}

// untilReady waits until a relay is ready and reports this state of its bus.
func (w *world) untilReady(relay int, bus string) {
	w.Helper()
	var is struct{ Status, Bus string }
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if status, err := w.get(w.relays[relay], "", "/readyz", &is); err == nil && status == 200 && is.Bus == bus {
			return
		}
	}
	w.Fatalf("relay %d says %+v, want %s", relay, is, bus)
}

// TestDatabaseRestarted checks that, while the database is down, sends and joins are unavailable, streams stay open and the relay is not
// ready, and that everything continues afterwards.
func TestDatabaseRestarted(t *testing.T) {
	w := newWorld(t, 2)
	ada, bob := w.mustEnter(w.relays[0], "ada", "lobby"), w.mustEnter(w.relays[1], "bob", "lobby")
	w.database.Stop()
	send := message("lobby")
	refused := func(f protocol.ClientFrame, c *client) {
		t.Helper()
		if err := c.say(f); err != nil {
			t.Fatal(err)
		}
		if f, err := await[protocol.Error](c, patience); err != nil || f.Code != protocol.CodeUnavailable {
			t.Fatalf("answered with %+v, %v", f, err)
		}
	}
	refused(send, ada)
	refused(protocol.Join{Room: "lobby"}, bob) // although the relay has the room in memory
	for _, user := range []string{"ada", "cy"} {
		c, err := w.dial(w.relays[0], w.token(user))
		if err != nil {
			t.Fatal(err)
		}
		refused(protocol.Join{Room: "lobby"}, c)
		c.Close()
	}
	var problem struct{ Code string }
	if status, err := w.get(w.relays[0], "", "/readyz", &problem); err != nil || status != 503 {
		t.Errorf("readyz: %d %v", status, err)
	}
	w.database.Start()
	began := time.Now()
	for {
		if err := ada.say(send); err != nil {
			t.Fatal(err)
		}
		f, err := await[protocol.Changed](ada, patience)
		if err == nil && f.Message.ID == send.ID {
			break
		}
		if time.Since(began) > patience {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if f, err := await[protocol.Changed](bob, patience); err != nil || f.Message.ID != send.ID {
		t.Fatalf("heard %+v, %v", f, err)
	}
	t.Logf("sends went on %v after the database", time.Since(began).Round(time.Millisecond))
	if d := time.Since(began); d > limit(5*time.Second) {
		t.Errorf("sends went on after %v", d)
	}
}
