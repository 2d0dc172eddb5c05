package conn

import (
	"hallway/protocol"
	"hallway/relay/guard"
)

// incoming bounds the bytes of a connection's unfinished message.
type incoming struct {
	half *guard.Half[bool] // nil while the connection has no unfinished message
}

// yielder is a connection that can give way to others.
type yielder interface {
	// giveWay closes the connection. Any goroutine may call it.
	giveWay()
}

// halfReason tells a client that its connection was cut because of an unfinished message.
const halfReason = "the rest of a message has not come in time"

// messageMost returns the largest size of a message: that of a hello, until the hub has admitted the connection.
func messageMost(welcomed bool, frameBytesMax int64) int64 {
	if welcomed {
		return frameBytesMax
	}
	return min(frameBytesMax, protocol.HelloBytesMax)
}

// charge sets the number of bytes held for c's message. Other connections may be cut for it, and c for others.
func (i *incoming) charge(c yielder, halves *guard.Halves[bool], welcomed bool, bytes int) {
	if i.half == nil {
		if bytes == 0 {
			return
		}
		half := guard.NewHalf[bool](c.giveWay)
		i.half = &half
	}
	cut := halves.Charge(i.half, welcomed, bytes)
	closed[protocol.CloseTimeout].Add(uint64(cut))
	if bytes == 0 {
		i.half = nil
	}
}
