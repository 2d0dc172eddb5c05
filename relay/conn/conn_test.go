package conn_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"hallway/relay/conn"
	"hallway/relay/hub"
)

const frameBytesMax = 1000

// recorder is a Handler that writes down what it hears. It is read when all
// goroutines of the bubble wait.
type recorder struct {
	conn   hub.Conn
	heard  []string
	closed bool
}

func (r *recorder) Received(data []byte) { r.heard = append(r.heard, string(data)) }
func (r *recorder) Heard()               { r.heard = append(r.heard, "·") }
func (r *recorder) Closed()              { r.closed = true }

// peer is the client's end of a connection.
type peer struct {
	*testing.T
	net.Conn
	*recorder
}

// connect runs a connection in a test's bubble, over a pipe: what one end
// writes waits until the other reads it.
func connect(t *testing.T, tr conn.Transport) *peer {
	t.Helper()
	client, server := net.Pipe()
	r := &recorder{}
	go tr.Serve(server, func(c hub.Conn) conn.Handler {
		r.conn = c
		return r
	})
	t.Cleanup(func() { client.Close() })
	synctest.Wait()
	return &peer{t, client, r}
}

func portable() conn.Transport { return conn.NewPortable(frameBytesMax) }

func frame(op ws.OpCode, fin bool, payload string) []byte {
	return ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(op, fin, []byte(payload))))
}

func text(s string) []byte { return frame(ws.OpText, true, s) }

func closing(code ws.StatusCode, reason string) []byte {
	return frame(ws.OpClose, true, string(ws.NewCloseFrameBody(code, reason)))
}

// write sends bytes as they are, and waits until they are dealt with.
func (p *peer) write(frames ...[]byte) {
	p.Helper()
	if _, err := p.Conn.Write(slices.Concat(frames...)); err != nil {
		p.Fatal(err)
	}
	synctest.Wait()
}

// read returns the next frame from the relay: "text hi", "pong hi", "close
// 1000 why".
func (p *peer) read() string {
	p.Helper()
	h, err := ws.ReadHeader(p.Conn)
	if err != nil {
		return err.Error()
	}
	if h.Masked || !h.Fin || h.Rsv != 0 {
		p.Errorf("a bad header: %+v", h)
	}
	body := make([]byte, h.Length)
	if _, err := io.ReadFull(p.Conn, body); err != nil {
		return err.Error()
	}
	switch h.OpCode {
	case ws.OpText:
		return "text " + string(body)
	case ws.OpPong:
		return "pong " + string(body)
	case ws.OpClose:
		code, reason := ws.ParseCloseFrameData(body)
		return strings.TrimSpace(fmt.Sprintf("close %d %s", code, reason))
	default:
		return fmt.Sprintf("opcode %d", h.OpCode)
	}
}

func (p *peer) want(frames ...string) {
	p.Helper()
	for _, want := range frames {
		if got := p.read(); got != want {
			p.Fatalf("got %.80q, want %.80q", got, want)
		}
	}
}

// wantEnd checks that the relay has cut the connection and said so once.
func (p *peer) wantEnd() {
	p.Helper()
	p.want("EOF")
	synctest.Wait()
	if !p.closed {
		p.Error("the handler was not told the end")
	}
}

func (p *peer) wantHeard(want ...string) {
	p.Helper()
	synctest.Wait()
	if !slices.Equal(p.heard, want) {
		p.Fatalf("heard %.80q, want %.80q", p.heard, want)
	}
}

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
			synctest.Test(t, func(t *testing.T) {
				p := connect(t, portable())
				p.write(test.write...)
				p.wantHeard(test.heard...)

				// However the bytes come in.
				p = connect(t, portable())
				for _, b := range slices.Concat(test.write...) {
					p.write([]byte{b})
				}
				p.wantHeard(test.heard...)
			})
		})
	}
}

