package media_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"hallway/files/media"
)

// FuzzProcess checks that no bytes cause a panic, and that processing a written picture again keeps its size and
// removes nothing.
func FuzzProcess(f *testing.F) {
	m := painted(40, 20)
	j := jpegOf(f, m)
	f.Add(j)
	f.Add(insert(j, 2, segment(0xe1, "Exif\x00\x00"+exif(6))))
	f.Add(pngOf(f, m))
	f.Add(insert(pngOf(f, m), 33, pngChunk("eXIf", exif(3))))
	f.Add(gifOf(f, m))
	f.Add(webpBytes)
	f.Add(extendedWebP(1))
	f.Fuzz(func(t *testing.T, data []byte) {
		typ, err := media.Sniff(bytes.NewReader(data), int64(len(data)))
		if err != nil || !media.IsPicture(typ) {
			t.Skip()
		}
		first, err := process(t, data)
		if err != nil {
			if !errors.Is(err, media.ErrPicture) {
				t.Error(err)
			}
			return
		}
		second, err := process(t, first.bytes)
		if err != nil || first.Picture != second.Picture || !bytes.Equal(first.bytes, second.bytes) {
			t.Errorf("%+v of %d bytes is %+v of %d bytes when it is processed again: %v", first.Picture, len(first.bytes), second.Picture, len(second.bytes), err)
		}
	})
}

// FuzzSniff checks that any bytes have a type, and that markup has the type of plain bytes.
func FuzzSniff(f *testing.F) {
	f.Add([]byte("hello"))
	f.Add([]byte("<svg>"))
	f.Add([]byte("OggS"))
	f.Fuzz(func(t *testing.T, data []byte) {
		typ, err := media.Sniff(bytes.NewReader(data), int64(len(data)))
		if err != nil || !strings.Contains(typ, "/") || strings.Contains(typ, "html") || strings.Contains(typ, "svg") || strings.Contains(typ, "xml") {
			t.Errorf("%s, %v", typ, err)
		}
	})
}
