package compat_test

import (
	"context"
	"net/http"
	"net/url"

	"nhooyr.io/websocket"

	"hallway/protocol"
)

// tunnel forwards the frames of a WebSocket to a relay, and those of the relay back, until one of the two connections
// ends. up and down return the frames that replace a frame in each direction.
func tunnel(w http.ResponseWriter, r *http.Request, relay *url.URL, up, down func(frame []byte) [][]byte) {
	options := websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}}
	near, err := websocket.Accept(w, r, &options)
	if err != nil {
		return
	}
	defer near.CloseNow()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	far, _, err := websocket.Dial(ctx, relay.JoinPath("/v1/ws").String(), &websocket.DialOptions{Subprotocols: options.Subprotocols})
	if err != nil {
		return
	}
	defer far.CloseNow()
	go func() {
		defer cancel()
		copyFrames(ctx, near, far, up)
	}()
	copyFrames(ctx, far, near, down)
}

// copyFrames forwards frames until a connection ends. change returns the frames that replace one.
func copyFrames(ctx context.Context, from, to *websocket.Conn, change func(frame []byte) [][]byte) {
	from.SetReadLimit(-1)
	for {
		_, frame, err := from.Read(ctx)
		if err != nil {
			return
		}
		for _, data := range change(frame) {
			if err := to.Write(ctx, websocket.MessageText, data); err != nil {
				return
			}
		}
	}
}
