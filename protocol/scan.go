package protocol

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259) strictly: names are told apart by case, a name
// comes once in an object, strings are valid UTF-8 without lone surrogates,
// nesting is bounded, and nothing follows the value. It keeps the first error
// and does nothing more after it.
type scanner struct {
	data  []byte
	pos   int
	depth int
	loose bool // half a surrogate pair is read as U+FFFD, and is no error
	err   error
}

var (
	errSyntax = errors.New("is not valid JSON")
	errDepth  = errors.New("is nested too deep")
	errTwice  = errors.New("names a member twice")
	errMany   = errors.New("has an object with too many members")
	errString = errors.New("has a string that is not Unicode")
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
func (s *scanner) object(member func(name string)) {
	var seen []string
	s.nested('{', '}', func() {
		if s.peek() != '"' {
			s.fail(errSyntax)
			return
		}
		name := s.str()
		if !s.take(':') {
			return
		}
		// Few members are expected; a frame that brings very many costs the square
		// of their number only up to this bound, beyond which it is refused.
		if len(seen) >= membersMax {
			s.fail(errMany)
			return
		}
		for _, n := range seen {
			if n == name {
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

// str consumes a string.
func (s *scanner) str() string {
	if !s.take('"') {
		return ""
	}
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			raw := s.data[start:s.pos]
			s.pos++
			if !utf8.Valid(raw) {
				s.fail(errString)
				return ""
			}
			return string(raw)
		case c == '\\':
			return s.escaped(start)
		case c < 0x20:
			s.fail(errSyntax)
			return ""
		}
		s.pos++
	}
	s.fail(errSyntax)
	return ""
}

// escaped consumes the rest of a string that has escapes.
func (s *scanner) escaped(start int) string {
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
			return string(out)
		case c == '\\':
			out = s.escape(out)
		case c < 0x20:
			s.fail(errSyntax)
		default:
			out = append(out, c)
		}
	}
	return ""
}

// escape consumes what follows a backslash.
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

// number consumes a number and returns it as it was written.
func (s *scanner) number() string {
	s.peek()
	start := s.pos
	s.accept('-')
	if !s.accept('0') && !s.digits() {
		s.fail(errSyntax)
		return ""
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
	return string(s.data[start:s.pos])
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

// word consumes w where it comes next.
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
		s.object(func(string) { s.skip() })
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
