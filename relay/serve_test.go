package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/system"
)

func TestTwoPeopleChat(t *testing.T) {
	p := serve(t)
	ada, bob := p.enter("ada", "lobby"), p.enter("bob", "lobby")

	send := protocol.Send{Room: "lobby", ID: id(1), Text: "a secret word, \"quoted\"\n", SentAt: "2026-11-23T09:15:01.002Z"}
	ada.say(send)
	first := want[protocol.Changed](ada).Message
	if first.Seq != 1 || first.Rev != 1 || first.ID != id(1) || first.Text != send.Text || first.Sender.ID != "ada" || first.SentAt != send.SentAt {
		t.Errorf("echo %+v", first)
	}
	if got := want[protocol.Changed](bob).Message; got.ID != first.ID || got.CreatedAt != first.CreatedAt {
		t.Errorf("bob got %+v, ada %+v", got, first)
	}

	// A repeated send is answered only to its sender: bob's next frame is the post.
	ada.say(send)
	if got := want[protocol.Changed](ada).Message; got.Rev != 1 {
		t.Errorf("resent: %+v", got)
	}
	carol := token(t, "carol", "lobby")
	body := `{"id":"` + id(2) + `","text":"by REST"}`
	for _, status := range []int{http.StatusCreated, http.StatusOK} {
		if got, _, answer := p.rest("POST", "/v1/rooms/lobby/messages", carol, body); got != status || !strings.Contains(string(answer), `"seq":2`) {
			t.Errorf("post: %d %s, want %d", got, answer, status)
		}
	}
	for _, c := range []*client{ada, bob} {
		if m := want[protocol.Changed](c).Message; m.ID != id(2) || m.Sender.ID != "carol" || m.CreatedAt <= first.CreatedAt {
			t.Errorf("by REST: %+v", m)
		}
	}
	if status, _, answer := p.rest("POST", "/v1/rooms/lobby/messages", token(t, "dave", "lobby"), body); status != http.StatusConflict {
		t.Errorf("another's id: %d %s", status, answer)
	}

	wantIDs(t, p.page("lobby", ""), 2, false, 1, 2)
	wantIDs(t, p.page("lobby", "?limit=1"), 2, true, 2)
	wantIDs(t, p.page("lobby", "?before=2"), 2, false, 1)
	wantIDs(t, p.page("lobby", "?after=0&limit=1"), 2, true, 1)
	wantIDs(t, p.page("lobby", "?since=1"), 2, false, 2)
	wantIDs(t, p.page("lobby", "?around=2"), 2, false, 1, 2)
	wantIDs(t, p.page("empty", ""), 0, false)
	if status, _, answer := p.rest("GET", "/v1/rooms", carol, ""); status != http.StatusOK ||
		!strings.Contains(string(answer), `"room":"lobby","head":2,"unread":1,"members":2,`) {
		t.Errorf("rooms: %d %s", status, answer)
	}

	p.stop()
	for _, word := range []string{"secret word", "by REST", testSecret, carol, "eyJ"} {
		if strings.Contains(p.printed(), word) {
			t.Errorf("the relay printed %q:\n%s", word, p.printed())
		}
	}
}

// wantIDs checks a page by the numbers of its messages' ids.
func wantIDs(t *testing.T, page protocol.Page, head int64, more bool, ids ...int) {
	t.Helper()
	ok := len(page.Messages) == len(ids) && page.Head == head && page.More == more
	for i := range ids {
		ok = ok && page.Messages[i].ID == id(ids[i])
	}
	if !ok {
		t.Errorf("page %+v, want %v, head %d, more %v", page, ids, head, more)
	}
}

func TestBytesBehindTheHandshakeAreHeard(t *testing.T) {
	p := serve(t)
	nc, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	request := "GET /v1/ws HTTP/1.1\r\nHost: " + p.addr + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: hallway.v1\r\n\r\n"
	hello := masked(ws.OpText, protocol.Encode(protocol.Hello{Token: token(t, "u1", "*")}))
	join := masked(ws.OpText, protocol.Encode(protocol.Join{Room: "lobby"}))
	// The second frame is cut in the middle.
	early := append(append([]byte(request), hello...), join[:5]...)
	if _, err := nc.Write(early); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(nc)
	res, err := http.ReadResponse(r, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(res, err)
	}
	c := &client{t: t, nc: nc, r: r}
	if w := want[protocol.Welcome](c); w.User.ID != "u1" || w.Server != "hallway/dev" {
		t.Errorf("welcome %+v", w)
	}
	if _, err := nc.Write(join[5:]); err != nil {
		t.Fatal(err)
	}
	want[protocol.Joined](c)
}

