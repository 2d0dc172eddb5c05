package conn

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"hallway/protocol"
)

// The close codes of RFC 6455 that the protocol does not name.
const (
	closeProtocolError protocol.CloseCode = 1002
	closeInvalidData   protocol.CloseCode = 1007
)

// A closeError ends reading with a close code for the peer.
type closeError struct {
	code   protocol.CloseCode
	reason string
}

func (e *closeError) Error() string { return e.reason }

// decoder decodes a client's bytes, which arrive in pieces of any size. It uses memory only for bytes that have
// arrived, at most for one message of the largest size, and none between two messages. The zero value expects a
// connection's first frame.
type decoder struct {
	header     [ws.MaxHeaderSize]byte
	headed     int       // bytes of the next frame's header that have arrived
	frame      ws.Header // of the frame under way
	under      bool      // a frame is under way
	unread     int64     // missing bytes of its payload
	control    []byte    // the payload of a control frame
	message    []byte    // the payloads of the fragments so far
	fragmented bool      // more fragments will follow
	left       []byte    // received bytes that were not decoded yet
}

// input is a complete frame.
type input struct {
	kind inputKind
	body []byte // the receiver may keep it
}

type inputKind int

const (
	noInput inputKind = iota // the frame is not complete yet
	textInput
	fragmentInput // more of its message will come
	pingInput
	pongInput
	closeInput
)

// idle reports whether the decoder is between two messages, as the zero value is.
func (d *decoder) idle() bool { return d.headed == 0 && !d.under && !d.fragmented && len(d.left) == 0 }

// held returns the bytes that the decoder holds.
func (d *decoder) held() int { return cap(d.message) + cap(d.control) + cap(d.left) }

// next decodes data up to the end of a frame and returns the rest. Its error is a *closeError, after which only skip
// may be called.
func (d *decoder) next(data []byte, frameBytesMax int64) (in input, rest []byte, err error) {
	if !d.under {
		if data, err = d.takeHeader(data); err != nil || !d.under {
			return input{}, data, err
		}
		if err := d.check(frameBytesMax); err != nil {
			return input{}, data, err
		}
	}
	n := int(min(d.unread, int64(len(data))))
	payload := &d.message
	if d.frame.OpCode.IsControl() {
		payload = &d.control
	}
	at := len(*payload)
	*payload = append(*payload, data[:n]...)
	ws.Cipher((*payload)[at:], d.frame.Mask, int(d.frame.Length-d.unread))
	if d.unread -= int64(n); d.unread > 0 {
		return input{}, nil, nil
	}
	d.under = false
	in, err = d.whole()
	return in, data[n:], err
}

// skip skips data. It reports whether a close frame was in it.
func (d *decoder) skip(data []byte) (closed bool) {
	for len(data) > 0 {
		if !d.under {
			data, _ = d.takeHeader(data) // a second violation is ignored
			if d.under && d.frame.OpCode == ws.OpClose {
				return true
			}
		}
		n := int(min(d.unread, int64(len(data))))
		data = data[n:]
		d.unread -= int64(n)
		d.under = d.unread > 0
	}
	return false
}

// takeHeader decodes the bytes of a header in data. When the header is complete, the frame is under way.
func (d *decoder) takeHeader(data []byte) (rest []byte, err error) {
	need := 2
	for {
		if d.headed >= 2 {
			need = headerBytes(d.header[1])
		}
		if d.headed == need {
			break
		}
		if len(data) == 0 {
			return nil, nil
		}
		n := copy(d.header[d.headed:need], data)
		d.headed += n
		data = data[n:]
	}
	d.frame = parseHeader(d.header[:need])
	d.headed, d.under, d.unread = 0, true, max(d.frame.Length, 0)
	if d.frame.Length < 0 {
		return data, &closeError{closeProtocolError, "the length of a frame has its highest bit set"}
	}
	return data, nil
}

// headerBytes returns the length of a header from its second byte.
func headerBytes(second byte) int {
	n := 2
	switch second & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if second&0x80 != 0 {
		n += 4
	}
	return n
}

// parseHeader parses a complete header (RFC 6455, section 5.2).
func parseHeader(b []byte) ws.Header {
	h := ws.Header{
		Fin:    b[0]&0x80 != 0,
		Rsv:    b[0] >> 4 & 7,
		OpCode: ws.OpCode(b[0] & 0xf),
		Masked: b[1]&0x80 != 0,
		Length: int64(b[1] & 0x7f),
	}
	switch h.Length {
	case 126:
		h.Length = int64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		h.Length = int64(binary.BigEndian.Uint64(b[2:]))
	}
	if h.Masked {
		copy(h.Mask[:], b[len(b)-4:])
	}
	return h
}

// check checks the header of the frame.
func (d *decoder) check(frameBytesMax int64) error {
	state := ws.StateServerSide
	if d.fragmented {
		state = state.Set(ws.StateFragmented)
	}
	h := &d.frame
	if err := ws.CheckHeader(*h, state); err != nil {
		return &closeError{closeProtocolError, err.Error()}
	}
	switch {
	case h.OpCode.IsControl():
	case h.OpCode == ws.OpBinary:
		return &closeError{protocol.CloseNotProtocol, "a binary message"}
	case h.Length > frameBytesMax-int64(len(d.message)):
		return &closeError{protocol.CloseTooLarge, "the message is too large"}
	}
	return nil
}

// whole ends the frame under way.
func (d *decoder) whole() (input, error) {
	if d.frame.OpCode.IsControl() {
		body := d.control
		d.control = nil
		switch d.frame.OpCode {
		case ws.OpClose:
			return input{closeInput, body}, nil
		case ws.OpPing:
			return input{pingInput, body}, nil
		}
		return input{pongInput, body}, nil
	}
	if d.fragmented = !d.frame.Fin; d.fragmented {
		return input{kind: fragmentInput}, nil
	}
	body := d.message
	d.message = nil
	if !utf8.Valid(body) {
		return input{}, &closeError{closeInvalidData, "not UTF-8"}
	}
	return input{textInput, body}, nil
}
