package server

import "strings"

// framing reads the requests on a connection byte by byte, before the HTTP parser, and refuses what RFC 9112 tells a
// server to refuse. The parser is more lenient: if it and a proxy before the relay read the same bytes differently, one
// client's bytes become another client's request.
//
// It keeps at most a few hundred bytes of a request: those of the current element, if its value matters.
type framing struct {
	step step
	left uint64 // missing bytes of a body or a chunk
	many int    // bytes of the blank line, the chunk's extension or the trailers so far
	kept []byte // the current element; see keep
	head head
	// refused holds the reason of the connection's refusal; "": it is not refused.
	refused string
	ended   bool // the last byte taken ended a request
	asks    bool // the client waits for 100 Continue before it sends the body
	uploads bool // the body of an upload follows, which its route reads
}

// head holds the parts of a request's head that matter.
type head struct {
	method    string
	upload    bool   // the target is that of an upload
	authority string // the host in an absolute target
	name      string // the name of the current header line, in lower case; "": it does not matter
	old       bool   // HTTP/1.0
	hosts     int
	host      string
	lengths   int
	length    uint64
	codings   int
	expect    bool // it may wait for 100 Continue
}

// step is the element that a byte belongs to.
type step uint8

const (
	atStart step = iota // between requests
	inBlank             // after the CR of an empty line before a request
	inMethod
	atTarget
	inTarget    // the rest of a target whose value does not matter
	inAuthority // of a target in absolute form, with its scheme
	inVersion
	inVersionEnd // after a CR, as in all other states with "End"
	atLine       // the beginning of a header line
	inName
	inValue
	inValueEnd
	inHeadEnd
	inBody
	inSize // of a chunk
	inExtension
	inSizeEnd
	inChunk
	afterChunk
	inChunkEnd
)

const (
	hostBytesMax      = 255 + len(":65535")
	authorityBytesMax = len("https://") + hostBytesMax
	// sizeDigitsMax bounds the digits of a chunk's size, as in the parser.
	sizeDigitsMax = 15
	// lengthDigitsMax keeps a length within 63 bits.
	lengthDigitsMax = 18
	// extensionBytesMax bounds the extension of a chunk, which is ignored.
	extensionBytesMax = 256
)

const nameBytesMax = len("transfer-encoding")

// take reads bytes and returns the number that may be passed on. If that is not all, either the next byte is refused,
// or the bytes end a request.
func (f *framing) take(p []byte) (n int) {
	f.ended = false
	for n < len(p) && f.refused == "" && !f.ended && !f.uploads {
		if f.step == inBody || f.step == inChunk {
			k := min(f.left, uint64(len(p)-n))
			f.left -= k
			n += int(k)
			if f.left > 0 {
				break
			}
			if f.step == inChunk {
				f.step = afterChunk
				continue
			}
			f.end()
		} else {
			if f.refused = f.next(p[n]); f.refused != "" {
				break
			}
			n++
		}
	}
	return n
}

// inHead reports whether the head of a request is incomplete.
func (f *framing) inHead() bool { return f.step < inBody && (f.step < atLine || !f.trailing()) }

// bodyBytes returns the missing bytes of a body or a chunk.
func (f *framing) bodyBytes() uint64 {
	if f.step == inBody || f.step == inChunk {
		return f.left
	}
	return 0
}

// blank reports whether no byte of a request was taken, except an empty line.
func (f *framing) blank() bool { return f.step == atStart || f.step == inBlank }

// next takes one byte, and returns the reason of a refusal; "": it is accepted.
func (f *framing) next(c byte) (refused string) {
	switch {
	case f.step < atLine:
		return f.nextOfRequestLine(c)
	case f.step < inBody:
		return f.nextOfLine(c)
	}
	return f.nextOfChunk(c)
}

