package conn_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"hallway/relay/conn"
	"hallway/relay/hub"
)

func TestGroup(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		g := s.NewGroup("lobby")
		callers := []*caller{s.call(t), s.call(t), s.call(t)}
		for _, c := range callers {
			g.Add(c.conn)
			g.Add(c.conn)
		}
		g.Send([][]byte{[]byte("all"), []byte("of you")})
		g.Remove(callers[0].conn)
		g.Remove(callers[0].conn)
		g.Send([][]byte{[]byte("two")})
		callers[0].conn.Send([]byte("alone"))
		callers[0].want("text all", "text of you", "text alone")
		callers[1].want("text all", "text of you", "text two")
		callers[2].want("text all", "text of you", "text two")
	})
}

// TestOrder checks that each connection gets its frames, for random calls of the hub: a room's frames in order, and its
// own frames in order with those of all its rooms.
func TestOrder(t *testing.T) {
	const connections, rooms, steps = 8, 3, 3000
	onEach(t, func(t *testing.T, s *site) {
		r := rand.New(rand.NewPCG(3, 4))
		callers := make([]*caller, connections)
		want := make([][]string, connections)
		groups := make([]hub.Group, rooms)
		var in [rooms][connections]bool
		for i := range callers {
			callers[i] = s.call(t)
		}
		for g := range groups {
			groups[g] = s.NewGroup(fmt.Sprint(g))
		}
		for n := range steps {
			i, g := r.IntN(connections), r.IntN(rooms)
			out := -1
			switch r.IntN(8) {
			case 0:
				groups[g].Add(callers[i].conn)
				in[g][i] = true
			case 1:
				groups[g].Remove(callers[i].conn)
				in[g][i] = false
			case 2:
				callers[i].conn.Send(fmt.Append(nil, n))
				want[i] = append(want[i], fmt.Sprint("text ", n))
			case 3:
				if !in[g][i] {
					continue
				}
				out = i // left out of this Send
				fallthrough
			default:
				first, second := fmt.Sprintf("room %d: %d", g, n), fmt.Sprintf("room %d: again %d", g, n)
				if out >= 0 {
					groups[g].Remove(callers[out].conn)
				}
				groups[g].Send([][]byte{[]byte(first), []byte(second)})
				if out >= 0 {
					groups[g].Add(callers[out].conn)
				}
				for i := range callers {
					if in[g][i] && i != out {
						want[i] = append(want[i], "text "+first, "text "+second)
					}
				}
			}
		}
		for i, c := range callers {
			got := make([]string, len(want[i]))
			for j := range got {
				got[j] = c.read()
			}
			if got, want := byRoom(got), byRoom(want[i]); !slices.Equal(got, want) {
				t.Errorf("connection %d got %q, want %q", i, got, want)
			}
		}
	})
}

// byRoom sorts the frames of different rooms between two frames of the connection itself, because their order is
// undefined.
func byRoom(frames []string) []string {
	const room = "text room N"
	own := func(f string) bool { return !strings.HasPrefix(f, room[:len(room)-1]) }
	for from := 0; from < len(frames); from++ {
		to := from
		for to < len(frames) && !own(frames[to]) {
			to++
		}
		slices.SortStableFunc(frames[from:to], func(a, b string) int {
			return strings.Compare(a[:len(room)], b[:len(room)])
		})
		from = to
	}
	return frames
}

// TestSlowConsumer checks that a connection that does not read is dropped, while the others go on.
func TestSlowConsumer(t *testing.T) {
	piece := strings.Repeat("x", 50<<10)
	onEach(t, func(t *testing.T, s *site) {
		g := s.NewGroup("lobby")
		quick := s.call(t)
		s.sockets = 4 << 10
		slow := s.call(t)
		g.Add(slow.conn)
		g.Add(quick.conn)
		for range 12 { // twice the pending bytes, and soon: after its end the slow one has little time to read the reason
			g.Send([][]byte{[]byte(piece)})
			quick.want("text " + piece)
		}
		// It reads again: first the complete frames under way, then the reason of the close.
		got := slow.read()
		for got == "text "+piece {
			got = slow.read()
		}
		if want := "close 4409 too slow, catch up"; got != want {
			t.Fatalf("got %.80q, want %q", got, want)
		}
		slow.write(closing(4409, ""))
		slow.wantEnd()
		g.Send([][]byte{[]byte("on")})
		quick.want("text on")
	})
}

// TestPingsUnread checks that a connection that pings and never reads is dropped, too.
func TestPingsUnread(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.sockets = 4 << 10
		c := s.call(t)
		go func() {
			for range c.heard {
			}
		}()
		ping := bytes.Repeat(frame(ws.OpPing, true, strings.Repeat("p", 125)), 1000)
		for range 6 {
			c.write(ping)
		}
		pong := "pong " + strings.Repeat("p", 125)
		got := c.read()
		for got == pong {
			got = c.read()
		}
		if want := "close 4409 too slow, catch up"; got != want {
			t.Fatalf("got %.80q, want %q", got, want)
		}
	})
}

// TestLargePiece checks that a large burst in a room does not drop connections that keep up.
func TestLargePiece(t *testing.T) {
	piece := strings.Repeat("x", 4*conn.PendingBytesMax)
	onEach(t, func(t *testing.T, s *site) {
		s.sockets = 32 << 10
		c := s.call(t)
		for range 3 {
			c.conn.Send([]byte(piece))
			c.want("text " + piece)
		}
	})
}
