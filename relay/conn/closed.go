package conn

import (
	"encoding/binary"
	"sync/atomic"

	"hallway/protocol"
)

// closed counts, by close code, the connections that the transports of this process have closed themselves. The map
// itself never changes.
var closed = map[protocol.CloseCode]*atomic.Uint64{
	closeProtocolError:         {},
	closeInvalidData:           {},
	protocol.CloseTooLarge:     {},
	protocol.CloseNotProtocol:  {},
	protocol.CloseSlowConsumer: {},
	protocol.CloseTimeout:      {}, // the rest of a message did not arrive
}

// Closed returns the number of connections that the transports of this process have closed themselves, by close code:
// those of RFC 6455 for violations, and protocol's for messages that are too large or not text, and for slow consumers.
func Closed() map[protocol.CloseCode]uint64 {
	counts := make(map[protocol.CloseCode]uint64, len(closed))
	for code, n := range closed {
		counts[code] = n.Load()
	}
	return counts
}

// awaitsAnswer reports whether the peer gets time to answer a close frame. A peer that was silent for too long will not
// answer, and other connections need its place.
func awaitsAnswer(body []byte) bool {
	return len(body) < 2 || protocol.CloseCode(binary.BigEndian.Uint16(body)) != protocol.CloseTimeout
}

// ownClose counts a close by the transport itself and returns the body of the close frame.
func ownClose(code protocol.CloseCode, reason string) []byte {
	closed[code].Add(1)
	return closeBody(code, reason)
}
