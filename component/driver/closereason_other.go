//go:build !js

package driver

import (
	"errors"

	"nhooyr.io/websocket"

	"hallway/protocol"
)

// closeReason is what the peer's close frame said; 0 where none came. err is
// the error of the read that ended.
func closeReason(err error) (protocol.CloseCode, string) {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return 0, ""
	}
	return protocol.CloseCode(closed.Code), closed.Reason
}
