package main

import (
	"encoding/binary"
	"errors"

	"github.com/gobwas/ws"
)

// Opcodes of RFC 6455, section 5.2, with the bit of an unfragmented frame.
const (
	finText  = 0x80 | byte(ws.OpText)
	finClose = 0x80 | byte(ws.OpClose)
	finPing  = 0x80 | byte(ws.OpPing)
	finPong  = 0x80 | byte(ws.OpPong)
	masked   = 0x80
)

var errFrame = errors.New("a frame that nobody should send")

// nextFrame returns the first frame of data, as a server sends it, or (masked) as a client does; size is 0 if data does not
// hold all of it.
func nextFrame(data []byte) (first byte, payload []byte, size int) {
	if len(data) < 2 {
		return 0, nil, 0
	}
	head, length := 2, uint64(data[1]&^masked)
	switch {
	case length == 126 && len(data) >= 4:
		head, length = 4, uint64(binary.BigEndian.Uint16(data[2:]))
	case length == 127 && len(data) >= 10:
		head, length = 10, binary.BigEndian.Uint64(data[2:])
	case length >= 126:
		return 0, nil, 0
	}
	var mask [4]byte
	if data[1]&masked != 0 {
		head += copy(mask[:], data[min(head, len(data)):])
	}
	if uint64(len(data)) < uint64(head)+length {
		return 0, nil, 0
	}
	payload = data[head : head+int(length)]
	if data[1]&masked != 0 {
		ws.Cipher(payload, mask, 0)
	}
	return data[0], payload, head + int(length)
}

// appendFrame appends a whole frame as a server sends it.
func appendFrame(dst []byte, first byte, payload []byte) []byte {
	return append(appendHead(dst, first, 0, len(payload)), payload...)
}

// appendMasked appends a whole frame as a client sends it. The mask is always
// the same: unmasking is the same work for the relay.
func appendMasked(dst []byte, first byte, payload []byte) []byte {
	mask := [4]byte{0x9e, 0x37, 0x79, 0xb9}
	dst = append(appendHead(dst, first, masked, len(payload)), mask[:]...)
	begin := len(dst)
	dst = append(dst, payload...)
	ws.Cipher(dst[begin:], mask, 0)
	return dst
}

func appendHead(dst []byte, first, mask byte, length int) []byte {
	switch {
	case length < 126:
		return append(dst, first, mask|byte(length))
	case length < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, first, mask|126), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(dst, first, mask|127), uint64(length))
	}
}
