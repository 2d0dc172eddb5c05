//go:build !js

package driver

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"nhooyr.io/websocket"

	"hallway/component/client"
	"hallway/protocol"
)

// patience bounds each wait of a test. No test takes that long.
const patience = 30 * time.Second

// serve starts a relay that accepts connections and calls a function for each.
func serve(t *testing.T, accepted func(ctx context.Context, conn *websocket.Conn)) (relay string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/ws" {
			http.NotFound(w, r)
			return
		}
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
		if err != nil {
			t.Error(err)
			return
		}
		conn.SetReadLimit(-1)
		accepted(r.Context(), conn)
		_ = conn.CloseNow()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// dialled starts a link, and ends it with the test.
func dialled(t *testing.T, relay string) (*link, <-chan client.Event) {
	events := make(chan client.Event)
	l := startLink(socketURL(relay), 7, events)
	t.Cleanup(func() {
		l.close(protocol.CloseNormal)
		l.abort()
		<-l.done
	})
	return l, events
}

func next[E client.Event](t *testing.T, events <-chan client.Event) E {
	t.Helper()
	select {
	case ev := <-events:
		e, ok := ev.(E)
		if !ok {
			t.Fatalf("got %#v, want a %T", ev, e)
		}
		return e
	case <-time.After(patience):
		t.Fatal("no event comes")
	}
	panic("not reached")
}

// open waits until the link is open.
func open(t *testing.T, l *link, events <-chan client.Event) {
	t.Helper()
	if ev := next[client.Opened](t, events); ev.Gen != 7 {
		t.Errorf("got generation %d", ev.Gen)
	}
	l.opened = true
}

func ended(t *testing.T, l *link) {
	t.Helper()
	select {
	case <-l.done:
	case <-time.After(patience):
		t.Fatal("the link does not end")
	}
}

func TestLinkReadsAndWrites(t *testing.T) {
	relay := serve(t, func(ctx context.Context, conn *websocket.Conn) {
		_ = conn.Write(ctx, websocket.MessageBinary, []byte("not for version 1"))
		for {
			kind, data, err := conn.Read(ctx)
			if err != nil {
				return
			}
			_ = conn.Write(ctx, kind, data)
		}
	})
	l, events := dialled(t, relay)
	open(t, l, events)
	for i := range 100 {
		l.write([]byte(strconv.Itoa(i)))
	}
	for i := range 100 {
		if ev := next[client.Received](t, events); string(ev.Data) != strconv.Itoa(i) || ev.Gen != 7 {
			t.Fatalf("got %q of generation %d, want %d", ev.Data, ev.Gen, i)
		}
	}
}

func TestLinkBoundsWhatItReads(t *testing.T) {
	relay := serve(t, func(ctx context.Context, conn *websocket.Conn) {
		_ = conn.Write(ctx, websocket.MessageText, []byte(strings.Repeat("a", relayFrameBytesMax)))
		_ = conn.Write(ctx, websocket.MessageText, []byte(strings.Repeat("b", relayFrameBytesMax+1)))
		_, _, _ = conn.Read(ctx)
	})
	l, events := dialled(t, relay)
	open(t, l, events)
	if ev := next[client.Received](t, events); len(ev.Data) != relayFrameBytesMax {
		t.Errorf("got %d bytes", len(ev.Data))
	}
	next[client.Closed](t, events)
	ended(t, l)
}

func TestLinkReportsThePeersClose(t *testing.T) {
	tests := []struct {
		name string
		end  func(*websocket.Conn)
		want client.Closed
	}{
		{"a code of the protocol", func(c *websocket.Conn) { _ = c.Close(4401, "get a new token") },
			client.Closed{Gen: 7, Code: protocol.CloseUnauthorized, Reason: "get a new token"}},
		{"going away", func(c *websocket.Conn) { _ = c.Close(1001, "") },
			client.Closed{Gen: 7, Code: protocol.CloseGoingAway}},
		{"no close frame", func(c *websocket.Conn) { _ = c.CloseNow() }, client.Closed{Gen: 7}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			relay := serve(t, func(ctx context.Context, conn *websocket.Conn) {
				_ = conn.Write(ctx, websocket.MessageText, []byte("last words"))
				test.end(conn)
			})
			l, events := dialled(t, relay)
			open(t, l, events)
			next[client.Received](t, events)
			if got := next[client.Closed](t, events); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			ended(t, l)
			l.write([]byte("too late")) // harmless
		})
	}
}

