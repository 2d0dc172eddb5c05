package conn_test

import (
	"strings"
	"testing"
	"time"
)

// TestRest: what is sent to a connection that rests is heard later, in small
// pieces and in order, and nobody else waits for it.
func TestRest(t *testing.T) {
	const rest = 300 * time.Millisecond
	onEach(t, func(t *testing.T, s *site) {
		resting, other := s.call(t), s.call(t)
		began := time.Now()
		resting.conn.Rest(rest)
		var want []string
		for range 10 {
			want = append(want, strings.Repeat("x", frameBytesMax))
			resting.write(text(want[0]))
		}
		other.write(text("one"))
		other.wantHeard("one")
		resting.wantHeard(want[0])
		if took := time.Since(began); took < rest {
			t.Errorf("heard after %v, want %v", took, rest)
		}
		resting.wantHeard(want[1:]...)
		resting.conn.Send([]byte("still here"))
		resting.want("text still here")
	})
}

// TestRestEnds: the end of a connection that rests is noticed all the same.
func TestRestEnds(t *testing.T) {
	for name, end := range map[string]func(*caller){
		"by a close frame": func(c *caller) { c.write(closing(1000, "")) },
		"with a reset":     func(c *caller) { _ = c.SetLinger(0); _ = c.TCPConn.Close() },
		"by the relay":     func(c *caller) { c.conn.Close(4401, "") },
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				c := s.call(t)
				c.conn.Rest(100 * time.Millisecond)
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
