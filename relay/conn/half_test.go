package conn_test

import (
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/conn"
)

// onLarge runs a test on each transport, with messages of the size that relays take.
func onLarge(t *testing.T, test func(*testing.T, *site)) {
	for name, begin := range map[string]func() conn.Transport{
		"portable":           func() conn.Transport { return conn.NewPortable(protocol.FrameBytesMax) },
		"that of the system": func() conn.Transport { return conn.New(protocol.FrameBytesMax) },
	} {
		t.Run(name, func(t *testing.T) {
			s := &site{Transport: begin()}
			t.Cleanup(s.Close)
			test(t, s)
		})
	}
}

// beginning returns the beginning of a masked frame of length bytes, with there bytes of payload.
func beginning(op ws.OpCode, fin bool, length, there int) []byte {
	whole := frame(op, fin, strings.Repeat("x", length))
	return whole[:len(whole)-length+there]
}

// TestMessagesBeforeAdmissionAreSmall checks that before the hub admits a connection a message is at most as large as a hello,
// and that a larger one is refused by its header.
func TestMessagesBeforeAdmissionAreSmall(t *testing.T) {
	const most = protocol.HelloBytesMax
	onLarge(t, func(t *testing.T, s *site) {
		for name, refused := range map[string][]byte{
			"by its header": beginning(ws.OpText, true, most+1, 0),
			"the largest":   beginning(ws.OpText, true, protocol.FrameBytesMax, 10),
			"in fragments":  append(frame(ws.OpText, false, strings.Repeat("x", most)), beginning(ws.OpContinuation, true, 1, 0)...),
			"after another": append(text("x"), beginning(ws.OpText, true, most+1, 100)...),
		} {
			t.Run(name, func(t *testing.T) {
				c := s.call(t)
				c.write(refused)
				c.want("close 1009 the message is too large")
			})
		}
		c := s.call(t)
		hello := strings.Repeat("h", most)
		c.write(text(hello))
		c.wantHeard(hello)
		c.conn.Admit()
		large := strings.Repeat("l", protocol.FrameBytesMax)
		c.write(text(large))
		c.wantHeard(large)
	})
}

// TestHalfMessagesAreBounded checks that a transport bounds the bytes of all incomplete messages: the oldest connection
// is cut, and later ones are heard.
func TestHalfMessagesAreBounded(t *testing.T) {
	const most = 1 << 20
	half, rest := frame(ws.OpText, false, strings.Repeat("x", protocol.FrameBytesMax-1)), frame(ws.OpContinuation, true, "x")
	onLarge(t, func(t *testing.T, s *site) {
		conn.LimitHalves(s.Transport, most)
		var callers []*caller
		for range most/len(half) + 5 {
			c := s.call(t)
			c.conn.Admit()
			c.write(half, frame(ws.OpPing, true, "read"))
			c.want("pong read")
			c.wantHeard("·", "·")
			callers = append(callers, c)
		}
		for _, c := range callers[:5] {
			c.want("close 4408 the rest of a message has not come in time")
			c.wantClosed()
		}
		last := callers[len(callers)-1]
		last.write(rest)
		if got, ok := <-last.heard; !ok || len(got) != protocol.FrameBytesMax {
			t.Error("the last is not heard")
		}
	})
}
