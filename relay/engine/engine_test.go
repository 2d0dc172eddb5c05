package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/engine"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
)

func newEngine(store rules.Store) *engine.Engine {
	return engine.New(engine.Options{
		Hub:   hub.Config{Server: "hallway/test", Verifier: relaytest.Everyone{}},
		Store: store,
		Log:   slog.New(slog.DiscardHandler),
	})
}

// post sends the n-th message over REST.
func post(ctx context.Context, e *engine.Engine, who hub.Identity, n int) (rules.Outcome, error) {
	return e.Change(ctx, who, rules.Op{Room: "lobby", Do: rules.Send{Send: relaytest.SendOf(n)}})
}

func TestEngineCarriesMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(&relaytest.Journal{})
		ada, bob := relaytest.Enter(t, e, "ada"), relaytest.Enter(t, e, "bob")
		ada.Say(relaytest.SendOf(1))
		for _, c := range []*relaytest.Client{ada, bob} {
			if m := relaytest.Hear[protocol.Changed](c).Message; m.Rev != 1 || m.Sender.ID != "ada" {
				t.Errorf("heard %+v", m)
			}
		}
		bob.Close()

		eve, _ := relaytest.Everyone{}.Verify(time.Now(), netip.Addr{}, "eve")
		o, err := post(t.Context(), e, eve, 2)
		if stored, ok := o.Result.(rules.Stored); err != nil || !ok || !stored.New || stored.Message.Rev != 2 {
			t.Errorf("posted: %+v, %v", o, err)
		}
		if m := relaytest.Hear[protocol.Changed](ada).Message; m.Rev != 2 || m.Sender.ID != "eve" {
			t.Errorf("heard %+v", m)
		}
		ada.Close()
		relaytest.Drain(t, e)
	})
}

// TestEngineWaitsForNoStore checks that all other work continues while a commit hangs.
func TestEngineWaitsForNoStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &relaytest.Journal{Hold: make(chan struct{}, 1)}
		j.Hold <- struct{}{} // for the join
		e := newEngine(j)
		ada := relaytest.Enter(t, e, "ada")
		ada.Say(relaytest.SendOf(1))
		ada.Say(protocol.Ping{T: "7"})
		relaytest.Hear[protocol.Pong](ada)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		eve, _ := relaytest.Everyone{}.Verify(time.Now(), netip.Addr{}, "eve")
		if _, err := post(ctx, e, eve, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("posted: %v", err)
		}
		close(j.Hold)
		relaytest.Hear[protocol.Changed](ada)
		relaytest.Hear[protocol.Changed](ada)
		ada.Close()
		relaytest.Drain(t, e)
	})
}

func TestEngineCommitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &relaytest.Journal{}
		e := newEngine(j)
		ada := relaytest.Enter(t, e, "ada")
		j.Fail(errors.New("disk full"))
		ada.Say(relaytest.SendOf(1))
		if f := relaytest.Hear[protocol.Error](ada); f.Code != protocol.CodeUnavailable || f.ID != relaytest.SendOf(1).ID || f.RetryAfterMs == 0 {
			t.Errorf("refused with %+v", f)
		}
		ada.Say(relaytest.SendOf(1))
		relaytest.Hear[protocol.Changed](ada)
		ada.Close()
		relaytest.Drain(t, e)
	})
}

func TestEngineKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(&relaytest.Journal{})
		client, relay := net.Pipe()
		go e.Serve(relay, netip.AddrPort{})
		late := relaytest.NewClient(t, client)
		start := time.Now()
		late.WantClose(protocol.CloseTimeout)
		if d := time.Since(start); d < protocol.HelloTimeout || d > protocol.HelloTimeout+hub.TickEvery {
			t.Errorf("closed after %v", d)
		}
		relaytest.Drain(t, e)
	})
}

