package server

import (
	"errors"
	"net"
	"testing"
	"time"
)

// TestDeadlinesOfTheClosed: Fiber panics where a deadline cannot be set, and who gives
// way is closed behind its back.
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
	c := &httpConn{Conn: dialled, places: &places{}}
	if err := errors.Join(c.SetReadDeadline(time.Now()), c.SetWriteDeadline(time.Now())); err != nil {
		t.Error(err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a write tells %v", err)
	}
}
