package conn

import (
	"encoding/binary"
	"sync/atomic"

	"hallway/protocol"
)

// closed counts, by close code, the connections that the transports of this
// process have closed of their own accord. The map itself never changes.
var closed = map[protocol.CloseCode]*atomic.Uint64{
	closeProtocolError:         {},
	closeInvalidData:           {},
	protocol.CloseTooLarge:     {},
	protocol.CloseNotProtocol:  {},
	protocol.CloseSlowConsumer: {},
	protocol.CloseTimeout:      {}, // the rest of a message has not come
}

// Closed is how many connections the transports of this process have closed of
// their own accord so far, by close code: those of RFC 6455 for what breaks it,
// and protocol's for what is too large, no text or too slow.
func Closed() map[protocol.CloseCode]uint64 {
	counts := make(map[protocol.CloseCode]uint64, len(closed))
	for code, n := range closed {
		counts[code] = n.Load()
	}
	return counts
}

// awaitsAnswer reports whether the peer gets its time to answer a close frame. One
// that has said nothing for too long will not, and keeps a place meanwhile that
// somebody else needs.
func awaitsAnswer(body []byte) bool {
	return len(body) < 2 || protocol.CloseCode(binary.BigEndian.Uint16(body)) != protocol.CloseTimeout
}

// ownClose counts, and is the close frame's body.
func ownClose(code protocol.CloseCode, reason string) []byte {
	closed[code].Add(1)
	return closeBody(code, reason)
}