func TestPing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, portable())
		p.write(frame(ws.OpPing, true, ""))
		p.want("pong ")
		p.write(frame(ws.OpText, false, "a"), frame(ws.OpPing, true, "between"))
		p.want("pong between")
		p.write(frame(ws.OpContinuation, true, "b"))
		p.wantHeard("·", "·", "·", "ab")
	})
}

func TestViolations(t *testing.T) {
	rsv := ws.NewTextFrame([]byte("x"))
	rsv.Header.Rsv = ws.Rsv(true, false, false)
	huge := ws.Header{Fin: true, OpCode: ws.OpText, Masked: true, Length: 1 << 40}
	var hugeHeader bytes.Buffer
	if err := ws.WriteHeader(&hugeHeader, huge); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		write [][]byte
		code  int
	}{
		"not masked":                {[][]byte{ws.MustCompileFrame(ws.NewTextFrame([]byte("x")))}, 1002},
		"a reserved opcode":         {[][]byte{frame(3, true, "x")}, 1002},
		"a reserved control opcode": {[][]byte{frame(11, true, "x")}, 1002},
		"a reserved bit":            {[][]byte{ws.MustCompileFrame(ws.MaskFrame(rsv))}, 1002},
		"a ping in fragments":       {[][]byte{frame(ws.OpPing, false, "x")}, 1002},
		"a ping too long":           {[][]byte{frame(ws.OpPing, true, strings.Repeat("x", 126))}, 1002},
		"nothing to continue":       {[][]byte{frame(ws.OpContinuation, true, "x")}, 1002},
		"not continued":             {[][]byte{frame(ws.OpText, false, "x"), text("y")}, 1002},
		"a negative length":         {[][]byte{{0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}}, 1002},
		"not UTF-8":                 {[][]byte{text("\xff")}, 1007},
		"half a rune":               {[][]byte{frame(ws.OpText, false, "\xc3"), frame(ws.OpContinuation, true, "")}, 1007},
		"a surrogate":               {[][]byte{text("\xed\xa0\x80")}, 1007},
		"binary":                    {[][]byte{frame(ws.OpBinary, true, "{}")}, 4400},
		"too large":                 {[][]byte{text(strings.Repeat("x", frameBytesMax+1))}, 1009},
		"too large by its header":   {[][]byte{hugeHeader.Bytes()}, 1009},
		"too large in fragments":    {[][]byte{frame(ws.OpText, false, strings.Repeat("x", frameBytesMax)), frame(ws.OpContinuation, true, "x")}, 1009},
		"a close code of one byte":  {[][]byte{frame(ws.OpClose, true, "\x03")}, 1002},
		"a close code not for use":  {[][]byte{closing(1005, "")}, 1002},
		"a close reason not UTF-8":  {[][]byte{closing(1000, "\xff")}, 1007},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := connect(t, portable())
				p.write(text("before"))
				go func() { _, _ = p.Conn.Write(slices.Concat(test.write...)) }()
				if got, want := p.read(), fmt.Sprintf("close %d ", test.code); !strings.HasPrefix(got, want) {
					t.Fatalf("got %q, want %q", got, want)
				}
				p.wantEnd()
				if got := p.heard[0]; got != "before" || slices.Contains(p.heard[1:], "x") {
					t.Errorf("heard %.80q", p.heard)
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
		"with a code":    {closing(1000, "bye"), "close 1000"},
		"with a private": {closing(4999, ""), "close 4999"},
		"without":        {frame(ws.OpClose, true, ""), "close 0"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := connect(t, portable())
				p.conn.Send([]byte("pending"))
				p.write(text("last"), test.write)
				p.want("text pending", test.want)
				p.wantEnd()
				p.wantHeard("last")
			})
		})
	}
}

func TestPeerVanishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, portable())
		p.Conn.Close()
		synctest.Wait()
		if !p.closed {
			t.Error("the handler was not told the end")
		}
		p.conn.Send([]byte("nothing"))
		p.conn.Close(1000, "")
	})
}