func TestLinkWritesAllFramesBeforeItCloses(t *testing.T) {
	const frames = 50
	got := make(chan int, 1)
	how := make(chan websocket.StatusCode, 1)
	relay := serve(t, func(ctx context.Context, conn *websocket.Conn) {
		n := 0
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				got <- n
				how <- websocket.CloseStatus(err)
				return
			}
			n++
			_ = conn.Write(ctx, websocket.MessageText, []byte("nobody wants this any more"))
		}
	})
	l, events := dialled(t, relay)
	open(t, l, events)
	for range frames {
		l.write([]byte("{}"))
	}
	l.close(protocol.CloseNormal)
	ended(t, l) // even though nobody takes its events
	if n, code := <-got, <-how; n != frames || code != websocket.StatusNormalClosure {
		t.Errorf("the peer got %d of %d frames, then %v", n, frames, code)
	}
}

func TestRefusedDial(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	refuse := func(status int) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil) // answers without a subprotocol
		if err == nil {
			_, _, _ = conn.Read(r.Context())
		}
	}))
	t.Cleanup(other.Close)

	for _, test := range []struct {
		name, relay string
		status      int
	}{
		{"another version", refuse(426), 426},
		{"another origin", refuse(403), 403},
		{"nobody listens", "http://" + nobody.Addr().String(), 0},
		{"not an address", "nowhere", 0},
		{"no subprotocol", other.URL, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, events := dialled(t, test.relay)
			ev := next[client.DialFailed](t, events)
			if ev.Gen != 7 || ev.Status != test.status || ev.Err == nil {
				t.Errorf("got %+v", ev)
			}
			ended(t, l)
		})
	}
}

// TestSpeaksOnlyOthers checks the answers to a plain request, by which a page finds out why an upgrade was refused.
func TestSpeaksOnlyOthers(t *testing.T) {
	problem := func(supported ...string) []byte {
		p := protocol.Problem{Status: 426, Code: protocol.CodeBadRequest, Supported: supported}
		return p.Append(nil)
	}
	for _, test := range []struct {
		name   string
		answer answer
		want   bool
	}{
		{"newer only", answer{status: 426, body: problem("hallway.v3", "hallway.v2")}, true},
		{"this one, too", answer{status: 426, body: problem("hallway.v2", protocol.Subprotocol)}, false},
		{"none named", answer{status: 426, body: problem()}, false},
		{"no problem document", answer{status: 426, body: []byte("Upgrade Required")}, false},
		{"draining", answer{status: 503, body: problem("hallway.v2")}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := speaksOnlyOthers(test.answer); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestDialIsAborted(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	l, _ := dialled(t, "http://"+silent.Addr().String())
	peer, err := silent.Accept() // the peer never answers
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	l.close(protocol.CloseNormal)
	ended(t, l)
}

// deaf starts a server that accepts one connection, and then neither reads nor writes.
func deaf(t *testing.T) (relay string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	t.Cleanup(func() { close(over); listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		upgrader := ws.Upgrader{Protocol: func(p []byte) bool { return string(p) == protocol.Subprotocol }}
		if _, err := upgrader.Upgrade(conn); err != nil {
			t.Error(err)
		}
		<-over
	}()
	return "http://" + listener.Addr().String()
}

func TestDeafPeerIsClosed(t *testing.T) {
	l, events := dialled(t, deaf(t))
	open(t, l, events)
	l.write([]byte("{}"))
	l.close(protocol.CloseNormal)
	ended(t, l)
}

func TestDeafPeerThatTakesNoFrames(t *testing.T) {
	l, events := dialled(t, deaf(t))
	open(t, l, events)
	frame := []byte(strings.Repeat("a", protocol.FrameBytesMax))
	for l.ctx.Err() == nil { // more than the network's buffers and the queue hold
		l.write(frame)
	}
	if ev := next[client.Closed](t, events); ev.Code != 0 {
		t.Errorf("got %+v", ev)
	}
	ended(t, l)
}

// TestDriverLeavesAnOldLinkBehind checks that the driver dials again while the old peer does not answer
// the close.
func TestDriverLeavesAnOldLinkBehind(t *testing.T) {
	relay := deaf(t)
	opened := make(chan struct{})
	c := &scriptedCore{script: func(ev client.Event) []client.Effect {
		switch ev.(type) {
		case client.Started:
			return []client.Effect{client.Dial{Gen: 1}}
		case client.Opened:
			close(opened)
			return []client.Effect{
				client.CloseSocket{Gen: 1, Code: protocol.CloseNormal},
				client.Write{Gen: 1, Data: []byte("too late")},
				client.Dial{Gen: 2}, // nobody accepts it
				client.CloseSocket{Gen: 1, Code: protocol.CloseNormal},
			}
		case client.Online:
			return []client.Effect{client.CloseSocket{Gen: 2}, client.Changed{}}
		}
		return nil
	}}
	changed := make(chan struct{}, 1)
	d := start(Options{Relay: relay, OnChange: func(client.Snapshot) { changed <- struct{}{} }}, c)
	<-opened
	d.Do(client.Online{})
	<-changed
	d.Close()
	if closed := heard[client.Closed](c); len(closed) > 0 {
		t.Errorf("the core gets an event of a link that it has closed: %v", closed)
	}
}