func (f *framing) nextOfRequestLine(c byte) (refused string) {
	switch f.step {
	case atStart:
		switch {
		case c == '\r' && f.many == 0: // one empty line is ignored (RFC 9112, section 2.2)
			f.step = inBlank
			return ""
		case !isToken(c):
			return "the request does not begin with a method"
		}
		f.step = inMethod
		f.keep(c, hostBytesMax)
	case inBlank:
		f.step, f.many = atStart, 1
		return unless(c == '\n', "a line ends without CR and LF")
	case inMethod:
		if c != ' ' {
			return unless(isToken(c) && f.keep(c, hostBytesMax), "the method is malformed")
		}
		f.head.method = f.drop()
		f.step = atTarget
	case atTarget, inTarget, inAuthority:
		return f.nextOfTarget(c)
	case inVersion:
		if c != '\r' {
			return unless(f.keep(c, len("HTTP/1.1")), "the version of HTTP is not spoken here")
		}
		version := f.drop()
		f.head.old = version == "HTTP/1.0"
		f.step = inVersionEnd
		return unless(f.head.old || version == "HTTP/1.1", "the version of HTTP is not spoken here")
	case inVersionEnd:
		f.step, f.many = atLine, 0
		return unless(c == '\n', "a line ends without CR and LF")
	}
	return ""
}

// nextOfTarget takes a byte of a target, in any form.
func (f *framing) nextOfTarget(c byte) (refused string) {
	const malformed = "the target of the request is malformed"
	if c == ' ' {
		form := f.drop()
		switch f.step {
		case atTarget:
			return malformed
		case inTarget:
			path, _, _ := strings.Cut(form, "?")
			f.head.upload = isUpload(path)
		case inAuthority:
			if refused = f.aim(form); refused != "" {
				return refused
			}
		}
		f.step = inVersion
		return ""
	}
	if c < '!' || c == 0x7f || c == '#' {
		return malformed
	}
	switch {
	case f.step == atTarget && c == '/':
		f.step = inTarget
		f.keepPath(c)
	case f.step == inTarget:
		f.keepPath(c)
	case f.step == atTarget:
		f.step = inAuthority
		f.keep(c, authorityBytesMax)
	case f.step == inAuthority && (c == '/' || c == '?') && strings.Contains(string(f.kept), "://"):
		refused = f.aim(f.drop())
		f.step = inTarget
		f.keepPath(c)
	case f.step == inAuthority:
		return unless(f.keep(c, authorityBytesMax), malformed)
	}
	return refused
}

// aim takes a target that does not begin with a slash.
func (f *framing) aim(target string) (refused string) {
	scheme, authority, absolute := strings.Cut(target, "://")
	switch {
	case target == "*" && f.head.method == "OPTIONS":
	case f.head.method == "CONNECT":
		return "the relay is not a proxy"
	case absolute && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")) && validHost(authority):
		f.head.authority = authority
	default:
		return "the target of the request is malformed"
	}
	return ""
}

// nextOfLine takes a byte of a header line, or of a trailer.
func (f *framing) nextOfLine(c byte) (refused string) {
	if f.trailing() {
		if f.many++; f.many > headerBytesMax {
			return "the trailers are too long"
		}
	}
	switch f.step {
	case atLine:
		if c == '\r' {
			f.step = inHeadEnd
			return ""
		}
		f.step = inName
		f.keep(c, nameBytesMax)
		return unless(isToken(c), "a header line begins with no name")
	case inName:
		if c != ':' {
			f.keep(c, nameBytesMax+1)
			return unless(isToken(c), "the name of a header field is malformed")
		}
		f.step = inValue
		return f.name(strings.ToLower(f.drop()))
	case inValue:
		if c == '\r' {
			f.step = inValueEnd
			return ""
		}
		if c < ' ' && c != '\t' || c == 0x7f {
			return "the value of a header field has a control character"
		}
		return unless(f.head.name == "" || f.keep(c, hostBytesMax), "the value of a header field is too long")
	case inValueEnd:
		if c != '\n' {
			return "a line ends without CR and LF"
		}
		f.step = atLine
		return f.field(strings.Trim(f.drop(), " \t"))
	case inHeadEnd:
		if c != '\n' {
			return "a line ends without CR and LF"
		}
		if f.trailing() {
			f.end()
			return ""
		}
		return f.begin()
	}
	return ""
}

