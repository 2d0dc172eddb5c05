package driver

import (
	"syscall/js"

	"hallway/protocol"
)

// closeReason returns the code and reason of the peer's close frame; 0: none came. In a browser
// the socket library drops them, so the host of the program stores them as hallway.lastClose just
// before the library learns of the close. closeReason reads them in the same turn of JavaScript's
// event loop, before another socket can end.
func closeReason(error) (protocol.CloseCode, string) {
	host := js.Global().Get("hallway")
	if !host.Truthy() {
		return 0, ""
	}
	last := host.Get("lastClose")
	if !last.Truthy() {
		return 0, ""
	}
	return protocol.CloseCode(last.Get("code").Int()), last.Get("reason").String()
}
