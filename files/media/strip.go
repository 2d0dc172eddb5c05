package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

// ErrPicture means that a picture is too large or malformed.
var ErrPicture = errors.New("the picture cannot be used")

// malformed returns an ErrPicture with a reason that is safe to show.
func malformed(reason string) error { return fmt.Errorf("%w: %s", ErrPicture, reason) }

// PixelsMax bounds the pixels of a picture.
const PixelsMax = 40_000_000

// header holds the size and orientation of a picture.
type header struct {
	width, height int
	orientation   int // as in EXIF, 1 to 8; 0: unknown
	animated      bool
}

// see notes the size of a picture, or of a frame, which must fit into the picture.
func (h *header) see(width, height int) error {
	switch {
	case width <= 0 || height <= 0:
		return malformed("it has no pixels")
	case int64(width)*int64(height) > PixelsMax:
		return malformed("it has more than 40 megapixels")
	case h.width == 0:
		h.width, h.height = width, height
	case width > h.width || height > h.height:
		return malformed("a frame is larger than the picture")
	}
	return nil
}

// format holds the functions for one type of pictures.
type format struct {
	// strip copies a picture without its metadata and returns its size. It fails if the picture is malformed.
	strip  func(w io.Writer, r *source) (header, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = map[string]format{
	TypeJPEG: {stripJPEG, jpeg.Decode},
	TypePNG:  {stripPNG, png.Decode},
	TypeGIF:  {stripGIF, gif.Decode}, // the first frame
	TypeWebP: {stripWebP, decodeWebP},
}

// source reads the pieces of a picture. It keeps the first error and then returns zeros.
type source struct {
	r    *bufio.Reader
	left int64 // the number of bytes that follow
	err  error
}

func newSource(r io.Reader, size int64) *source {
	return &source{r: bufio.NewReaderSize(r, 32<<10), left: size}
}

func (s *source) fail(err error) {
	if s.err == nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = malformed("it ends too early")
		}
		s.err = err
	}
}

// byte returns the next byte.
func (s *source) byte() byte {
	if s.err != nil {
		return 0
	}
	b, err := s.r.ReadByte()
	if err != nil {
		s.fail(err)
		return 0
	}
	s.left--
	return b
}

// take returns the next n bytes.
func (s *source) take(n int64) []byte {
	if s.err == nil && (n < 0 || n > s.left) {
		s.fail(io.ErrUnexpectedEOF)
	}
	if s.err != nil {
		return nil
	}
	b := make([]byte, n)
	_, err := io.ReadFull(s.r, b)
	if err != nil {
		s.fail(err)
		return nil
	}
	s.left -= n
	return b
}

// pass copies the next n bytes to w.
func (s *source) pass(w io.Writer, n int64) {
	if s.err == nil && (n < 0 || n > s.left) {
		s.fail(io.ErrUnexpectedEOF)
	}
	if s.err != nil {
		return
	}
	if _, err := io.CopyN(w, s.r, n); err != nil {
		s.fail(err)
		return
	}
	s.left -= n
}

// skip passes over the next n bytes.
func (s *source) skip(n int64) { s.pass(io.Discard, n) }

// write writes, unless the reading has failed.
func (s *source) write(w io.Writer, b []byte) {
	if s.err != nil {
		return
	}
	if _, err := w.Write(b); err != nil {
		s.fail(err)
	}
}

// end returns the first error, or the error of a picture without a size.
func (s *source) end(h header) (header, error) {
	if s.err == nil && h.width == 0 {
		s.fail(malformed("it has no pixels"))
	}
	return h, s.err
}

// whole returns b, or zeros if it has less than n bytes.
func whole(b []byte, n int) []byte {
	if len(b) < n {
		return make([]byte, n)
	}
	return b
}

func be16(b []byte) int   { return int(binary.BigEndian.Uint16(whole(b, 2))) }
func le16(b []byte) int   { return int(binary.LittleEndian.Uint16(whole(b, 2))) }
func be32(b []byte) int64 { return int64(binary.BigEndian.Uint32(whole(b, 4))) }
func le32(b []byte) int64 { return int64(binary.LittleEndian.Uint32(whole(b, 4))) }