func TestRelayCloses(t *testing.T) {
	long := strings.Repeat("é", 100)
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, portable())
		p.conn.Send([]byte("one"))
		p.conn.Send([]byte("two"))
		p.conn.Close(4401, long)
		p.conn.Close(4408, "too late")
		p.conn.Send([]byte("too late"))
		p.want("text one", "text two", "close 4401 "+long[:122])
		start := time.Now()
		p.write(text("on its way"), closing(4401, ""))
		p.wantEnd()
		if d := time.Since(start); d != 0 {
			t.Errorf("cut %v after the answer", d)
		}
	})
}

func TestRelayClosesUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, portable())
		p.conn.Close(1001, "")
		p.want("close 1001")
		start := time.Now()
		p.write(text("deaf"), frame(ws.OpPing, true, ""))
		p.wantEnd()
		if d := time.Since(start); d != conn.CloseTimeout {
			t.Errorf("cut after %v, want %v", d, conn.CloseTimeout)
		}
	})
}

// TestGathered: what is queued while a write is under way goes out in one.
func TestGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, portable())
		g := portable().NewGroup("lobby")
		g.Add(p.conn)
		p.conn.Send([]byte("first"))
		synctest.Wait()
		g.Send([][]byte{[]byte("a"), []byte("b")})
		p.conn.Send([]byte("c"))
		g.Send([][]byte{[]byte("d")})
		p.want("text first")
		buf := make([]byte, 1000)
		n, err := p.Read(buf) // one read yields one write of a pipe
		if want := "\x81\x01a\x81\x01b\x81\x01c\x81\x01d"; err != nil || string(buf[:n]) != want {
			t.Errorf("one write of %q (%v), want %q", buf[:n], err, want)
		}
	})
}

func TestGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := portable()
		g := tr.NewGroup("lobby")
		peers := []*peer{connect(t, tr), connect(t, tr), connect(t, tr)}
		for _, p := range peers {
			g.Add(p.conn)
			g.Add(p.conn)
		}
		g.Send([][]byte{[]byte("all")})
		g.Remove(peers[0].conn)
		g.Remove(peers[0].conn)
		g.Send([][]byte{[]byte("two")})
		peers[0].conn.Send([]byte("alone"))
		peers[0].want("text all", "text alone")
		peers[1].want("text all", "text two")
		peers[2].want("text all", "text two")
	})
}

// TestSlowConsumer: one that does not read is dropped, while the others go on.
func TestSlowConsumer(t *testing.T) {
	piece := bytes.Repeat([]byte("x"), 50<<10)
	synctest.Test(t, func(t *testing.T) {
		tr := portable()
		g := tr.NewGroup("lobby")
		slow, quick := connect(t, tr), connect(t, tr)
		g.Add(slow.conn)
		g.Add(quick.conn)
		for range 20 {
			g.Send([][]byte{piece})
			quick.want("text " + string(piece))
			synctest.Wait() // until the slow one's writer writes
		}
		// It reads again: what was being written, then why it must go.
		slow.want("text "+string(piece), "close 4409 too slow, catch up")
		slow.write(closing(4409, ""))
		slow.wantEnd()
		g.Send([][]byte{[]byte("on")})
		quick.want("text on")
	})
}

func TestDeadConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, portable())
		start := time.Now()
		p.conn.Send([]byte("anyone there?"))
		time.Sleep(conn.WriteTimeout)
		synctest.Wait()
		if !p.closed || time.Since(start) != conn.WriteTimeout {
			t.Errorf("closed %v", p.closed)
		}
	})
}

// TestLargePiece: a room's large burst does not drop those who keep up.
func TestLargePiece(t *testing.T) {
	piece := strings.Repeat("x", conn.PendingBytesMax+1)
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, portable())
		for range 3 {
			p.conn.Send([]byte(piece))
			p.want("text " + piece)
			synctest.Wait()
		}
	})
}
