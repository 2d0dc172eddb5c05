package conn_test

import (
	"strings"
	"testing"
	"time"
)

// TestPausedReading checks that frames to a paused connection are heard later, in order and in small pieces, and that
// no other connection waits for them.
func TestPausedReading(t *testing.T) {
	const pause = 300 * time.Millisecond
	onEach(t, func(t *testing.T, s *site) {
		paused, other := s.call(t), s.call(t)
		began := time.Now()
		paused.conn.PauseReading(pause)
		var want []string
		for range 10 {
			want = append(want, strings.Repeat("x", frameBytesMax))
			paused.write(text(want[0]))
		}
		other.write(text("one"))
		other.wantHeard("one")
		paused.wantHeard(want[0])
		if took := time.Since(began); took < pause {
			t.Errorf("heard after %v, want %v", took, pause)
		}
		paused.wantHeard(want[1:]...)
		paused.conn.Send([]byte("still here"))
		paused.want("text still here")
	})
}

// TestRestEnds checks that the end of a paused connection is noticed.
func TestRestEnds(t *testing.T) {
	for name, end := range map[string]func(*caller){
		"by a close frame": func(c *caller) { c.write(closing(1000, "")) },
		"with a reset":     func(c *caller) { _ = c.SetLinger(0); _ = c.TCPConn.Close() },
		"by the relay":     func(c *caller) { c.conn.Close(4401, "") },
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				c := s.call(t)
				c.conn.PauseReading(100 * time.Millisecond)
				c.write(text("unread"))
				end(c)
				if name == "by the relay" {
					c.want("close 4401")
					c.write(closing(4401, ""))
				}
				for range c.heard { // until it is closed
				}
			})
		})
	}
}