// TestEngineDrains checks a drain: all clients get goaway, the remaining ones are closed, accepted ops are committed,
// and new ones are refused.
func TestEngineDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &relaytest.Journal{Hold: make(chan struct{}, 2)}
		j.Hold <- struct{}{}
		j.Hold <- struct{}{}
		e := newEngine(j)
		ada, bob := relaytest.Enter(t, e, "ada"), relaytest.Enter(t, e, "bob") // each causes a commit
		start := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			relaytest.Drain(t, e)
		}()
		wait := relaytest.Hear[protocol.Goaway](ada).ReconnectAfterMs
		relaytest.Hear[protocol.Goaway](bob)
		if !e.Draining() {
			t.Error("not draining")
		}
		bob.Close()

		client, relay := net.Pipe()
		go e.Serve(relay, netip.AddrPort{})
		relaytest.NewClient(t, client).WantClose(protocol.CloseGoingAway)

		ada.Say(relaytest.SendOf(1))
		ada.WantClose(protocol.CloseGoingAway)
		if d := time.Since(start); d != time.Duration(wait)*time.Millisecond {
			t.Errorf("closed after %v", d)
		}
		synctest.Wait()
		select {
		case <-done:
			t.Error("drained with a commit under way")
		default:
		}
		j.Hold <- struct{}{}
		<-done
		if j.Head() != 1 {
			t.Error("a message was lost")
		}

		client, relay = net.Pipe()
		go e.Serve(relay, netip.AddrPort{})
		relaytest.NewClient(t, client).WantClose(protocol.CloseGoingAway)
		eve, _ := relaytest.Everyone{}.Verify(time.Now(), netip.Addr{}, "eve")
		if o, err := post(t.Context(), e, eve, 2); err != nil || o.Code != protocol.CodeUnavailable {
			t.Errorf("posted: %+v, %v", o, err)
		}
	})
}

func TestEngineDrainGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &relaytest.Journal{Hold: make(chan struct{})}
		e := newEngine(j)
		eve, _ := relaytest.Everyone{}.Verify(time.Now(), netip.Addr{}, "eve")
		go func() { _, _ = post(t.Context(), e, eve, 1) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := e.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("drained: %v", err)
		}
		close(j.Hold)
	})
}

// TestEngineUnderLoad sends over many real sockets at once: every client gets every rev in order. All frames fit into
// the pending bytes, so no client is too slow.
func TestEngineUnderLoad(t *testing.T) {
	const clients, sends = 12, 25
	e := newEngine(&relaytest.Journal{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for nc, err := l.Accept(); err == nil; nc, err = l.Accept() {
			go e.Serve(nc, netip.AddrPort{})
		}
	}()
	var all []*relaytest.Client
	for i := range clients {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c := relaytest.NewClient(t, nc)
		c.Join(fmt.Sprint("user", i))
		all = append(all, c)
	}
	var work sync.WaitGroup
	for i, c := range all {
		work.Go(func() {
			for n := range sends {
				f := relaytest.SendOf(i*sends + n)
				f.Text = strings.Repeat("é", n) + "."
				if err := c.WriteFrame(ws.NewTextFrame(protocol.Encode(f))); err != nil {
					t.Error(err)
				}
			}
		})
		work.Go(func() {
			for rev := int64(1); rev <= clients*sends; {
				_, body, err := c.Next()
				if err != nil {
					t.Errorf("%d heard up to %d: %v", i, rev-1, err)
					return
				}
				switch f, err := protocol.DecodeRelay(body); f := f.(type) {
				case protocol.Changed:
					if f.Message.Rev != rev {
						t.Errorf("%d heard rev %d, want %d", i, f.Message.Rev, rev)
						return
					}
					rev++
				case protocol.Presence:
				default:
					t.Errorf("%d heard %s: %v", i, body, err)
					return
				}
			}
		})
	}
	work.Wait()
	for _, c := range all {
		c.Close()
	}
	relaytest.Drain(t, e)
}
