package media

import (
	"bytes"
	"io"
)

// The markers of JPEG with special rules.
const (
	markerSOF0  = 0xc0 // the first marker of tables, frames and scans, which end before APP0
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerTEM   = 0x01
	markerAPP0  = 0xe0
	markerAPP1  = 0xe1
	markerAPP2  = 0xe2
	markerAPP14 = 0xee
)

// stripJPEG keeps the segments that a decoder needs and the colour profile; it drops EXIF, XMP, IPTC and comments.
func stripJPEG(w io.Writer, s *source) (h header, err error) {
	if lead := s.take(2); len(lead) < 2 || lead[0] != 0xff || lead[1] != markerSOI {
		return h, malformed("it is no JPEG")
	}
	s.write(w, []byte{0xff, markerSOI})
	frames := 0
	for marker := s.marker(); s.err == nil && marker != markerEOI; {
		if marker == markerSOI || marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 {
			return h, malformed("a segment is out of place")
		}
		segment := s.take(2)
		body := s.take(int64(be16(segment)) - 2)
		switch {
		case marker == markerAPP1 && h.orientation == 0:
			h.orientation = orientation(body)
		case isFrame(marker):
			if frames++; frames > 1 || len(body) < 6 {
				return h, malformed("it has no single frame")
			}
			if err := h.see(be16(body[3:]), be16(body[1:])); err != nil {
				return h, err
			}
		}
		if keepsJPEG(marker, body) {
			s.write(w, []byte{0xff, marker})
			s.write(w, segment)
			s.write(w, body)
		}
		if marker == markerSOS {
			marker = s.scan(w)
		} else {
			marker = s.marker()
		}
	}
	s.write(w, []byte{0xff, markerEOI})
	return s.end(h)
}

// isFrame reports whether a segment has the size of the picture.
func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

func keepsJPEG(marker byte, body []byte) bool {
	switch {
	case marker == markerAPP0:
		return bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) == 14 // without a thumbnail
	case marker == markerAPP2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	case marker == markerAPP14:
		return bytes.HasPrefix(body, []byte("Adobe")) && len(body) == 12
	}
	return marker >= markerSOF0 && marker < markerAPP0
}

// marker returns the next marker.
func (s *source) marker() byte {
	if s.byte() != 0xff && s.err == nil {
		s.fail(malformed("a segment is missing"))
	}
	m := s.byte()
	for m == 0xff && s.err == nil {
		m = s.byte()
	}
	return m
}

// scan copies coded pixels, and returns the marker after them.
func (s *source) scan(w io.Writer) byte {
	for s.err == nil {
		if _, err := s.r.Peek(1); err != nil {
			s.fail(err)
			return 0
		}
		chunk, _ := s.r.Peek(s.r.Buffered())
		if at := bytes.IndexByte(chunk, 0xff); at != 0 {
			if at < 0 {
				at = len(chunk)
			}
			s.pass(w, int64(at))
			continue
		}
		switch m := s.marker(); {
		case m == 0 || m >= markerRST0 && m <= markerRST7:
			s.write(w, []byte{0xff, m})
		default:
			return m
		}
	}
	return 0
}
