package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/server"
)

// journal is a hub.Store that keeps in memory how many messages it took.
type journal struct {
	hub.Store               // Page, Ready and Close are not asked for
	hold      chan struct{} // unless nil, each commit waits for one

	mu   sync.Mutex
	head int64
	err  error // what Commit returns next
}

func (j *journal) Commit(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	if j.hold != nil {
		<-j.hold
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.err; err != nil {
		j.err = nil
		return nil, err
	}
	outcomes := make([]hub.Outcome, len(ops))
	for i, op := range ops {
		if op.Kind == hub.OpSend {
			j.head++
			outcomes[i].New = true
			outcomes[i].Message = protocol.Message{
				Room: op.Room, ID: op.Send.ID, Seq: j.head, Rev: j.head, Sender: op.Sender,
				CreatedAt: protocol.TimeOf(now), Text: op.Send.Text,
			}
		}
		outcomes[i].Epoch, outcomes[i].Head = "e1", j.head
	}
	return outcomes, nil
}

// everyone takes any token as the user's name and opens all rooms.
type everyone struct{}

func (everyone) Role(string) (protocol.Role, bool) { return protocol.RoleParticipant, true }

func (everyone) Highest() protocol.Role { return protocol.RoleParticipant }

func (everyone) Everywhere() protocol.Role { return protocol.RoleParticipant }

func (everyone) Same(other hub.Grants) bool { return other == hub.Grants(everyone{}) }

func (everyone) Verify(now time.Time, token string) (hub.Identity, error) {
	return hub.Identity{User: protocol.User{ID: token, Name: token}, Expires: now.Add(time.Hour), Grants: everyone{}}, nil
}

func newEngine(store hub.Store) *server.Engine {
	return server.NewEngine(server.EngineOptions{
		Hub:   hub.Config{Server: "hallway/test", Verifier: everyone{}},
		Store: store,
		Log:   slog.New(slog.DiscardHandler),
	})
}

// chatter is a client of an engine.
type chatter struct {
	*testing.T
	net.Conn
}

// enter connects over a pipe, says hello and joins the lobby.
func enter(t *testing.T, e *server.Engine, name string) *chatter {
	t.Helper()
	client, relay := net.Pipe()
	go e.Serve(relay, name)
	c := &chatter{t, client}
	c.join(name)
	return c
}

func (c *chatter) join(name string) {
	c.Helper()
	c.say(protocol.Hello{Token: name})
	hear[protocol.Welcome](c)
	c.say(protocol.Join{Room: "lobby"})
	hear[protocol.Joined](c)
}

func (c *chatter) say(f protocol.ClientFrame) {
	c.Helper()
	if err := c.write(ws.NewTextFrame(f.Append(nil))); err != nil {
		c.Fatal(err)
	}
}

func (c *chatter) write(f ws.Frame) error {
	_, err := c.Write(ws.MustCompileFrame(ws.MaskFrame(f)))
	return err
}

// next reads one WebSocket frame.
func (c *chatter) next() (ws.OpCode, []byte, error) {
	h, err := ws.ReadHeader(c.Conn)
	if err != nil {
		return 0, nil, err
	}
	body := make([]byte, h.Length)
	_, err = io.ReadFull(c.Conn, body)
	return h.OpCode, body, err
}

// hear reads on to the next frame of the kind.
func hear[F protocol.RelayFrame](c *chatter) F {
	c.Helper()
	for {
		op, body, err := c.next()
		if err != nil || op != ws.OpText {
			var want F
			c.Fatalf("waiting for %T: opcode %d, %q, %v", want, op, body, err)
		}
		frame, err := protocol.DecodeRelay(body)
		if err != nil {
			c.Fatal(err)
		}
		if f, ok := frame.(F); ok {
			return f
		}
	}
}

// wantClose reads on to the close frame, answers it and waits for the end.
func (c *chatter) wantClose(code protocol.CloseCode) {
	c.Helper()
	for {
		op, body, err := c.next()
		if err != nil {
			c.Fatal(err)
		}
		if op != ws.OpClose {
			continue
		}
		if got, reason := ws.ParseCloseFrameData(body); got != ws.StatusCode(code) {
			c.Fatalf("closed %d %s, want %d", got, reason, code)
		}
		break
	}
	if err := c.write(ws.NewCloseFrame(nil)); err != nil {
		c.Fatal(err)
	}
	if _, _, err := c.next(); !errors.Is(err, io.EOF) {
		c.Fatalf("after the close frame: %v", err)
	}
}

func sendOf(n int) protocol.Send {
	return protocol.Send{Room: "lobby", ID: fmt.Sprintf("00000000-0000-7000-8000-%012d", n), Text: "hi"}
}

func drain(t *testing.T, e *server.Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := e.Drain(ctx); err != nil {
		t.Error("drain:", err)
	}
}

func TestEngineCarriesMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(&journal{})
		ada, bob := enter(t, e, "ada"), enter(t, e, "bob")
		ada.say(sendOf(1))
		for _, c := range []*chatter{ada, bob} {
			if m := hear[protocol.Changed](c).Message; m.Rev != 1 || m.Sender.ID != "ada" {
				t.Errorf("heard %+v", m)
			}
		}
		bob.Close()

		eve, _ := everyone{}.Verify(time.Now(), "eve")
		o, err := e.Post(t.Context(), eve, sendOf(2))
		if err != nil || !o.New || o.Message.Rev != 2 {
			t.Errorf("posted: %+v, %v", o, err)
		}
		if m := hear[protocol.Changed](ada).Message; m.Rev != 2 || m.Sender.ID != "eve" {
			t.Errorf("heard %+v", m)
		}
		ada.Close()
		drain(t, e)
	})
}

