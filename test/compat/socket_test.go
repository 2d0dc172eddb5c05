package compat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"hallway/protocol"
)

// known holds the types of the first release's frames that come in a fixed order. The test ignores other types: presence may come at any
// time, and released clients ignore unknown frames.
var known = []string{"welcome", "joined", "message", "pong", "error", "goaway"}

// socket is a WebSocket connection that reads and writes text frames and reads the close.
type socket struct {
	t  *testing.T
	nc net.Conn
	r  io.Reader
}

// connect opens a WebSocket, with the subprotocols offered ("v2, v1"; "": the first version's).
func (c *socket) connect(addr, offered string) error {
	if offered == "" {
		offered = protocol.Subprotocol
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	dialer := ws.Dialer{Protocols: strings.Split(offered, ", ")}
	nc, early, handshake, err := dialer.Dial(ctx, "ws://"+addr+"/v1/ws")
	if err != nil {
		return err
	}
	c.t.Cleanup(func() { nc.Close() })
	c.nc, c.r = nc, nc
	if early != nil {
		c.r = early
	}
	if handshake.Protocol != protocol.Subprotocol {
		return fmt.Errorf("the relay picked the subprotocol %q", handshake.Protocol)
	}
	return nc.SetDeadline(deadline())
}

func (c *socket) write(text string) error {
	var b bytes.Buffer
	if err := ws.WriteFrame(&b, ws.MaskFrameInPlace(ws.NewTextFrame([]byte(text)))); err != nil {
		return err
	}
	_, err := c.nc.Write(b.Bytes())
	return err
}

// read returns the next frame of a known type, or "close" with the code.
func (c *socket) read() (string, error) {
	for {
		frame, err := ws.ReadFrame(c.r)
		if err != nil {
			return "", err
		}
		switch frame.Header.OpCode {
		case ws.OpClose:
			code, _ := ws.ParseCloseFrameData(frame.Payload)
			return fmt.Sprintf("close %d", code), nil
		case ws.OpText:
			var head struct{ Type string }
			if err := json.Unmarshal(frame.Payload, &head); err != nil {
				return "", err
			}
			if slices.Contains(known, head.Type) {
				return string(frame.Payload), nil
			}
		}
	}
}
