package relaytest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"hallway/protocol"
)

// Engine is the relay to which a Client connects.
type Engine interface {
	Serve(nc net.Conn, from netip.AddrPort)
	Drain(ctx context.Context) error
}

// Client is a WebSocket client of an engine.
type Client struct {
	*testing.T
	net.Conn
}

// NewClient returns a client on a connection.
func NewClient(t *testing.T, nc net.Conn) *Client { return &Client{t, nc} }

// Enter connects over a pipe, says hello and joins the lobby.
func Enter(t *testing.T, e Engine, name string) *Client {
	t.Helper()
	c := Connect(t, e)
	c.Join(name)
	return c
}

// Connect connects over a pipe.
func Connect(t *testing.T, e Engine) *Client {
	client, relay := net.Pipe()
	go e.Serve(relay, netip.AddrPort{})
	return &Client{t, client}
}

// Drain drains an engine.
func Drain(t *testing.T, e Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := e.Drain(ctx); err != nil {
		t.Error("drain:", err)
	}
}

// Join says hello with the name as the token and joins the lobby.
func (c *Client) Join(name string) {
	c.Helper()
	c.Say(protocol.Hello{Token: name})
	Hear[protocol.Welcome](c)
	c.Say(protocol.Join{Room: "lobby"})
	Hear[protocol.Joined](c)
}

// Say sends a frame of the protocol.
func (c *Client) Say(f protocol.ClientFrame) {
	c.Helper()
	if err := c.WriteFrame(ws.NewTextFrame(protocol.Encode(f))); err != nil {
		c.Fatal(err)
	}
}

// WriteFrame sends a WebSocket frame.
func (c *Client) WriteFrame(f ws.Frame) error {
	_, err := c.Write(ws.MustCompileFrame(ws.MaskFrame(f)))
	return err
}

// Next reads a WebSocket frame.
func (c *Client) Next() (ws.OpCode, []byte, error) {
	h, err := ws.ReadHeader(c.Conn)
	if err != nil {
		return 0, nil, err
	}
	body := make([]byte, h.Length)
	_, err = io.ReadFull(c.Conn, body)
	return h.OpCode, body, err
}

// Hear reads up to the next frame of the kind.
func Hear[F protocol.RelayFrame](c *Client) F {
	c.Helper()
	for {
		op, body, err := c.Next()
		if err != nil || op != ws.OpText {
			var want F
			c.Fatalf("waiting for %T: opcode %d, %q, %v", want, op, body, err)
		}
		frame, err := protocol.DecodeRelay(body)
		if err != nil {
			c.Fatal(err)
		}
		if f, ok := frame.(F); ok {
			return f
		}
	}
}

// WantClose reads up to the close frame, answers it and waits for the end.
func (c *Client) WantClose(code protocol.CloseCode) {
	c.Helper()
	for {
		op, body, err := c.Next()
		if err != nil {
			c.Fatal(err)
		}
		if op != ws.OpClose {
			continue
		}
		if got, reason := ws.ParseCloseFrameData(body); got != ws.StatusCode(code) {
			c.Fatalf("closed %d %s, want %d", got, reason, code)
		}
		break
	}
	// The relay may already have ended the connection.
	if err := c.WriteFrame(ws.NewCloseFrame(nil)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		c.Fatal(err)
	}
	if _, _, err := c.Next(); !errors.Is(err, io.EOF) {
		c.Fatalf("after the close frame: %v", err)
	}
}

// SendOf returns the n-th message that a test sends to the lobby.
func SendOf(n int) protocol.Send {
	return protocol.Send{Room: "lobby", ID: fmt.Sprintf("00000000-0000-7000-8000-%012d", n), Text: "hi"}
}
