package protocol

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259) strictly: names are case-sensitive and unique in an object, strings are valid UTF-8
// without lone surrogates, nesting is bounded, and nothing follows the value. It keeps the first error and then does
// nothing.
type scanner struct {
	data  []byte
	pos   int
	depth int16
	loose bool // half a surrogate pair becomes U+FFFD instead of an error
	err   error
}

var (
	errNoObject = errors.New("is not a JSON object")
	errSyntax   = errors.New("is not valid JSON")
	errDepth    = errors.New("is nested too deep")
	errTwice    = errors.New("names a member twice")
	errMany     = errors.New("has an object with too many members")
	errString   = errors.New("has a string that is not Unicode")
)

func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// take consumes c, which must come next.
func (s *scanner) take(c byte) bool {
	if s.err != nil {
		return false
	}
	if s.peek() != c {
		s.fail(errSyntax)
		return false
	}
	s.pos++
	return true
}

// end checks that nothing follows.
func (s *scanner) end() {
	if s.err == nil && (s.peek() != 0 || s.pos < len(s.data)) {
		s.fail(errSyntax)
	}
}

// nested consumes the members between open and end, calling one for each.
func (s *scanner) nested(open, end byte, one func()) {
	if !s.take(open) {
		return
	}
	if s.depth++; s.depth > DepthMax {
		s.fail(errDepth)
		return
	}
	if s.peek() == end {
		s.pos++
		s.depth--
		return
	}
	for s.err == nil {
		one()
		if s.err != nil {
			return
		}
		if s.peek() == end {
			s.pos++
			s.depth--
			return
		}
		s.take(',')
	}
}

// object calls member for each member; member must consume the value.
func (s *scanner) object(member func(name []byte)) {
	var few [8][]byte
	seen := few[:0]
	s.nested('{', '}', func() {
		name := s.key()
		if s.err != nil {
			return
		}
		// An object usually has few members. The time grows with the square of their number, but only up to this bound:
		// an object with more is refused.
		if len(seen) >= membersMax {
			s.fail(errMany)
			return
		}
		for _, n := range seen {
			if bytes.Equal(n, name) {
				s.fail(errTwice)
				return
			}
		}
		seen = append(seen, name)
		member(name)
	})
}

// membersMax bounds the members of one object.
const membersMax = 256

func (s *scanner) array(one func()) { s.nested('[', ']', one) }

// key consumes a member's name and the colon.
func (s *scanner) key() []byte {
	name := s.str()
	s.take(':')
	return name
}

// str consumes a string. It may return a slice of the input.
func (s *scanner) str() []byte {
	if !s.take('"') {
		return nil
	}
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			raw := s.data[start:s.pos]
			s.pos++
			if !utf8.Valid(raw) {
				s.fail(errString)
				return nil
			}
			return raw
		case c == '\\':
			return s.escaped(start)
		case c < 0x20:
			s.fail(errSyntax)
			return nil
		}
		s.pos++
	}
	s.fail(errSyntax)
	return nil
}

// escaped consumes the rest of a string that has escapes.
func (s *scanner) escaped(start int) []byte {
	out := append([]byte(nil), s.data[start:s.pos]...)
	for s.err == nil {
		if s.pos >= len(s.data) {
			s.fail(errSyntax)
			break
		}
		c := s.data[s.pos]
		s.pos++
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				s.fail(errString)
			}
			return out
		case c == '\\':
			out = s.escape(out)
		case c < 0x20:
			s.fail(errSyntax)
		default:
			out = append(out, c)
		}
	}
	return nil
}

// escape consumes the rest of an escape, after the backslash.
func (s *scanner) escape(out []byte) []byte {
	if s.pos >= len(s.data) {
		s.fail(errSyntax)
		return out
	}
	c := s.data[s.pos]
	s.pos++
	switch c {
	case '"', '\\', '/':
		return append(out, c)
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'u':
		r := s.hex4()
		if utf16.IsSurrogate(r) {
			low := rune(-1)
			if s.pos+1 < len(s.data) && s.data[s.pos] == '\\' && s.data[s.pos+1] == 'u' {
				s.pos += 2
				low = s.hex4()
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError && !s.loose {
				s.fail(errString)
			}
		}
		return utf8.AppendRune(out, r)
	}
	s.fail(errSyntax)
	return out
}

func (s *scanner) hex4() rune {
	if s.pos+4 > len(s.data) {
		s.fail(errSyntax)
		return 0
	}
	n, err := strconv.ParseUint(string(s.data[s.pos:s.pos+4]), 16, 16)
	if err != nil {
		s.fail(errSyntax)
	}
	s.pos += 4
	return rune(n)
}

// number consumes a number and returns it as written.
func (s *scanner) number() []byte {
	s.peek()
	start := s.pos
	s.accept('-')
	if !s.accept('0') && !s.digits() {
		s.fail(errSyntax)
		return nil
	}
	if s.accept('.') && !s.digits() {
		s.fail(errSyntax)
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('+') {
			s.accept('-')
		}
		if !s.digits() {
			s.fail(errSyntax)
		}
	}
	return s.data[start:s.pos]
}

func (s *scanner) accept(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}

// word consumes w if it comes next.
func (s *scanner) word(w string) bool {
	if s.peek(); len(s.data)-s.pos >= len(w) && string(s.data[s.pos:s.pos+len(w)]) == w {
		s.pos += len(w)
		return true
	}
	return false
}

// skip consumes any value.
func (s *scanner) skip() {
	switch c := s.peek(); {
	case c == '{':
		s.object(func([]byte) { s.skip() })
	case c == '[':
		s.array(s.skip)
	case c == '"':
		s.str()
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	case s.word("true") || s.word("false") || s.word("null"):
	default:
		s.fail(errSyntax)
	}
}

// text consumes a string; ok is false for a value of another kind.
func (s *scanner) text() (v []byte, ok bool) {
	if s.peek() != '"' {
		s.skip()
		return nil, false
	}
	return s.str(), true
}

// boolean is text for true and false.
func (s *scanner) boolean() (v, ok bool) {
	switch {
	case s.word("true"):
		return true, true
	case s.word("false"):
		return false, true
	}
	s.skip()
	return false, false
}

// literalBytesMax bounds a number as it is written.
const literalBytesMax = 32

// literal is text for a number, as it is written.
func (s *scanner) literal() (v []byte, ok bool) {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		s.skip()
		return nil, false
	}
	v = s.number()
	return v, len(v) <= literalBytesMax
}

// integerMax is the largest integer that every JSON reader keeps exact.
const integerMax = 1<<53 - 1

// integer is text for an integer.
func (s *scanner) integer() (int64, bool) {
	v, ok := s.literal()
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	return n, err == nil && -integerMax <= n && n <= integerMax
}

// CheckObject returns the reason why data is not a JSON object by the strict rules of a frame: no repeated members,
// bounded depth, UTF-8. Such an object has the same meaning for every reader. Half a character in a string counts as
// U+FFFD, because programs that cut texts leave such halves.
func CheckObject(data []byte) error {
	s := scanner{data: data, loose: true}
	s.object(func([]byte) { s.skip() })
	s.end()
	return s.err
}

// frameType returns the value of the member "type". It reads no further.
func frameType(data []byte) []byte {
	s := scanner{data: data}
	for next := byte('{'); s.take(next); next = ',' {
		if string(s.key()) == "type" {
			typ, _ := s.text()
			return typ
		}
		s.skip()
	}
	return nil
}
