package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/webp"
)

// The flags of a WebP picture in several chunks.
const (
	webpXMP   = 0x04
	webpEXIF  = 0x08
	webpAlpha = 0x10
)

// kindVP8 is the kind of a chunk with lossy pixels.
const kindVP8 = "VP8 "

var webpKept = map[string]bool{"VP8X": true, "ICCP": true, "ANIM": true, "ANMF": true, "ALPH": true, kindVP8: true, "VP8L": true}

// chunk is a piece of a WebP picture.
type chunk struct {
	kind string
	body []byte
}

// append appends the chunk's bytes.
func (c chunk) append(dst []byte) []byte {
	dst = append(dst, c.kind...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(c.body)))
	dst = append(dst, c.body...)
	if len(c.body)%2 != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// chunks splits bytes into chunks.
func chunks(data []byte) (all []chunk, err error) {
	for len(data) > 0 {
		size := le32(data[min(4, len(data)):])
		if len(data) < 8 || size > int64(len(data)-8) {
			return nil, malformed("it ends too early")
		}
		all = append(all, chunk{string(data[:4]), data[8 : 8+size]})
		data = data[min(8+size+size%2, int64(len(data))):]
	}
	return all, nil
}

// stripWebP keeps the chunks of webpKept: no EXIF, no XMP.
func stripWebP(w io.Writer, s *source) (h header, err error) {
	lead := s.take(12)
	if s.err != nil || string(lead[:4]) != "RIFF" || string(lead[8:]) != "WEBP" {
		return h, malformed("it is no WebP")
	}
	all, err := chunks(s.take(le32(lead[4:]) - 4))
	if s.err != nil {
		return h, s.err
	}
	var out []byte
	for i, c := range all {
		if err == nil {
			err = h.seeChunk(i, c)
		}
		if c.kind == "EXIF" && len(c.body) <= exifBytesMax {
			h.orientation = orientation(c.body)
		}
		if webpKept[c.kind] {
			out = c.append(out)
		}
	}
	if err != nil {
		return h, err
	}
	s.write(w, []byte("RIFF"))
	s.write(w, binary.LittleEndian.AppendUint32(nil, uint32(len(out)+4)))
	s.write(w, []byte("WEBP"))
	s.write(w, out)
	return s.end(h)
}

// seeChunk notes the i-th chunk.
func (h *header) seeChunk(i int, c chunk) error {
	b := c.body
	switch c.kind {
	case "VP8X":
		if len(b) < 10 || i > 0 {
			return malformed("its chunks are out of order")
		}
		b[0] &^= webpXMP | webpEXIF
		return h.see(le24(b[4:])+1, le24(b[7:])+1)
	case "ANMF":
		h.animated = true
		if len(b) < 16 {
			return malformed("it ends too early")
		}
		inner, err := chunks(b[16:])
		for _, c := range inner {
			if err == nil && c.kind != "VP8X" && c.kind != "ANMF" {
				err = h.seeChunk(i, c)
			}
		}
		return err
	case kindVP8:
		if len(b) < 10 {
			return malformed("it ends too early")
		}
		return h.see(le16(b[6:])&0x3fff, le16(b[8:])&0x3fff)
	case "VP8L":
		if len(b) < 5 {
			return malformed("it ends too early")
		}
		bits := le32(b[1:])
		return h.see(int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1)
	}
	return nil
}

func le24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// decodeWebP decodes a picture, or the first frame of an animation.
func decodeWebP(r io.Reader) (image.Image, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if still := firstFrame(data); still != nil {
		data = still
	}
	return webp.Decode(bytes.NewReader(data))
}

// firstFrame returns the first frame of an animation as a separate picture, or nil.
func firstFrame(data []byte) []byte {
	if len(data) < 12 {
		return nil
	}
	all, _ := chunks(data[12:])
	for _, c := range all {
		if c.kind != "ANMF" || len(c.body) < 16 {
			continue
		}
		parts, _ := chunks(c.body[16:])
		extended := make([]byte, 10)
		copy(extended[4:], c.body[6:12]) // width and height, less 1 each
		var body []byte
		for _, part := range parts {
			if part.kind == "ALPH" {
				extended[0] = webpAlpha
			}
			if part.kind == "ALPH" || part.kind == kindVP8 || part.kind == "VP8L" {
				body = part.append(body)
			}
		}
		if extended[0] == webpAlpha {
			body = append(chunk{"VP8X", extended}.append(nil), body...)
		}
		out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
		return append(append(out, "WEBP"...), body...)
	}
	return nil
}
