package protocol

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OctetStream is the type of a file of unknown content.
const OctetStream = "application/octet-stream"

// File is an uploaded file.
type File struct {
	ID            string
	Name          string // for people
	Type          string // determined from the bytes, such as image/png
	Size          int64
	Width, Height int64  // of pictures
	Alt           string // a text in its place; may be empty
}

func (f *File) fields(c *codec) {
	for c.walk() {
		f.members(c)
	}
}

func (f *File) members(c *codec) {
	c.str("id", &f.ID, must)
	c.str("name", &f.Name, must)
	c.str("type", &f.Type, must)
	c.int("size", &f.Size, must)
	c.int("width", &f.Width, opt)
	c.int("height", &f.Height, opt)
	c.str("alt", &f.Alt, opt)
}

// Append appends the file's JSON to dst.
func (f *File) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }

// DecodeFile decodes a file.
func DecodeFile(data []byte) (f File, err error) {
	c := read(data)
	f.fields(&c)
	return f, c.broken("file")
}

// filesField describes a list of files, absent if it is empty.
func filesField(c *codec, name string, files *[]File) {
	c.array(name, len(*files), opt, func(i int) {
		if c.phase == writing {
			c.begin(true)
			(*files)[i].fields(c)
			return
		}
		if c.begin(true) {
			var f File
			f.fields(c)
			*files = append(*files, f)
		}
	})
}

// Attachment names a file in a message to send.
type Attachment struct {
	ID  string
	Alt string // a text in the file's place; may be empty
}

func (a *Attachment) fields(c *codec) {
	for c.walk() {
		c.str("id", &a.ID, must)
		c.str("alt", &a.Alt, must)
	}
}

// attachmentsField describes a list of attachments: ids, or objects with an alt.
func attachmentsField(c *codec, name string, all *[]Attachment) {
	element := func(i int) {
		if c.phase == writing {
			if a := &(*all)[i]; a.Alt == "" {
				c.out = appendString(c.out, a.ID)
			} else if c.begin(true) {
				a.fields(c)
			}
			return
		}
		var a Attachment
		if c.in.peek() == '"' {
			id, ok := c.in.text()
			if a.ID = string(id); !ok {
				c.wrong()
			}
		} else if c.begin(true) {
			if a.fields(c); a.Alt == "" {
				a.Alt = " " // an object must have an alt: this value is refused
			}
		}
		*all = append(*all, a)
	}
	if c.phase == limits {
		if c.turn(name, opt, false) == limits {
			c.refuse(c.checkFiles(*all))
		}
		return
	}
	c.array(name, len(*all), opt, element)
}

// checkFiles returns the code and the reason of a refusal of a send's files; both are empty if they are valid.
func checkFiles(all []Attachment) (Code, string) {
	if len(all) == 0 || len(all) > MessageFilesMax {
		return CodeBadRequest, "files must be 1 to 10 files"
	}
	for i := range all {
		a := &all[i]
		a.Alt = NormalBreaks(a.Alt)
		if !ValidID(a.ID) {
			return CodeBadRequest, "an id of files is not a UUID in canonical lower case"
		}
		if code, _ := CheckText(a.Alt, AltBytesMax); a.Alt != "" && code != "" {
			return CodeBadRequest, "alt must be a text of 1 to 500 bytes"
		}
		if slices.ContainsFunc(all[:i], func(other Attachment) bool { return other.ID == a.ID }) {
			return CodeBadRequest, "files names one twice"
		}
	}
	return "", ""
}

// ValidFileName reports whether name is valid for a file: 1 … FileNameBytesMax bytes of UTF-8 without control
// characters, "/" and "\".
func ValidFileName(name string) bool {
	return name != "" && len(name) <= FileNameBytesMax && utf8.ValidString(name) &&
		!strings.ContainsAny(name, `/\`) && !strings.ContainsFunc(name, unicode.IsControl)
}

// AutoText returns the text of a message without one: the names of its files, one on each line.
func AutoText(files []File) string {
	var text []byte
	for i := range files {
		if i > 0 {
			text = append(text, '\n')
		}
		text = append(text, files[i].Name...)
	}
	return string(text)
}

// FileLink is a URL that opens a file without a token until a time.
type FileLink struct {
	URL       string
	ExpiresAt Time
}

func (l *FileLink) fields(c *codec) {
	for c.walk() {
		c.str("url", &l.URL, must)
		c.time("expires_at", &l.ExpiresAt, must)
	}
}

// Append appends the link's JSON to dst.
func (l *FileLink) Append(dst []byte) []byte { c := codec{out: dst}; l.fields(&c); return c.out }

// DecodeFileLink decodes a link.
func DecodeFileLink(data []byte) (l FileLink, err error) {
	c := read(data)
	l.fields(&c)
	return l, c.broken("link")
}

// MatchType reports whether a type matches a list of patterns separated by spaces: "image/png", "image/*" or "*/*". An
// empty list matches all.
func MatchType(list, typ string) bool {
	if list == "" {
		return true
	}
	kind, _, _ := strings.Cut(typ, "/")
	for pattern := range strings.SplitSeq(list, " ") {
		if pattern == typ || pattern == kind+"/*" || pattern == "*/*" {
			return true
		}
	}
	return false
}

// ValidType reports whether a pattern is valid for MatchType.
func ValidType(pattern string) bool {
	kind, sub, ok := strings.Cut(pattern, "/")
	token := func(s string) bool {
		return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.+-") == ""
	}
	return ok && len(pattern) <= typeBytesMax && (token(kind) && (sub == "*" || token(sub)) || pattern == "*/*")
}

const (
	// typeBytesMax bounds a type.
	typeBytesMax = 100
	// typesMax bounds the list of a room's types.
	typesMax = 50
)

// readTypes reads the setting file_types, a list of patterns, in the form of MatchType.
func (s *scanner) readTypes() (list string, ok bool) {
	if s.peek() != '[' {
		s.skip()
		return "", false
	}
	var types []string
	ok = true
	s.array(func() {
		t, is := s.text()
		ok = ok && is && ValidType(string(t))
		types = append(types, string(t))
	})
	if !ok || len(types) == 0 || len(types) > typesMax {
		return "", false
	}
	return strings.Join(types, " "), true
}
