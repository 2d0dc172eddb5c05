//go:build !js

package driver

import (
	"errors"

	"nhooyr.io/websocket"

	"hallway/protocol"
)

// closeReason returns the code and reason of the peer's close frame; 0: none came. err
// is the error of the read that ended.
func closeReason(err error) (protocol.CloseCode, string) {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return 0, ""
	}
	return protocol.CloseCode(closed.Code), closed.Reason
}
