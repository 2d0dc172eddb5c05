package media

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The types with special rules.
const (
	TypeJPEG  = "image/jpeg"
	TypePNG   = "image/png"
	TypeGIF   = "image/gif"
	TypeWebP  = "image/webp"
	TypeText  = "text/plain"
	TypeBytes = "application/octet-stream"
)

// IsPicture reports whether Process knows the type.
func IsPicture(typ string) bool { return formats[typ].strip != nil }

// Inline reports whether a browser may show files of the type in place: pictures, audio and video.
func Inline(typ string) bool {
	return IsPicture(typ) || strings.HasPrefix(typ, "audio/") || strings.HasPrefix(typ, "video/")
}

// magics are the beginnings of files by their type.
var magics = []struct{ prefix, typ string }{
	{"\xff\xd8\xff", TypeJPEG},
	{"\x89PNG\r\n\x1a\n", TypePNG},
	{"GIF87a", TypeGIF},
	{"GIF89a", TypeGIF},
	{"%PDF-", "application/pdf"},
	{"ID3", "audio/mpeg"},
	{"fLaC", "audio/flac"},
}

// headBytes is the number of bytes that Sniff reads to recognise a file.
const headBytes = 4096

// Sniff returns the type of size bytes. It returns TypeBytes for unknown types, HTML, SVG and XML.
func Sniff(r io.ReaderAt, size int64) (string, error) {
	head := make([]byte, min(size, headBytes))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	for _, magic := range magics {
		if bytes.HasPrefix(head, []byte(magic.prefix)) {
			return magic.typ, nil
		}
	}
	if typ := container(head); typ != "" {
		return typ, nil
	}
	if len(head) == 0 || markup(head) {
		return TypeBytes, nil
	}
	text, err := isText(io.NewSectionReader(r, 0, size))
	if err != nil || !text {
		return TypeBytes, err
	}
	return TypeText, nil
}

// container returns the type of a container file that browsers play, or "".
func container(head []byte) string {
	at := func(from, to int) string {
		if len(head) < to {
			return ""
		}
		return string(head[from:to])
	}
	switch {
	case at(0, 4) == "RIFF" && at(8, 12) == "WEBP":
		return TypeWebP
	case at(0, 4) == "RIFF" && at(8, 12) == "WAVE":
		return "audio/wav"
	case at(0, 4) == "OggS":
		if bytes.Contains(head[:min(len(head), 512)], []byte("\x80theora")) {
			return "video/ogg"
		}
		return "audio/ogg"
	case at(4, 8) == "ftyp":
		return mp4(at(8, 12))
	case at(0, 4) == "\x1a\x45\xdf\xa3":
		if bytes.Contains(head[:min(len(head), 64)], []byte("webm")) {
			return "video/webm"
		}
		return TypeBytes
	case len(head) > 3 && head[0] == 0xff && head[1]&0xf6 == 0xf0 && head[1] != 0xff: // ADTS
		return "audio/aac"
	case len(head) > 3 && head[0] == 0xff && head[1]&0xe6 == 0xe2 && head[2]>>4 != 0xf && head[2]&0x0c != 0x0c: // layer III
		return "audio/mpeg"
	}
	return ""
}

// mp4 returns the type of an ISO media file by its brand. It returns none for pictures in such files (HEIC, AVIF).
func mp4(brand string) string {
	switch brand {
	case "M4A ", "M4B ":
		return "audio/mp4"
	case "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "M4VH", "M4VP", "dash", "MSNV", "f4v ", "mmp4":
		return "video/mp4"
	}
	return TypeBytes
}

// tags begin in a text that a browser may take for a page.
var tags = [][]byte{
	[]byte("<!doctype"), []byte("<html"), []byte("<head"), []byte("<body"), []byte("<script"), []byte("<iframe"), []byte("<svg"),
	[]byte("<?xml"), []byte("<style"), []byte("<title"), []byte("<img"), []byte("<meta"), []byte("<!--"),
}

// markup reports whether a text is HTML, SVG or XML, or looks like it.
func markup(head []byte) bool {
	text := bytes.ToLower(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if bytes.HasPrefix(bytes.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), []byte("<")) {
		return true
	}
	for _, tag := range tags {
		if bytes.Contains(text, tag) {
			return true
		}
	}
	return false
}

// isText reports whether r is UTF-8 without unusual control characters.
func isText(r io.Reader) (bool, error) {
	buf := make([]byte, 32<<10)
	kept := 0 // the bytes of an incomplete character
	for {
		n, err := io.ReadFull(r, buf[kept:])
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return false, err
		}
		text := buf[:kept+n]
		for len(text) > 0 && (ended || utf8.FullRune(text)) {
			c, size := utf8.DecodeRune(text)
			if c == utf8.RuneError && size <= 1 || unicode.IsControl(c) && !strings.ContainsRune("\n\r\t\f", c) {
				return false, nil
			}
			text = text[size:]
		}
		if ended {
			return true, nil
		}
		kept = copy(buf, text)
	}
}
