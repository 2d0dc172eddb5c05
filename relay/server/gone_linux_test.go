package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"
)

// TestRequestOfGoneClientEnds checks that a request whose client is gone is not started, or given up.
func TestRequestOfGoneClientEnds(t *testing.T) {
	s, h := startSlow(t)
	h.heeds = true
	var gone []net.Conn
	for range 20 {
		gone = append(gone, s.asking(searchPath, "gone", "198.51.100.1"))
	}
	begun := runtime.GOMAXPROCS(0)
	for range begun {
		h.next(t)
	}
	s.awaitWaiting(len(gone) - begun)
	for _, nc := range gone {
		nc.Close()
	}
	for range begun {
		select {
		case err := <-h.ended:
			if !errors.Is(err, context.Canceled) { // the store's own time ends it in another way
				t.Errorf("it ended with %v", err)
			}
		case <-time.After(patience):
			t.Fatal("a search goes on that nobody waits for")
		}
	}
	last := s.asking(searchPath, "here", "198.51.100.1")
	if user := h.next(t); user != "here" {
		t.Errorf("a search of %s is begun", user)
	}
	close(h.made)
	if _, err := io.ReadFull(last, make([]byte, 12)); err != nil {
		t.Error(err)
	}
}
