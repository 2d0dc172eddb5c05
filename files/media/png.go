package media

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that a decoder needs, the colours and the frames of an animation among them.
var pngKept = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true,
	"gAMA": true, "cHRM": true, "sRGB": true, "iCCP": true, "sBIT": true, "bKGD": true, "pHYs": true, "cICP": true,
	"acTL": true, "fcTL": true, "fdAT": true,
}

// stripPNG keeps the chunks of pngKept: no texts, no EXIF, no times.
func stripPNG(w io.Writer, s *source) (h header, err error) {
	if string(s.take(int64(len(pngMagic)))) != pngMagic {
		return h, malformed("it is no PNG")
	}
	s.write(w, []byte(pngMagic))
	for kind := ""; s.err == nil && kind != "IEND"; {
		lead := s.take(8)
		if s.err != nil {
			break
		}
		size, first := be32(lead), kind == ""
		kind = string(lead[4:])
		if first != (kind == "IHDR") || first && size != 13 {
			return h, malformed("its chunks are out of order")
		}
		if !pngKept[kind] && (kind != "eXIf" || size > exifBytesMax) {
			s.skip(size + 4)
			continue
		}
		body, sum := s.take(size), s.take(4)
		if s.err == nil && crc32.Update(crc32.ChecksumIEEE(lead[4:]), crc32.IEEETable, body) != binary.BigEndian.Uint32(sum) {
			return h, malformed("a checksum is wrong")
		}
		switch {
		case s.err != nil:
		case first:
			err = h.see(clamp(be32(body)), clamp(be32(body[4:])))
		case kind == "fcTL" && size == 26:
			h.animated = true
			err = h.see(clamp(be32(body[4:])), clamp(be32(body[8:])))
		case kind == "eXIf":
			h.orientation = orientation(body)
			continue
		}
		if err != nil {
			return h, err
		}
		s.write(w, lead)
		s.write(w, body)
		s.write(w, sum)
	}
	return s.end(h)
}

// clamp bounds a size so that products do not overflow.
func clamp(n int64) int { return int(min(n, 1<<30)) }
