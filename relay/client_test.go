package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
)

// client is a WebSocket client that only exchanges frames.
type client struct {
	t  *testing.T
	nc net.Conn
	r  io.Reader
}

// connect opens a WebSocket.
func (p *process) connect() *client {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	dialer := ws.Dialer{Protocols: []string{protocol.Subprotocol}, TLSConfig: p.tls}
	nc, early, hs, err := dialer.Dial(ctx, p.url("ws", "/v1/ws"))
	if err != nil {
		p.t.Fatalf("dial: %v", err)
	}
	if hs.Protocol != protocol.Subprotocol {
		p.t.Errorf("subprotocol %q", hs.Protocol)
	}
	p.t.Cleanup(func() { nc.Close() })
	p.conns = append(p.conns, nc)
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	c := &client{t: p.t, nc: nc, r: nc}
	if early != nil {
		c.r = early
	}
	return c
}

// enter connects and joins a room.
func (p *process) enter(sub, room string) *client {
	p.t.Helper()
	c := p.connect()
	c.say(protocol.Hello{Token: token(p.t, sub, "*"), Client: "test/1"})
	want[protocol.Welcome](c)
	c.say(protocol.Join{Room: room})
	want[protocol.Joined](c)
	return c
}

func (c *client) say(f protocol.ClientFrame) { c.write(ws.OpText, protocol.Encode(f)) }

func (c *client) write(op ws.OpCode, payload []byte) {
	c.t.Helper()
	if _, err := c.nc.Write(masked(op, payload)); err != nil {
		c.t.Fatal(err)
	}
}

// masked returns a frame as a client must write it.
func masked(op ws.OpCode, payload []byte) []byte {
	var b bytes.Buffer
	_ = ws.WriteFrame(&b, ws.MaskFrameInPlace(ws.NewFrame(op, true, bytes.Clone(payload))))
	return b.Bytes()
}

// next returns the next frame of the relay; after a close frame, the code.
func (c *client) next() (f protocol.RelayFrame, code protocol.CloseCode) {
	c.t.Helper()
	for {
		frame, err := ws.ReadFrame(c.r)
		if err != nil {
			c.t.Fatalf("read: %v", err)
		}
		switch frame.Header.OpCode {
		case ws.OpClose:
			status, _ := ws.ParseCloseFrameData(frame.Payload)
			return nil, protocol.CloseCode(status)
		case ws.OpText:
			f, err := protocol.DecodeRelay(frame.Payload)
			if err != nil {
				c.t.Fatalf("%v in %s", err, frame.Payload)
			}
			return f, 0
		}
	}
}

// want waits for a frame of its kind. It skips presence, which may come at any time; any other frame before it fails
// the test.
func want[F protocol.RelayFrame](c *client) F {
	c.t.Helper()
	for {
		f, code := c.next()
		switch f := f.(type) {
		case F:
			return f
		case protocol.Presence:
		default:
			var wanted F
			c.t.Fatalf("got %T %+v, close %d, want %T", f, f, code, wanted)
		}
	}
}

// wantError waits for a refusal.
func (c *client) wantError(code protocol.Code) protocol.Error {
	c.t.Helper()
	e := want[protocol.Error](c)
	if e.Code != code {
		c.t.Fatalf("error %+v, want %s", e, code)
	}
	return e
}

// wantClose waits for the end of the connection.
func (c *client) wantClose(code protocol.CloseCode) {
	c.t.Helper()
	for {
		f, got := c.next()
		if f != nil {
			if _, ok := f.(protocol.Presence); ok {
				continue
			}
			c.t.Fatalf("got %T %+v, want close %d", f, f, code)
		}
		if got != code {
			c.t.Fatalf("close %d, want %d", got, code)
		}
		break
	}
	// It does the same as a client: it returns the close frame, then the relay hangs up.
	_, _ = c.nc.Write(masked(ws.OpClose, ws.NewCloseFrameBody(ws.StatusCode(code), "")))
	if _, err := io.Copy(io.Discard, c.r); err != nil && !errors.Is(err, net.ErrClosed) {
		c.t.Logf("after the close frame: %v", err)
	}
}
