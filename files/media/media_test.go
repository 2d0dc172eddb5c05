package media_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/webp"

	"hallway/files/media"
)

// memory is a destination for a picture.
type memory struct{ bytes.Buffer }

func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.Bytes()).ReadAt(p, off)
}
func (m *memory) Restart() error { m.Reset(); return nil }
func (m *memory) Size() int64    { return int64(m.Len()) }

// processed is the output of Process.
type processed struct {
	media.Picture
	bytes  []byte
	thumbs map[int][]byte
}

func process(ctx testing.TB, data []byte) (processed, error) {
	typ, err := media.Sniff(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		ctx.Fatal(err)
	}
	var m memory
	l := processed{thumbs: map[int][]byte{}}
	l.Picture, err = media.Process(ctx.Context(), typ, bytes.NewReader(data), int64(len(data)), media.Out{
		Picture: &m,
		Thumb: func(size int, _ string, write func(io.Writer) error) error {
			var thumb bytes.Buffer
			err := write(&thumb)
			l.thumbs[size] = thumb.Bytes()
			return err
		},
	})
	l.bytes = m.Bytes()
	return l, err
}

// painted returns a picture with a red corner at the top on the left, and a blue one on the right.
func painted(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{G: 0xff, A: 0xff}
			if y < h/2 && x < w/2 {
				c = color.NRGBA{R: 0xff, A: 0xff}
			} else if y < h/2 {
				c = color.NRGBA{B: 0xff, A: 0xff}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encode(t testing.TB, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	return encode(t, func(w io.Writer) error { return jpeg.Encode(w, m, nil) })
}

func pngOf(t testing.TB, m image.Image) []byte {
	return encode(t, func(w io.Writer) error { return png.Encode(w, m) })
}

func gifOf(t testing.TB, m image.Image) []byte {
	return encode(t, func(w io.Writer) error { return gif.Encode(w, m, nil) })
}

// secret stands for metadata that must be removed.
const secret = "GPS 52.5200N 13.4050E"

// exif returns EXIF with an orientation and a secret.
func exif(orientation byte) string {
	return "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00" + secret
}

func segment(marker byte, body string) string {
	return "\xff" + string([]byte{marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))) + body
}

func pngChunk(kind, body string) string {
	lead := string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + kind + body
	return lead + string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(kind+body))))
}

func insert(data []byte, at int, what string) []byte {
	return []byte(string(data[:at]) + what + string(data[at:]))
}

// webpBytes is a picture of 1 × 1 pixel, lossless.
var webpBytes, _ = base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")

// extendedWebP returns a picture in several chunks, with metadata.
func extendedWebP(orientation byte) []byte {
	extended := "VP8X\x0a\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	chunk := func(kind, body string) string {
		c := kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
		return c + strings.Repeat("\x00", len(body)%2)
	}
	body := extended + string(webpBytes[12:]) + chunk("EXIF", exif(orientation)) + chunk("XMP ", secret)
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)+4))) + "WEBP" + body)
}