// TestEngineWaitsForNoStore: while a commit hangs, all else goes on.
func TestEngineWaitsForNoStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{hold: make(chan struct{}, 1)}
		j.hold <- struct{}{} // for the join
		e := newEngine(j)
		ada := enter(t, e, "ada")
		ada.say(sendOf(1))
		ada.say(protocol.Ping{T: "7"})
		hear[protocol.Pong](ada)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		eve, _ := everyone{}.Verify(time.Now(), "eve")
		if _, err := e.Post(ctx, eve, sendOf(2)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("posted: %v", err)
		}
		close(j.hold)
		hear[protocol.Changed](ada)
		hear[protocol.Changed](ada)
		ada.Close()
		drain(t, e)
	})
}

func TestEngineCommitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		e := newEngine(j)
		ada := enter(t, e, "ada")
		j.mu.Lock()
		j.err = errors.New("disk full")
		j.mu.Unlock()
		ada.say(sendOf(1))
		if f := hear[protocol.Error](ada); f.Code != protocol.CodeUnavailable || f.ID != sendOf(1).ID || f.RetryAfterMs == 0 {
			t.Errorf("refused with %+v", f)
		}
		ada.say(sendOf(1))
		hear[protocol.Changed](ada)
		ada.Close()
		drain(t, e)
	})
}

func TestEngineKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(&journal{})
		client, relay := net.Pipe()
		go e.Serve(relay, "late")
		late := &chatter{t, client}
		start := time.Now()
		late.wantClose(protocol.CloseTimeout)
		if d := time.Since(start); d < protocol.HelloTimeout || d > protocol.HelloTimeout+hub.TickEvery {
			t.Errorf("closed after %v", d)
		}
		drain(t, e)
	})
}

// TestEngineDrains: goaway to all; who does not go is closed; what was taken on
// is committed; nothing new is.
func TestEngineDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{hold: make(chan struct{}, 2)}
		j.hold <- struct{}{}
		j.hold <- struct{}{}
		e := newEngine(j)
		ada, bob := enter(t, e, "ada"), enter(t, e, "bob") // a commit each
		start := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			drain(t, e)
		}()
		wait := hear[protocol.Goaway](ada).ReconnectAfterMs
		hear[protocol.Goaway](bob)
		if !e.Draining() {
			t.Error("not draining")
		}
		bob.Close()

		client, relay := net.Pipe()
		go e.Serve(relay, "late")
		(&chatter{t, client}).wantClose(protocol.CloseGoingAway)

		ada.say(sendOf(1))
		ada.wantClose(protocol.CloseGoingAway)
		if d := time.Since(start); d != time.Duration(wait)*time.Millisecond {
			t.Errorf("closed after %v", d)
		}
		synctest.Wait()
		select {
		case <-done:
			t.Error("drained with a commit under way")
		default:
		}
		j.hold <- struct{}{}
		<-done
		if j.head != 1 {
			t.Error("a message was lost")
		}

		client, relay = net.Pipe()
		go e.Serve(relay, "too late")
		(&chatter{t, client}).wantClose(protocol.CloseGoingAway)
		eve, _ := everyone{}.Verify(time.Now(), "eve")
		if o, err := e.Post(t.Context(), eve, sendOf(2)); err != nil || o.Code != protocol.CodeUnavailable {
			t.Errorf("posted: %+v, %v", o, err)
		}
	})
}

func TestEngineDrainGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{hold: make(chan struct{})}
		e := newEngine(j)
		eve, _ := everyone{}.Verify(time.Now(), "eve")
		go func() { _, _ = e.Post(t.Context(), eve, sendOf(1)) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := e.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("drained: %v", err)
		}
		close(j.hold)
	})
}

// TestEngineUnderLoad: real sockets, many at once; everyone hears every rev in
// its order. All of it fits in the pending bytes, so that nobody is too slow.
func TestEngineUnderLoad(t *testing.T) {
	const clients, sends = 12, 25
	e := newEngine(&journal{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for nc, err := l.Accept(); err == nil; nc, err = l.Accept() {
			go e.Serve(nc, nc.RemoteAddr().String())
		}
	}()
	var all []*chatter
	for i := range clients {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c := &chatter{t, nc}
		c.join(fmt.Sprint("user", i))
		all = append(all, c)
	}
	var work sync.WaitGroup
	for i, c := range all {
		work.Go(func() {
			for n := range sends {
				f := sendOf(i*sends + n)
				f.Text = strings.Repeat("é", n) + "."
				if err := c.write(ws.NewTextFrame(f.Append(nil))); err != nil {
					t.Error(err)
				}
			}
		})
		work.Go(func() {
			for rev := int64(1); rev <= clients*sends; {
				_, body, err := c.next()
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
	drain(t, e)
}
