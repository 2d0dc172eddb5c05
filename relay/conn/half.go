package conn

import (
	"sync/atomic"

	"hallway/protocol"
	"hallway/relay/guard"
)

// incoming bounds the bytes of a connection's unfinished message.
type incoming struct {
	halves   *guard.Halves[bool]
	half     guard.Half[bool]
	welcomed atomic.Bool // the hub has admitted the connection
}

// halfReason tells a client that its connection was cut because of an unfinished message.
const halfReason = "the rest of a message has not come in time"

// begin prepares the bound of a connection. cut closes the connection if its bytes are needed.
func (i *incoming) begin(halves *guard.Halves[bool], cut func()) {
	i.halves, i.half = halves, guard.NewHalf[bool](cut)
}

// most returns the largest size of a message: that of a hello, until the hub has admitted the connection.
func (i *incoming) most(frameBytesMax int64) int64 {
	if i.welcomed.Load() {
		return frameBytesMax
	}
	return min(frameBytesMax, protocol.HelloBytesMax)
}

// charge sets the number of bytes held for the connection's message. Other connections may be cut for it, and it for
// others.
func (i *incoming) charge(bytes int) {
	cut := i.halves.Charge(&i.half, i.welcomed.Load(), bytes)
	closed[protocol.CloseTimeout].Add(uint64(cut))
}