// TestMetadataIsTakenOut checks that no metadata and no bytes after the picture stay, and that the pixels are the same.
func TestMetadataIsTakenOut(t *testing.T) {
	m := painted(40, 20)
	j, p, g := jpegOf(t, m), pngOf(t, m), gifOf(t, m)
	behind := "PK\x03\x04<script>" + secret
	for name, c := range map[string]struct {
		data   []byte
		decode func(io.Reader) (image.Image, error)
	}{
		"JPEG": {append(insert(j, 2, segment(0xe1, "Exif\x00\x00"+exif(1))+segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret)+
			segment(0xed, "Photoshop 3.0\x00"+secret)+segment(0xfe, secret)+segment(0xe5, secret)), behind...), jpeg.Decode},
		"PNG": {append(insert(p, 33, pngChunk("tEXt", "Comment\x00"+secret)+pngChunk("eXIf", exif(1))+pngChunk("iTXt", secret)+
			pngChunk("tIME", "1234567")+pngChunk("prVt", secret)), behind...), png.Decode},
		"GIF":  {append(insert(g, 13+3*256, "!\xfe\x15"+secret+"\x00!\xff\x0bXMP DataXMP\x15"+secret+"\x00"), behind...), gif.Decode},
		"WebP": {append(extendedWebP(1), behind...), webp.Decode},
	} {
		l, err := process(t, c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if bytes.Contains(l.bytes, []byte(secret)) || bytes.Contains(l.bytes, []byte("script")) || bytes.Contains(l.bytes, []byte("Exif")) {
			t.Errorf("%s: metadata is left", name)
		}
		before, err := c.decode(bytes.NewReader(c.data))
		after, err2 := c.decode(bytes.NewReader(l.bytes))
		if err = errors.Join(err, err2); err != nil || !same(before, after) {
			t.Errorf("%s: the pixels have changed: %v", name, err)
		}
		if l.Width != before.Bounds().Dx() || l.Height != before.Bounds().Dy() {
			t.Errorf("%s: %d × %d", name, l.Width, l.Height)
		}
	}
}

func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// TestOrientationIsApplied checks that pictures of all orientations look the same after processing.
func TestOrientationIsApplied(t *testing.T) {
	red, blue, green := color.NRGBA{R: 0xff, A: 0xff}, color.NRGBA{B: 0xff, A: 0xff}, color.NRGBA{G: 0xff, A: 0xff}
	// The colours of the corners: top left, top right, bottom left, bottom right.
	want := map[byte][4]color.NRGBA{
		1: {red, blue, green, green}, 2: {blue, red, green, green}, 3: {green, green, blue, red}, 4: {green, green, red, blue},
		5: {red, green, blue, green}, 6: {green, red, green, blue}, 7: {green, blue, green, red}, 8: {blue, green, red, green},
	}
	for orientation := byte(1); orientation <= 8; orientation++ {
		m := painted(1600, 1000)
		for name, data := range map[string][]byte{
			"JPEG": insert(jpegOf(t, m), 2, segment(0xe1, "Exif\x00\x00"+exif(orientation))),
			"PNG":  insert(pngOf(t, m), 33, pngChunk("eXIf", exif(orientation))),
		} {
			l, err := process(t, data)
			if err != nil {
				t.Fatalf("%s %d: %v", name, orientation, err)
			}
			if turned := orientation >= 5; turned != (l.Width == 1000) || turned != (l.Height == 1600) {
				t.Errorf("%s %d: %d × %d", name, orientation, l.Width, l.Height)
			}
			for what, data := range map[string][]byte{"picture": l.bytes, "1280": l.thumbs[1280], "320": l.thumbs[320]} {
				got, kind, err := image.Decode(bytes.NewReader(data))
				if err != nil || "image/"+kind != l.Type && what == "picture" {
					t.Errorf("%s %d, %s: %s, %v", name, orientation, what, kind, err)
					continue
				}
				w, h := got.Bounds().Dx(), got.Bounds().Dy()
				for i, at := range []image.Point{{w / 8, h / 8}, {w * 7 / 8, h / 8}, {w / 8, h * 7 / 8}, {w * 7 / 8, h * 7 / 8}} {
					if c := color.NRGBAModel.Convert(got.At(at.X, at.Y)).(color.NRGBA); far(c, want[orientation][i]) {
						t.Errorf("%s %d, %s: corner %d is %v", name, orientation, what, i, c)
					}
				}
			}
		}
	}
	if l, err := process(t, extendedWebP(6)); err != nil || l.Type != media.TypeJPEG && l.Type != media.TypePNG {
		t.Errorf("WebP that is turned: %s, %v", l.Type, err)
	}
}

func far(a, b color.NRGBA) bool {
	d := func(x, y uint8) bool { return max(x, y)-min(x, y) > 40 }
	return d(a.R, b.R) || d(a.G, b.G) || d(a.B, b.B)
}

