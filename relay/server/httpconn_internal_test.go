package server

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"hallway/relay/guard"
)

// TestDeadlinesOfTheClosed checks that setting a deadline on a cut connection returns no error, because Fiber would
// panic.
func TestDeadlinesOfTheClosed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dialled, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	dialled.Close()
	c := &httpConn{Conn: dialled, places: guard.NewPlaces(0, nil)}
	if err := errors.Join(c.SetReadDeadline(time.Now()), c.SetWriteDeadline(time.Now())); err != nil {
		t.Error(err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a write tells %v", err)
	}
}

// TestCutHalfIsClosed checks that no more bytes can be written to it.
func TestCutHalfIsClosed(t *testing.T) {
	cuts := 0
	s := &site{halves: guard.NewHalves[netip.Addr](100), cuts: func(string) { cuts++ }}
	begin := func(bytes int) *httpConn {
		here, there := net.Pipe()
		t.Cleanup(func() { here.Close() })
		c := &httpConn{Conn: there, site: s}
		c.half = guard.NewHalf[netip.Addr](c.Cut)
		c.charge(bytes)
		return c
	}
	first := begin(60)
	begin(60)
	if cuts != 1 {
		t.Errorf("%d are cut", cuts)
	}
	if _, err := first.Write([]byte("x")); err == nil {
		t.Error("one that has given way is still there")
	}
}
