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

// These tests check the promises of a transport, on real sockets.

func TestMessages(t *testing.T) {
	full := strings.Repeat("x", frameBytesMax)
	for name, test := range map[string]struct {
		write [][]byte
		heard []string
	}{
		"whole":                {[][]byte{text("one"), text("two")}, []string{"one", "two"}},
		"empty":                {[][]byte{text("")}, []string{""}},
		"as large as may be":   {[][]byte{text(full)}, []string{full}},
		"in fragments":         {[][]byte{frame(ws.OpText, false, "fra"), frame(ws.OpContinuation, false, ""), frame(ws.OpContinuation, true, "gments")}, []string{"·", "·", "fragments"}},
		"a rune in two":        {[][]byte{frame(ws.OpText, false, "\xc3"), frame(ws.OpContinuation, true, "\xa9")}, []string{"·", "é"}},
		"a pong between":       {[][]byte{frame(ws.OpText, false, "a"), frame(ws.OpPong, true, ""), frame(ws.OpContinuation, true, "b")}, []string{"·", "·", "ab"}},
		"fragments as a whole": {[][]byte{frame(ws.OpText, false, full[1:]), frame(ws.OpContinuation, true, "x")}, []string{"·", full}},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				c := s.call(t)
				c.write(test.write...)
				c.wantHeard(test.heard...)
				// The bytes may arrive in any pieces,
				for _, b := range slices.Concat(test.write...) {
					c.write([]byte{b})
				}
				c.wantHeard(test.heard...)
				// even together with the handshake.
				all := slices.Concat(test.write...)
				for _, n := range []int{1, len(all) - 1, len(all)} {
					c = s.call(t, all[:n]...)
					c.write(all[n:])
					c.wantHeard(test.heard...)
				}
			})
		})
	}
}

// TestMany sends messages of all lengths, in pieces of all lengths.
func TestMany(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		r := rand.New(rand.NewPCG(1, 2))
		var want []string
		var stream []byte
		for n := range frameBytesMax {
			want = append(want, strings.Repeat(string(rune('a'+n%26)), n))
			stream = append(stream, text(want[n])...)
		}
		c := s.call(t)
		for len(stream) > 0 {
			n := min(1+r.IntN(5000), len(stream))
			c.write(stream[:n])
			stream = stream[n:]
		}
		c.wantHeard(want...)
	})
}

func TestPing(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.call(t)
		c.write(frame(ws.OpPing, true, ""))
		c.want("pong ")
		c.write(frame(ws.OpText, false, "a"), frame(ws.OpPing, true, "between"))
		c.want("pong between")
		c.write(frame(ws.OpContinuation, true, "b"), frame(ws.OpPing, true, strings.Repeat("p", 125)))
		c.want("pong " + strings.Repeat("p", 125))
		c.wantHeard("·", "·", "·", "ab", "·")
	})
}

func TestViolations(t *testing.T) {
	rsv := func(frame ws.Frame, bits byte) []byte {
		frame.Header.Rsv = bits
		return ws.MustCompileFrame(ws.MaskFrame(frame))
	}
	var huge bytes.Buffer
	if err := ws.WriteHeader(&huge, ws.Header{Fin: true, OpCode: ws.OpText, Masked: true, Length: 1 << 40}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		write [][]byte
		code  int
	}{
		"not masked":                 {[][]byte{ws.MustCompileFrame(ws.NewTextFrame([]byte("x")))}, 1002},
		"a reserved opcode":          {[][]byte{frame(3, true, "x")}, 1002},
		"another":                    {[][]byte{frame(7, true, "")}, 1002},
		"a reserved control opcode":  {[][]byte{frame(11, true, "x")}, 1002},
		"the first reserved bit":     {[][]byte{rsv(ws.NewTextFrame([]byte("x")), 4)}, 1002},
		"the last reserved bit":      {[][]byte{rsv(ws.NewTextFrame([]byte("x")), 1)}, 1002},
		"a reserved bit of a ping":   {[][]byte{rsv(ws.NewPingFrame([]byte("x")), 2)}, 1002},
		"a ping in fragments":        {[][]byte{frame(ws.OpPing, false, "x")}, 1002},
		"a ping too long":            {[][]byte{frame(ws.OpPing, true, strings.Repeat("x", 126))}, 1002},
		"a close frame in fragments": {[][]byte{frame(ws.OpClose, false, "\x03\xe8")}, 1002},
		"nothing to continue":        {[][]byte{frame(ws.OpContinuation, true, "x")}, 1002},
		"nothing left to continue":   {[][]byte{frame(ws.OpText, false, ""), frame(ws.OpContinuation, true, ""), frame(ws.OpContinuation, true, "x")}, 1002},
		"not continued":              {[][]byte{frame(ws.OpText, false, "x"), text("y")}, 1002},
		"a negative length":          {[][]byte{{0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}}, 1002},
		"not UTF-8":                  {[][]byte{text("\xff")}, 1007},
		"half a rune":                {[][]byte{frame(ws.OpText, false, "\xc3"), frame(ws.OpContinuation, true, "")}, 1007},
		"a rune broken between":      {[][]byte{frame(ws.OpText, false, "\xce\xba\xe1"), frame(ws.OpContinuation, true, "\xed\xa0\x80")}, 1007},
		"a surrogate":                {[][]byte{text("\xed\xa0\x80")}, 1007},
		"beyond Unicode":             {[][]byte{text("\xf4\x90\x80\x80")}, 1007},
		"binary":                     {[][]byte{frame(ws.OpBinary, true, "{}")}, 4400},
		"too large":                  {[][]byte{text(strings.Repeat("x", frameBytesMax+1))}, 1009},
		"too large by its header":    {[][]byte{huge.Bytes()}, 1009},
		"too large in fragments":     {[][]byte{frame(ws.OpText, false, strings.Repeat("x", frameBytesMax)), frame(ws.OpContinuation, true, "x")}, 1009},
		"a close code of one byte":   {[][]byte{frame(ws.OpClose, true, "\x03")}, 1002},
		"a close reason not UTF-8":   {[][]byte{closing(1000, "\xff")}, 1007},
		"close code 0":               {[][]byte{closing(0, "")}, 1002},
		"close code 999":             {[][]byte{closing(999, "")}, 1002},
		"close code 1004":            {[][]byte{closing(1004, "")}, 1002},
		"close code 1005":            {[][]byte{closing(1005, "")}, 1002},
		"close code 1006":            {[][]byte{closing(1006, "")}, 1002},
		"close code 1015":            {[][]byte{closing(1015, "")}, 1002},
		"close code 1016":            {[][]byte{closing(1016, "")}, 1002},
		"close code 2999":            {[][]byte{closing(2999, "")}, 1002},
		"close code 5000":            {[][]byte{closing(5000, "")}, 1002},
		"close code 65535":           {[][]byte{closing(65535, "")}, 1002},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				c := s.call(t)
				c.write(text("before"))
				c.wantHeard("before")
				c.write(test.write...)
				if got, want := c.read(), fmt.Sprintf("close %d ", test.code); !strings.HasPrefix(got, want) {
					t.Fatalf("got %q, want %q", got, want)
				}
				if err := c.CloseWrite(); err != nil {
					t.Fatal(err)
				}
				c.want("EOF")
				for heard := range c.heard {
					if heard != "·" && heard != "" {
						t.Errorf("heard %.80q", heard)
					}
				}
			})
		})
	}
}

