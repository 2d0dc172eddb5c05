package conn

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"

	"github.com/gobwas/ws"

	"hallway/protocol"
)

// sliceFrames is the number of frames of a connection that are handled before other connections get their turn, because
// many small frames are much work.
const sliceFrames = 4

// answerer is the writing half of a connection, as the reading half uses it.
type answerer interface {
	// queue queues data, complete WebSocket frames.
	queue(data []byte)
	// close queues the close frame, once.
	close(body []byte)
	// isClosing reports whether a close frame is queued or the connection is gone.
	isClosing() bool
	// frameMost returns the largest size of a message.
	frameMost() int64
}

// receive handles up to sliceFrames frames of data and returns the rest. It answers control frames and passes all other
// frames to the handler. While the connection is closing, it ignores all frames but the peer's close frame, which it
// reports by closed. If we cut the connection right after our own close frame, a peer that is still writing would not
// receive that frame.
func receive(d *decoder, data []byte, h Handler, a answerer) (rest []byte, inputs int, closed bool) {
	for len(data) > 0 && inputs < sliceFrames {
		if a.isClosing() {
			d.message, d.control = nil, nil
			return nil, inputs, d.skip(data)
		}
		in, rest, err := d.next(data, a.frameMost())
		data = rest
		var ce *closeError
		if errors.As(err, &ce) {
			a.close(ownClose(ce.code, ce.reason))
			continue
		}
		if in.kind != noInput {
			inputs++
		}
		switch in.kind {
		case textInput:
			h.Received(in.body)
		case fragmentInput, pongInput:
			h.Heard()
		case pingInput:
			h.Heard()
			a.queue(encode(ws.OpPong, in.body))
		case closeInput:
			a.close(closeAnswer(in.body))
			return nil, inputs, true
		}
	}
	if a.isClosing() {
		d.message, d.control = nil, nil
	}
	return data, inputs, false
}

// closeAnswer answers the peer's close frame with the same code.
func closeAnswer(body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	const codeMax = 4999
	code, reason := ws.ParseCloseFrameData(body)
	switch err := ws.CheckCloseFrameData(code, reason); {
	case errors.Is(err, ws.ErrProtocolInvalidUTF8):
		return closeBody(closeInvalidData, "not UTF-8")
	case err != nil || code > codeMax:
		return closeBody(closeProtocolError, "a bad close frame")
	}
	return body[:2]
}

// closeBody returns the body of a close frame. It crops the reason to the size of a control frame.
func closeBody(code protocol.CloseCode, reason string) []byte {
	const reasonBytesMax = ws.MaxControlFramePayloadSize - 2
	if len(reason) > reasonBytesMax {
		reason = strings.ToValidUTF8(reason[:reasonBytesMax], "")
	}
	return ws.NewCloseFrameBody(ws.StatusCode(code), reason)
}

// slowConsumer returns the body of the close frame for a consumer that is too slow.
func slowConsumer() []byte { return ownClose(protocol.CloseSlowConsumer, "too slow, catch up") }

// encode returns payloads as consecutive WebSocket messages.
func encode(op ws.OpCode, payloads ...[]byte) []byte {
	n := 0
	for _, p := range payloads {
		n += ws.HeaderSize(ws.Header{Length: int64(len(p))}) + len(p)
	}
	b := make([]byte, 0, n)
	for _, p := range payloads {
		b = append(appendHeader(b, op, len(p)), p...)
	}
	return b
}

// appendHeader appends the header of an unmasked frame without fragments (RFC 6455, section 5.2).
func appendHeader(b []byte, op ws.OpCode, length int) []byte {
	b = append(b, 0x80|byte(op))
	switch {
	case length < 126:
		return append(b, byte(length))
	case length <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(length))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(length))
}
