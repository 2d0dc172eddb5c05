package conn_test

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"hallway/relay/conn"
	"hallway/relay/hub"
)

// These tests check the times of the portable transport, in virtual time and over pipes: a write of one end waits until
// the other reads.

// recorder is a Handler whose calls are checked when all goroutines of the bubble wait.
type recorder struct {
	conn   hub.Conn
	closed bool
}

func (r *recorder) Received([]byte) {}
func (r *recorder) Heard()          {}
func (r *recorder) Busy() bool      { return false }
func (r *recorder) Closed()         { r.closed = true }

// connect runs a connection in a test's bubble.
func connect(t *testing.T) (net.Conn, *recorder) {
	t.Helper()
	client, relay := net.Pipe()
	r := &recorder{}
	go conn.NewPortable(frameBytesMax).Serve(relay, func(c hub.Conn) conn.Handler {
		r.conn = c
		return r
	})
	t.Cleanup(func() { client.Close() })
	synctest.Wait()
	return client, r
}

func TestPortableCloseUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, r := connect(t)
		r.conn.Close(1001, "")
		if got := readFrame(t, client); got != "close 1001" {
			t.Fatalf("got %q", got)
		}
		start := time.Now()
		if _, err := client.Write(append(text("deaf"), frame(ws.OpPing, true, "")...)); err != nil {
			t.Fatal(err)
		}
		if got := readFrame(t, client); got != "EOF" {
			t.Fatalf("got %q", got)
		}
		if d := time.Since(start); d != conn.CloseTimeout {
			t.Errorf("cut after %v, want %v", d, conn.CloseTimeout)
		}
	})
}

// TestPortableDoesNotAwaitTheSilent checks that a peer that was silent for too long is cut at once.
func TestPortableDoesNotAwaitTheSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, r := connect(t)
		start := time.Now()
		r.conn.Close(4408, "nothing heard")
		if got := readFrame(t, client); got != "close 4408 nothing heard" {
			t.Fatalf("got %q", got)
		}
		if got := readFrame(t, client); got != "EOF" || time.Since(start) != 0 {
			t.Errorf("got %q after %v, want the end at once", got, time.Since(start))
		}
	})
}

func TestPortableGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, r := connect(t)
		g := conn.NewPortable(frameBytesMax).NewGroup("lobby")
		g.Add(r.conn)
		r.conn.Send([]byte("first"))
		synctest.Wait()
		g.Send([][]byte{[]byte("a"), []byte("b")})
		r.conn.Send([]byte("c"))
		g.Send([][]byte{[]byte("d")})
		if got := readFrame(t, client); got != "text first" {
			t.Fatalf("got %q", got)
		}
		buf := make([]byte, 1000)
		n, err := client.Read(buf) // one read yields one write of a pipe
		if want := "\x81\x01a\x81\x01b\x81\x01c\x81\x01d"; err != nil || string(buf[:n]) != want {
			t.Errorf("one write of %q (%v), want %q", buf[:n], err, want)
		}
	})
}

func TestPortableDeadConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r := connect(t)
		start := time.Now()
		r.conn.Send([]byte("anyone there?"))
		time.Sleep(conn.WriteTimeout)
		synctest.Wait()
		if !r.closed || time.Since(start) != conn.WriteTimeout {
			t.Errorf("closed %v", r.closed)
		}
	})
}