func TestBadFramesAreRefusedAndTheRelayLives(t *testing.T) {
	p := serve(t)
	for _, test := range []struct {
		name    string
		op      ws.OpCode
		payload string
		code    protocol.CloseCode
	}{
		{"no JSON", ws.OpText, "hello", protocol.CloseNotProtocol},
		{"no object", ws.OpText, "[]", protocol.CloseNotProtocol},
		{"binary", ws.OpBinary, `{"type":"ping"}`, protocol.CloseNotProtocol},
		{"oversized", ws.OpText, strings.Repeat(" ", protocol.FrameBytesMax+1), protocol.CloseTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := p.enter("u1", "lobby")
			c.write(test.op, []byte(test.payload))
			c.wantClose(test.code)
		})
	}
	t.Run("out of order", func(t *testing.T) {
		c := p.connect()
		c.say(protocol.Join{Room: "lobby"})
		c.wantError(protocol.CodeUnauthorized)
		c.say(protocol.Hello{Token: token(t, "u1", "lobby")})
		want[protocol.Welcome](c)
		c.say(protocol.Send{Room: "lobby", ID: id(1), Text: "not joined"})
		if e := c.wantError(protocol.CodeBadRequest); e.Room != "lobby" || e.ID != id(1) {
			t.Errorf("error %+v", e)
		}
		c.say(protocol.Join{Room: "hall"})
		c.wantError(protocol.CodeForbidden)
		c.say(protocol.Join{Room: "lobby"})
		want[protocol.Joined](c)
		for _, bad := range []string{
			`{}`, `{"type":"dance"}`, `{"type":"send","room":"lobby"}`, `{"type":"join","room":"../x"}`,
			`{"type":"edit","room":"lobby","id":"` + id(1) + `"}`,
		} {
			c.write(ws.OpText, []byte(bad))
			c.wantError(protocol.CodeBadRequest)
		}
		c.say(protocol.Edit{Room: "lobby", ID: id(1), Text: "of nothing"})
		c.wantError(protocol.CodeNotFound)
		c.say(protocol.Send{Room: "lobby", ID: id(1), Text: strings.Repeat("x", protocol.TextBytesMax+1)})
		c.wantError(protocol.CodeTooLarge)
		c.say(protocol.Ping{T: "7"})
		if pong := want[protocol.Pong](c); pong.T != "7" {
			t.Errorf("pong %+v", pong)
		}
	})
	t.Run("no valid token", func(t *testing.T) {
		c := p.connect()
		c.say(protocol.Hello{Token: "nonsense"})
		c.wantError(protocol.CodeUnauthorized)
		c.wantClose(protocol.CloseUnauthorized)
	})
	t.Run("a large text in escapes fits", func(t *testing.T) {
		c := p.enter("u1", "lobby")
		c.write(ws.OpText, fmt.Appendf(nil, `{"type":"send","room":"lobby","id":"%s","text":"%s"}`, id(9), strings.Repeat(`\u0041`, protocol.TextBytesMax)))
		if m := want[protocol.Changed](c).Message; m.Text != strings.Repeat("A", protocol.TextBytesMax) {
			t.Errorf("%d bytes", len(m.Text))
		}
	})
	wantIDs(t, p.page("lobby", ""), 1, false, 9)
	p.stop()
}