func TestThumbnails(t *testing.T) {
	for _, c := range []struct {
		w, h         int
		large, small image.Point
	}{
		{320, 200, image.Point{}, image.Point{}},
		{321, 200, image.Point{}, image.Pt(320, 199)},
		{1280, 1280, image.Point{}, image.Pt(320, 320)},
		{2000, 1000, image.Pt(1280, 640), image.Pt(320, 160)},
		{30, 4000, image.Pt(9, 1280), image.Pt(2, 320)},
		{8000, 1, image.Pt(1280, 1), image.Pt(320, 1)},
	} {
		for name, data := range map[string][]byte{"JPEG": jpegOf(t, painted(c.w, c.h)), "PNG": pngOf(t, painted(c.w, c.h))} {
			l, err := process(t, data)
			if err != nil {
				t.Fatal(err)
			}
			for size, want := range map[int]image.Point{1280: c.large, 320: c.small} {
				config, _, err := image.DecodeConfig(bytes.NewReader(l.thumbs[size]))
				if want == (image.Point{}) != (l.thumbs[size] == nil) || l.thumbs[size] != nil && (err != nil || config.Width != want.X || config.Height != want.Y) {
					t.Errorf("%s %d × %d in %d: %d × %d, %v", name, c.w, c.h, size, config.Width, config.Height, err)
				}
			}
		}
	}
	glass := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	if l, err := process(t, pngOf(t, glass)); err != nil || l.ThumbType != media.TypePNG {
		t.Errorf("a picture that one can look through has a thumbnail %s, %v", l.ThumbType, err)
	}
}

