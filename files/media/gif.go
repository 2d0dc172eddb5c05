package media

import "io"

// stripGIF keeps frames, their timing and the number of repetitions; it drops comments and XMP.
func stripGIF(w io.Writer, s *source) (h header, err error) {
	lead := s.take(13)
	if s.err != nil || string(lead[:3]) != "GIF" {
		return h, malformed("it is no GIF")
	}
	if err := h.see(le16(lead[6:]), le16(lead[8:])); err != nil {
		return h, err
	}
	s.write(w, lead)
	s.pass(w, colours(lead[10]))
	frames := 0
	for s.err == nil {
		switch block := s.byte(); {
		case s.err != nil:
		case block == ';':
			if frames == 0 {
				return h, malformed("it has no frame")
			}
			s.write(w, []byte{';'})
			h.animated = frames > 1
			return s.end(h)
		case block == '!':
			s.extension(w)
		case block == ',':
			frames++
			frame := s.take(9)
			if s.err != nil {
				break
			}
			if le16(frame)+le16(frame[4:]) > h.width || le16(frame[2:])+le16(frame[6:]) > h.height {
				return h, malformed("a frame is larger than the picture")
			}
			s.write(w, []byte{','})
			s.write(w, frame)
			s.pass(w, colours(frame[8]))
			s.pass(w, 1)
			s.blocks(w)
		default:
			return h, malformed("a block is not known")
		}
	}
	return s.end(h)
}

// colours returns the bytes of a table of colours.
func colours(flags byte) int64 {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// blocks copies data blocks up to the empty one.
func (s *source) blocks(w io.Writer) {
	for s.err == nil {
		n := s.byte()
		s.write(w, []byte{n})
		if s.pass(w, int64(n)); n == 0 {
			return
		}
	}
}

// extension copies an extension that a decoder needs, and passes over any other.
func (s *source) extension(w io.Writer) {
	label := s.byte()
	size := s.byte()
	body := s.take(int64(size))
	keeps := label == 0xf9 && size == 4 || label == 0xff && (string(body) == "NETSCAPE2.0" || string(body) == "ANIMEXTS1.0")
	if !keeps {
		w = io.Discard
	}
	s.write(w, []byte{'!', label, size})
	if s.write(w, body); size > 0 {
		s.blocks(w)
	}
}
