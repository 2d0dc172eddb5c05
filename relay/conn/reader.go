package conn

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"hallway/protocol"
)

const (
	// readBufferBytes holds a usual frame; a silent connection keeps only that.
	readBufferBytes = 512
	// readChunkBytes is how much memory a frame takes before its bytes arrive.
	readChunkBytes = 4096
)

// The close codes of RFC 6455 that the protocol does not name.
const (
	closeProtocolError protocol.CloseCode = 1002
	closeInvalidData   protocol.CloseCode = 1007
)

// A closeError ends the reading with a close code for the peer.
type closeError struct {
	code   protocol.CloseCode
	reason string
}

func (e *closeError) Error() string { return e.reason }

// errPeerClosed ends the reading: the peer's close frame has come.
var errPeerClosed = errors.New("the peer closed")

// reader is the reading half of a connection.
type reader struct {
	conn          *conn
	handler       Handler
	src           *bufio.Reader
	frameBytesMax int64

	header     [ws.MaxHeaderSize]byte
	unread     int64  // bytes of the present frame's payload
	message    []byte // of fragments so far
	fragmented bool
}

// run reads until the connection has ended or both sides have closed it.
func (r *reader) run() {
	for !r.conn.isClosing() {
		err := r.frame()
		var ce *closeError
		switch {
		case err == nil:
		case errors.As(err, &ce):
			r.conn.Close(ce.code, ce.reason)
		case errors.Is(err, errPeerClosed):
			return
		default:
			r.conn.abort()
			return
		}
	}
	r.awaitClose()
}

// awaitClose reads on for the peer's close frame, deaf to all else, until the
// deadline that the writer sets. Cutting at once would make TCP take back the
// close frame from a peer that is still writing.
func (r *reader) awaitClose() {
	for {
		if _, err := io.CopyN(io.Discard, r.src, r.unread); err != nil {
			return
		}
		h, err := ws.ReadHeaderBuffer(r.src, r.header[:])
		if err != nil || h.OpCode == ws.OpClose {
			return
		}
		r.unread = h.Length
	}
}

// frame reads one frame, and with it perhaps a message.
func (r *reader) frame() error {
	h, err := ws.ReadHeaderBuffer(r.src, r.header[:])
	if errors.Is(err, ws.ErrHeaderLengthMSB) {
		return &closeError{closeProtocolError, err.Error()}
	}
	if err != nil {
		return err
	}
	r.unread = h.Length
	state := ws.StateServerSide
	if r.fragmented {
		state = state.Set(ws.StateFragmented)
	}
	if err := ws.CheckHeader(h, state); err != nil {
		return &closeError{closeProtocolError, err.Error()}
	}
	switch {
	case h.OpCode.IsControl():
		return r.control(h)
	case h.OpCode == ws.OpBinary:
		return &closeError{protocol.CloseNotProtocol, "a binary message"}
	case h.Length > r.frameBytesMax-int64(len(r.message)):
		return &closeError{protocol.CloseTooLarge, "the message is too large"}
	}
	return r.data(h)
}

func (r *reader) data(h ws.Header) error {
	var err error
	if r.message, err = r.payload(h, r.message); err != nil {
		return err
	}
	if r.fragmented = !h.Fin; r.fragmented {
		r.handler.Heard()
		return nil
	}
	message := r.message
	r.message = nil
	if !utf8.Valid(message) {
		return &closeError{closeInvalidData, "not UTF-8"}
	}
	r.handler.Received(message)
	return nil
}

func (r *reader) control(h ws.Header) error {
	body, err := r.payload(h, nil)
	if err != nil {
		return err
	}
	switch h.OpCode {
	case ws.OpClose:
		return r.closed(body)
	case ws.OpPing:
		r.conn.queue(encode(ws.OpPong, body))
	}
	r.handler.Heard()
	return nil
}

// closed answers the peer's close frame with the same code.
func (r *reader) closed(body []byte) error {
	if len(body) > 0 {
		code, reason := ws.ParseCloseFrameData(body)
		switch err := ws.CheckCloseFrameData(code, reason); {
		case errors.Is(err, ws.ErrProtocolInvalidUTF8):
			body = closeBody(closeInvalidData, "not UTF-8")
		case err != nil:
			body = closeBody(closeProtocolError, "a bad close frame")
		default:
			body = body[:2]
		}
	}
	r.conn.answerClose(body)
	return errPeerClosed
}

// payload appends the frame's payload to dst, taking memory only as it arrives.
func (r *reader) payload(h ws.Header, dst []byte) ([]byte, error) {
	for r.unread > 0 {
		n := int(min(r.unread, readChunkBytes))
		at := len(dst)
		dst = slices.Grow(dst, n)[:at+n]
		if _, err := io.ReadFull(r.src, dst[at:]); err != nil {
			return nil, err
		}
		ws.Cipher(dst[at:], h.Mask, int(h.Length-r.unread))
		r.unread -= int64(n)
	}
	return dst, nil
}
