package conn_test

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"hallway/relay/conn"
	"hallway/relay/hub"
)

const (
	frameBytesMax = 1000
	// patience is the time that a test waits for an expected event before it fails.
	patience = 2 * time.Minute
	// heardMax is the number of unread calls of a handler.
	heardMax = 10_000
)

// kind is a transport that the conformance suite runs on.
type kind struct {
	conns string // the type of its connections
	make  func() conn.Transport
}

var portable = kind{"*conn.conn", func() conn.Transport { return conn.NewPortable(frameBytesMax) }}

// onEach runs a test on each transport.
func onEach(t *testing.T, test func(*testing.T, *site)) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			s := &site{Transport: kind.make(), conns: kind.conns}
			t.Cleanup(s.Close)
			test(t, s)
		})
	}
}

// site is a transport with sockets for tests.
type site struct {
	conn.Transport
	conns   string // as in kind
	sockets int    // the bytes of a socket's buffers; 0: the system's choice
	busy    atomic.Bool
	note    func(data string) // unless nil, each handler calls it with a message before it hears the message
}

// ear is a Handler that reports its calls.
type ear chan string

func (e ear) Received(data []byte) { e <- string(data) }
func (e ear) Heard()               { e <- "·" }
func (e ear) Busy() bool           { return false }
func (e ear) Closed()              { close(e) }

// listener is an ear that may be busy.
type listener struct {
	ear
	site *site
}

func (l listener) Busy() bool { return l.site.busy.Load() }

func (l listener) Received(data []byte) {
	if l.site.note != nil {
		l.site.note(string(data))
	}
	l.ear.Received(data)
}

// caller is the client's end of a connection over the loopback.
type caller struct {
	*testing.T
	*net.TCPConn
	conn  hub.Conn // the relay's end
	heard ear
}

// call makes a connection of which the relay has already read the early bytes.
func (s *site) call(t *testing.T, early ...byte) *caller {
	t.Helper()
	client, relay := socketPair(t)
	if s.sockets > 0 {
		if err := client.SetReadBuffer(s.sockets); err != nil {
			t.Fatal(err)
		}
		if err := relay.SetWriteBuffer(s.sockets); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c := &caller{t, client, nil, make(ear, heardMax)}
	var nc net.Conn = relay
	if early != nil {
		nc = &conn.Early{Conn: relay, Bytes: early}
	}
	taken := make(chan hub.Conn, 1)
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve(nc, func(hc hub.Conn) conn.Handler {
			taken <- hc
			return listener{c.heard, s}
		})
	}()
	c.conn = <-taken
	if got := fmt.Sprintf("%T", c.conn); s.conns != "" && got != s.conns {
		t.Fatalf("it is served as a %s, want a %s", got, s.conns)
	}
	t.Cleanup(func() {
		client.Close()
		for range c.heard { // until it is closed
		}
		<-served
	})
	return c
}

// socketPair returns the two ends of a connection.
func socketPair(t *testing.T) (client, relay *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dialed, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return dialed.(*net.TCPConn), accepted.(*net.TCPConn)
}

func frame(op ws.OpCode, fin bool, payload string) []byte {
	return ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(op, fin, []byte(payload))))
}

func text(s string) []byte { return frame(ws.OpText, true, s) }

func closing(code ws.StatusCode, reason string) []byte {
	return frame(ws.OpClose, true, string(ws.NewCloseFrameBody(code, reason)))
}

// write sends raw bytes.
func (c *caller) write(frames ...[]byte) {
	c.Helper()
	if _, err := c.Write(slices.Concat(frames...)); err != nil {
		c.Fatal(err)
	}
}

// read returns the next frame from the relay: "text hi", "pong hi", "close
// 1000 why", or the error.
func (c *caller) read() string {
	c.Helper()
	return readFrame(c.T, c.TCPConn)
}

func readFrame(t *testing.T, r io.Reader) string {
	t.Helper()
	h, err := ws.ReadHeader(r)
	if err != nil {
		return err.Error()
	}
	if h.Masked || !h.Fin || h.Rsv != 0 {
		t.Errorf("a bad header: %+v", h)
	}
	body := make([]byte, h.Length)
	if _, err := io.ReadFull(r, body); err != nil {
		return err.Error()
	}
	switch h.OpCode {
	case ws.OpText:
		return "text " + string(body)
	case ws.OpPong:
		return "pong " + string(body)
	case ws.OpClose:
		code, reason := ws.ParseCloseFrameData(body)
		return strings.TrimSpace(fmt.Sprintf("close %d %s", code, reason))
	default:
		return fmt.Sprintf("opcode %d", h.OpCode)
	}
}

func (c *caller) want(frames ...string) {
	c.Helper()
	for _, want := range frames {
		if got := c.read(); got != want {
			c.Fatalf("got %.80q, want %.80q", got, want)
		}
	}
}

// wantHeard waits for the next calls of the handler.
func (c *caller) wantHeard(want ...string) {
	c.Helper()
	for _, want := range want {
		select {
		case got, ok := <-c.heard:
			if !ok || got != want {
				c.Fatalf("heard %.80q (%v), want %.80q", got, ok, want)
			}
		case <-time.After(patience):
			c.Fatalf("heard nothing, want %.80q", want)
		}
	}
}

// wantEnd checks that the relay has cut the connection, that the handler learnt of it, and that no other call came.
func (c *caller) wantEnd() {
	c.Helper()
	c.want("EOF")
	c.wantClosed()
}

func (c *caller) wantClosed() {
	c.Helper()
	select {
	case got, ok := <-c.heard:
		if ok {
			c.Fatalf("heard %.80q, want the end", got)
		}
	case <-time.After(patience):
		c.Fatal("the handler was not told the end")
	}
}