func TestPeerCloses(t *testing.T) {
	for name, test := range map[string]struct {
		write []byte
		want  string
	}{
		"with a code":        {closing(1000, "bye"), "close 1000"},
		"with the longest":   {closing(1011, strings.Repeat("x", 123)), "close 1011"},
		"with a library's":   {closing(3000, ""), "close 3000"},
		"with a private one": {closing(4999, ""), "close 4999"},
		"without":            {frame(ws.OpClose, true, ""), "close 0"},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				c := s.call(t)
				c.conn.Send([]byte("pending"))
				c.want("text pending")
				c.write(text("last"), test.write, text("too late"))
				c.wantHeard("last")
				c.want(test.want)
				c.wantClosed()
			})
		})
	}
}

// TestPeerVanishes checks that the handler learns of the end once, and that later frames of the hub are dropped.
func TestPeerVanishes(t *testing.T) {
	for name, end := range map[string]func(*caller) error{
		"by closing":   func(c *caller) error { return c.TCPConn.Close() },
		"half":         func(c *caller) error { return c.CloseWrite() },
		"with a reset": func(c *caller) error { _ = c.SetLinger(0); return c.TCPConn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				c := s.call(t)
				g := s.NewGroup("lobby")
				g.Add(c.conn)
				c.write(frame(ws.OpText, false, "not whole"))
				c.wantHeard("·")
				if err := end(c); err != nil {
					t.Fatal(err)
				}
				c.wantClosed()
				c.conn.Send([]byte("nothing"))
				g.Send([][]byte{[]byte("nothing")})
				g.Remove(c.conn)
				g.Add(c.conn)
				g.Send([][]byte{[]byte("nothing")})
				c.conn.Close(1000, "")
			})
		})
	}
}

// TestSend sends frames with each form of a length, from one buffer whose content changes after each.
func TestSend(t *testing.T) {
	lengths := []int{0, 1, 125, 126, 1<<16 - 1, 1 << 16}
	onEach(t, func(t *testing.T, s *site) {
		c := s.call(t)
		buffer := make([]byte, 1<<16)
		for i, n := range lengths {
			copy(buffer[:n], bytes.Repeat([]byte{byte('a' + i)}, n))
			c.conn.Send(buffer[:n])
		}
		for i, n := range lengths {
			c.want("text " + strings.Repeat(string(rune('a'+i)), n))
		}
	})
}

func TestRelayCloses(t *testing.T) {
	long := strings.Repeat("é", 100)
	onEach(t, func(t *testing.T, s *site) {
		c := s.call(t)
		c.conn.Send([]byte("one"))
		c.conn.Send([]byte("two"))
		c.conn.Close(4401, long)
		c.conn.Close(4408, "too late")
		c.conn.Send([]byte("too late"))
		c.want("text one", "text two", "close 4401 "+long[:122])
		c.write(text("on its way"), frame(ws.OpPing, true, ""), ws.MustCompileFrame(ws.NewTextFrame([]byte("no mask"))))
		c.write(closing(4401, ""))
		c.wantEnd()
	})
}

// TestRelayClosesAtOnce closes a connection before any frame, and maybe before the transport has begun with it.
func TestRelayClosesAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		client, relay := socketPair(t)
		defer client.Close()
		heard := make(ear, heardMax)
		go s.Serve(&conn.Early{Conn: relay, Bytes: text("early")}, func(c hub.Conn) conn.Handler {
			c.Send([]byte("sorry"))
			c.Close(1001, "")
			return heard
		})
		for _, want := range []string{"text sorry", "close 1001"} {
			if got := readFrame(t, client); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		if _, err := client.Write(closing(1001, "")); err != nil {
			t.Fatal(err)
		}
		if got := readFrame(t, client); got != "EOF" {
			t.Fatalf("got %q, want the end", got)
		}
		for got := range heard {
			t.Errorf("heard %q", got)
		}
	})
}