func TestLimitsOfTheCommandLine(t *testing.T) {
	p := serve(t, "--rate", "0.001", "--conns-per-user", "1", "--allow-origin", "https://app.example.org")
	c := p.enter("u1", "lobby")
	c.say(protocol.Send{Room: "lobby", ID: id(1), Text: "one"})
	want[protocol.Changed](c)
	c.say(protocol.Send{Room: "lobby", ID: id(2), Text: "one too many"})
	if e := c.wantError(protocol.CodeRateLimited); e.ID != id(2) || e.RetryAfterMs <= 0 {
		t.Errorf("error %+v", e)
	}

	other := p.connect()
	other.say(protocol.Hello{Token: token(t, "u1", "*")})
	other.wantError(protocol.CodeRateLimited)
	if f, code := other.next(); f != nil || code != protocol.CloseTooMany {
		t.Errorf("a second connection: %T %+v, close %d", f, f, code)
	}
	for origin, status := range map[string]int{"https://app.example.org": 426, "https://evil.example": 403} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+p.addr+"/v1/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{
			"Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket",
			"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "hallway.v2",
		} {
			req.Header.Set(name, value)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("%s: %d %s, want %d", origin, res.StatusCode, body, status)
		}
	}
}

func TestAKillLosesNothingThatWasAcknowledged(t *testing.T) {
	p := serve(t, "--rate", "0")
	c := p.enter("u1", "lobby")
	const n = 200
	for i := range n {
		c.say(protocol.Send{Room: "lobby", ID: id(i), Text: fmt.Sprint("message ", i)})
	}
	var acked []protocol.Message
	for range n / 2 {
		acked = append(acked, want[protocol.Changed](c).Message)
	}
	p.kill()

	p = p.again()
	page := p.page("lobby", "?after=0&limit=500")
	if len(page.Messages) < len(acked) {
		t.Fatalf("%d messages are left of %d acknowledged", len(page.Messages), len(acked))
	}
	for i, m := range acked {
		if got := page.Messages[i]; got.ID != m.ID || got.Seq != m.Seq || got.CreatedAt != m.CreatedAt || got.Text != m.Text {
			t.Errorf("message %d is %+v, was acknowledged as %+v", i, got, m)
		}
	}
	// The client sends everything again, as after a lost connection: each message is there once, in the original order.
	c = p.enter("u1", "lobby")
	for i := range n {
		c.say(protocol.Send{Room: "lobby", ID: id(i), Text: fmt.Sprint("message ", i)})
		if m := want[protocol.Changed](c).Message; m.ID != id(i) || m.Seq != int64(i+1) {
			t.Fatalf("message %d: %+v", i, m)
		}
	}
	again := p.page("lobby", "?since=0&limit=500")
	if len(again.Messages) != n || again.Head != n || again.Epoch != page.Epoch {
		t.Errorf("%d messages, head %d, epoch %s, was %s", len(again.Messages), again.Head, again.Epoch, page.Epoch)
	}
	p.stop()
}

func TestDrain(t *testing.T) {
	p := serve(t, "--rate", "0")
	c := p.enter("u1", "lobby")
	began := time.Now()
	p.signal(syscall.SIGTERM)
	if g := want[protocol.Goaway](c); g.ReconnectAfterMs <= 0 {
		t.Errorf("goaway %+v", g)
	}
	if status, header, _ := p.rest("GET", "/readyz", "", ""); status != 503 || header.Get("Retry-After") == "" {
		t.Errorf("readyz while draining: %d", status)
	}
	// The remaining clients are served.
	c.say(protocol.Send{Room: "lobby", ID: id(1), Text: "the last word"})
	want[protocol.Changed](c)
	c.wantClose(protocol.CloseGoingAway)
	if code := p.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, p.printed())
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the drain took %v", took)
	}
	p = p.again()
	wantIDs(t, p.page("lobby", ""), 1, false, 1)
	p.signal(os.Interrupt)
	if code := p.end(); code != 0 {
		t.Errorf("exit code after an interrupt: %d", code)
	}
}

// TestASecondSignalEndsAtOnce sends a second signal while a client delays the drain. A signal right after the first
// does not count as a second one: see TestADoubledSignal.
func TestASecondSignalEndsAtOnce(t *testing.T) {
	p := serve(t)
	c := p.enter("u1", "lobby")
	p.signal(syscall.SIGTERM)
	want[protocol.Goaway](c)
	time.Sleep(system.SameSignal)
	until(t, "a second signal ends the relay", func() bool {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
			return true
		default:
			return false
		}
	})
	p.end()
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("the relay ended with %v", p.cmd.ProcessState)
	}
}
