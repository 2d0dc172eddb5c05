package conn_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// TestTurns checks that, while the handler is busy, a connection with few frames is heard before one with many has been
// heard completely, and that all frames of the latter are heard in order.
func TestTurns(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.busy.Store(true)
		var ofLoud atomic.Pointer[caller]
		both, before := make(chan struct{}), make(chan int, 1)
		s.note = func(data string) {
			switch data[:1] {
			case "0":
				<-both // so that no slow machine lets the loud one finish first
			case "o":
				before <- len(ofLoud.Load().heard)
			}
		}
		loud, quiet := s.call(t, text("early")...), s.call(t)
		want := []string{"early"}
		var all []byte
		for i := range 2000 {
			want = append(want, fmt.Sprint(i, strings.Repeat("x", 100)))
			all = append(all, text(want[i+1])...)
		}
		ofLoud.Store(loud)
		loud.write(all)
		quiet.write(text("one"))
		close(both)
		quiet.wantHeard("one")
		if heard := <-before; heard == len(want) {
			t.Error("it was heard behind all of the other's")
		}
		loud.wantHeard(want[0]) // slowly, but it is heard
		s.busy.Store(false)
		loud.wantHeard(want[1:]...)
	})
}

// TestEarlyFrames checks that frames that came with the handshake are heard completely, and before the rest.
func TestEarlyFrames(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		var early, late [][]byte
		var want []string
		for i := range 50 {
			want = append(want, fmt.Sprint("early ", i))
			early = append(early, text(want[i]))
		}
		stream := slices.Concat(early...)
		cut := len(stream) - 5 // in the middle of the last
		c := s.call(t, stream[:cut]...)
		for i := range 50 {
			want = append(want, fmt.Sprint("late ", i))
			late = append(late, text(want[50+i]))
		}
		c.write(stream[cut:], slices.Concat(late...))
		c.wantHeard(want...)
	})
}