// TestPicturesThatAreRefused checks that too many pixels are noticed before any is decoded.
func TestPicturesThatAreRefused(t *testing.T) {
	m := painted(40, 20)
	j, p, g := jpegOf(t, m), pngOf(t, m), gifOf(t, m)
	bombPNG := []byte(string(p[:8]) + pngChunk("IHDR", "\x00\x00\xff\xff\x00\x00\xff\xff\x08\x06\x00\x00\x00") + string(p[33:]))
	bombGIF := append([]byte("GIF89a\xff\xff\xff\xff"), g[10:]...)
	frame := bytes.Index(j, []byte("\xff\xc0"))
	bombJPEG := append([]byte(nil), j...)
	copy(bombJPEG[frame+5:], "\xff\xff\xff\xff")
	liarWebP := extendedWebP(1)
	copy(liarWebP[bytes.Index(liarWebP, []byte("VP8L"))+9:], "\xff\xff\xff\x0f")
	wide := append([]byte(nil), g...)
	copy(wide[13+3*256+5:], "\xff\xff")
	badSum := append([]byte(nil), p...)
	badSum[40] ^= 1
	for name, data := range map[string][]byte{
		"a PNG bomb": bombPNG, "a GIF bomb": bombGIF, "a JPEG bomb": bombJPEG, "a WebP whose frame is larger": liarWebP,
		"a GIF whose frame is larger": wide,
		"half a JPEG":                 j[:len(j)/2], "half a PNG": p[:len(p)/2], "half a GIF": g[:len(g)/2], "half a WebP": webpBytes[:len(webpBytes)-5],
		"a PNG with a wrong checksum": badSum,
		"a script that begins as GIF": []byte("GIF89a/*\x00\x00\x00\x00\x00*/=1;alert(1)//"),
		"the beginning of a JPEG":     []byte("\xff\xd8\xff"),
		"a JPEG without pixels":       []byte("\xff\xd8\xff\xd9"),
	} {
		if _, err := process(t, data); !errors.Is(err, media.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBombs checks that bytes that unpack to far more than the picture are refused, left out or left packed (a colour
// profile).
func TestBombs(t *testing.T) {
	zeros := func(n int) string {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		_, err := w.Write(make([]byte, n))
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	bomb := zeros(256 << 20)
	p := pngOf(t, painted(40, 20))
	for name, data := range map[string][]byte{
		"pixels":            []byte(string(p[:33]) + pngChunk("IDAT", bomb) + pngChunk("IEND", "")),
		"a profile":         insert(p, 33, pngChunk("iCCP", "a\x00\x00"+bomb)),
		"a compressed text": insert(p, 33, pngChunk("zTXt", "a\x00\x00"+bomb)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := process(t, data)
		runtime.ReadMemStats(&after)
		if err != nil && !errors.Is(err, media.ErrPicture) || err == nil && name == "a compressed text" && len(got.bytes) > 2*len(p) {
			t.Errorf("%s: %d bytes, %v", name, len(got.bytes), err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
			t.Errorf("%s: takes %d MiB", name, took>>20)
		}
	}
}

func TestSniff(t *testing.T) {
	m := painted(4, 4)
	pad := strings.Repeat("\x00", 32)
	for _, c := range []struct{ name, data, typ string }{
		{"JPEG", string(jpegOf(t, m)), "image/jpeg"},
		{"PNG", string(pngOf(t, m)), "image/png"},
		{"GIF", string(gifOf(t, m)), "image/gif"},
		{"WebP", string(webpBytes), "image/webp"},
		{"PDF", "%PDF-1.7\n", "application/pdf"},
		{"MP3 with tags", "ID3\x04" + pad, "audio/mpeg"},
		{"MP3", "\xff\xfb\x90\x64" + pad, "audio/mpeg"},
		{"AAC", "\xff\xf1\x50\x80" + pad, "audio/aac"},
		{"WAV", "RIFF\x24\x00\x00\x00WAVEfmt " + pad, "audio/wav"},
		{"FLAC", "fLaC" + pad, "audio/flac"},
		{"Ogg", "OggS\x00\x02" + pad + "OpusHead", "audio/ogg"},
		{"Theora", "OggS\x00\x02" + pad + "\x80theora", "video/ogg"},
		{"MP4", "\x00\x00\x00\x18ftypmp42" + pad, "video/mp4"},
		{"M4A", "\x00\x00\x00\x18ftypM4A " + pad, "audio/mp4"},
		{"WebM", "\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm" + pad, "video/webm"},
		{"Matroska", "\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x88matroska" + pad, "application/octet-stream"},
		{"HEIC", "\x00\x00\x00\x18ftypheic" + pad, "application/octet-stream"},
		{"text", "Doors open at nine.\r\n\tgrüße 👋\n", "text/plain"},
		{"text with a mark", "\xef\xbb\xbfhello", "text/plain"},
		{"text with a less-than sign", "1 < 2 and i<imax", "text/plain"},
		{"long text", strings.Repeat("grüße ", 50_000), "text/plain"},
		{"nothing", "", "application/octet-stream"},
		{"long text with a NUL", strings.Repeat("grüße ", 50_000) + "\x00", "application/octet-stream"},
		{"text cut in a character", "gr\xc3", "application/octet-stream"},
		{"Latin-1", "gr\xfc\xdfe aus Berlin", "application/octet-stream"},
		{"UTF-16", "\xff\xfeh\x00i\x00", "application/octet-stream"},
		{"HTML", "<!DOCTYPE html><script>alert(1)</script>", "application/octet-stream"},
		{"HTML in capitals", " \n\t<HTML>", "application/octet-stream"},
		{"HTML behind a mark", "\xef\xbb\xbf<p>hello", "application/octet-stream"},
		{"HTML in a text", "hello\n<script>alert(1)</script>", "application/octet-stream"},
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "application/octet-stream"},
		{"XML", `<?xml version="1.0"?><a/>`, "application/octet-stream"},
		{"a program", "MZ\x90\x00" + pad, "application/octet-stream"},
		{"ZIP", "PK\x03\x04" + pad, "application/octet-stream"},
	} {
		got, err := media.Sniff(strings.NewReader(c.data), int64(len(c.data)))
		if err != nil || got != c.typ {
			t.Errorf("%s is %s, %v; want %s", c.name, got, err, c.typ)
		}
	}
}
