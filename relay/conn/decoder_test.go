package conn

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// FuzzDecoder checks that the decoder finds the same frames as a simple reader, for any bytes and pieces, and takes no
// more memory than the bytes.
func FuzzDecoder(f *testing.F) {
	for _, frames := range [][]ws.Frame{
		{ws.NewTextFrame([]byte("hello"))},
		{ws.NewFrame(ws.OpText, false, []byte("\xc3")), ws.NewPingFrame([]byte("?")), ws.NewFrame(ws.OpContinuation, true, []byte("\xa9"))},
		{ws.NewTextFrame(bytes.Repeat([]byte("x"), 130)), ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "bye"))},
		{ws.NewPongFrame(nil), ws.NewBinaryFrame([]byte("\x00"))},
	} {
		var stream []byte
		for _, frame := range frames {
			stream = append(stream, ws.MustCompileFrame(ws.MaskFrame(frame))...)
		}
		f.Add(stream, uint8(0))
		f.Add(stream, uint8(3))
	}
	f.Add([]byte{0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, uint8(0))
	f.Fuzz(func(t *testing.T, stream []byte, piece uint8) {
		const frameBytesMax = 200
		want := plain(stream, frameBytesMax)
		var got []string
		var d decoder
		var failed bool
		for rest := stream; len(rest) > 0 && !failed; {
			n := len(rest)
			if piece > 0 {
				n = min(n, int(piece))
			}
			data := rest[:n]
			rest = rest[n:]
			for len(data) > 0 && !failed {
				in, left, err := d.next(data, frameBytesMax)
				if len(left) >= len(data) {
					t.Fatal("nothing was taken")
				}
				if data = left; in.kind != noInput {
					got = append(got, describe(in.kind, in.body))
				}
				var ce *closeError
				if failed = errors.As(err, &ce); failed {
					got = append(got, "error")
					d.skip(data)
					d.skip(rest)
				}
			}
			if held := cap(d.message) + cap(d.control); held > 4*frameBytesMax+1024 {
				t.Fatalf("%d bytes held", held)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func describe(kind inputKind, body []byte) string {
	return string(rune('0'+kind)) + " " + string(body)
}

// plain reads the frames with gobwas/ws, one after another.
func plain(stream []byte, frameBytesMax int64) (found []string) {
	r := bytes.NewReader(stream)
	var message []byte
	state := ws.StateServerSide
	for {
		h, err := ws.ReadHeader(r)
		if errors.Is(err, ws.ErrHeaderLengthMSB) {
			return append(found, "error")
		}
		if err != nil {
			return found
		}
		data := !h.OpCode.IsControl()
		if ws.CheckHeader(h, state) != nil || h.OpCode == ws.OpBinary ||
			data && h.Length+int64(len(message)) > frameBytesMax {
			return append(found, "error")
		}
		body := make([]byte, h.Length)
		if _, err := io.ReadFull(r, body); err != nil {
			return found
		}
		ws.Cipher(body, h.Mask, 0)
		switch {
		case h.OpCode == ws.OpPing:
			found = append(found, describe(pingInput, body))
		case h.OpCode == ws.OpPong:
			found = append(found, describe(pongInput, body))
		case h.OpCode == ws.OpClose:
			found = append(found, describe(closeInput, body))
		case !h.Fin:
			message, state = append(message, body...), state.Set(ws.StateFragmented)
			found = append(found, describe(fragmentInput, nil))
		default:
			message, state = append(message, body...), state.Clear(ws.StateFragmented)
			if !utf8.Valid(message) {
				return append(found, "error")
			}
			found = append(found, describe(textInput, message))
			message = nil
		}
	}
}