// trailing reports whether the current lines are trailers, after the body.
func (f *framing) trailing() bool { return f.head.method == "" }

// name takes the name of a header line.
func (f *framing) name(name string) (refused string) {
	f.head.name = ""
	switch name {
	case "host", "content-length", "transfer-encoding":
		if f.trailing() {
			return "this header field is not allowed as a trailer"
		}
		f.head.name = name
	case "expect":
		f.head.expect = !f.trailing()
	}
	return ""
}

// field takes the value of a header line.
func (f *framing) field(value string) (refused string) {
	h := &f.head
	switch h.name {
	case "host":
		h.hosts++
		h.host = value
		return unless(h.hosts == 1 && validHost(value), "one valid Host is needed")
	case "content-length":
		h.lengths++
		for _, c := range []byte(value) {
			if c < '0' || c > '9' {
				return "the length of the body is malformed"
			}
			h.length = h.length*10 + uint64(c-'0')
		}
		return unless(h.lengths == 1 && value != "" && len(value) <= lengthDigitsMax,
			"the length of the body is malformed, or told more than once")
	case "transfer-encoding":
		h.codings++
		return unless(h.codings == 1 && strings.EqualFold(value, "chunked"), "the only Transfer-Encoding that is taken is chunked")
	}
	return ""
}

// begin checks the complete head, and starts the body.
func (f *framing) begin() (refused string) {
	h := &f.head
	switch {
	case h.hosts == 0 && !h.old:
		return "a Host is needed"
	case h.authority != "" && h.hosts > 0 && !strings.EqualFold(h.authority, h.host):
		return "the Host is another than that of the target"
	case h.codings > 0 && h.old:
		return "HTTP/1.0 has no Transfer-Encoding"
	case h.codings > 0 && h.lengths > 0:
		return "the request has more than one length of the body"
	case h.codings > 0:
		f.step, f.asks = inSize, h.expect
	case h.length > 0 && h.upload:
		f.step, f.left, f.uploads = inBody, h.length, true
	case h.length > 0:
		f.step, f.left, f.asks = inBody, h.length, h.expect
	default:
		f.end()
	}
	return ""
}

// end ends a request.
func (f *framing) end() { *f = framing{kept: f.kept[:0], ended: true} }

func (f *framing) nextOfChunk(c byte) (refused string) {
	const malformed = "a chunk of the body is malformed"
	switch f.step {
	case inSize:
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if c < '0' || digit < 0 {
			f.step = inExtension
			if f.drop() == "" {
				return malformed
			}
			return f.nextOfChunk(c)
		}
		f.left = f.left<<4 | uint64(digit)
		return unless(f.keep(c, sizeDigitsMax), malformed)
	case inExtension:
		switch f.many++; {
		case c == '\r':
			f.step = inSizeEnd
			return ""
		case f.many > extensionBytesMax, c < ' ' && c != '\t', c == 0x7f:
			return malformed
		}
		return unless(f.many > 1 || c == ';', malformed)
	case inSizeEnd:
		f.many = 0
		if f.step = inChunk; f.left == 0 { // the last: trailers follow it
			f.step, f.head.method = atLine, ""
		}
		return unless(c == '\n', malformed)
	case afterChunk:
		f.step = inChunkEnd
		return unless(c == '\r', malformed)
	case inChunkEnd:
		f.step = inSize
		return unless(c == '\n', malformed)
	}
	return ""
}

// keep keeps a byte of the element, and reports whether the element has at most that many bytes.
func (f *framing) keep(c byte, most int) bool {
	if len(f.kept) >= most {
		return false
	}
	f.kept = append(f.kept, c)
	return true
}

// drop returns the element and clears it.
func (f *framing) drop() string {
	s := string(f.kept)
	f.kept = f.kept[:0]
	return s
}
