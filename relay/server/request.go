package server

import "slices"

const (
	// requestBytes is the initial size of a request's buffer.
	requestBytes = 512
	// openBytes is the size of an open request: the parser's buffer, and the body that the parser may allocate.
	openBytes = headerBytesMax + 64<<10
)

// request holds the received bytes of a connection's next request and of the ones after it. It grows with the received
// bytes, not with the announced ones. The parser gets a complete request at once. It gets an open request as the bytes
// come: the parser will refuse it, or its client waits for 100 Continue.
type request struct {
	framing  framing
	held     []byte
	followed int  // bytes of held that framing has taken
	end      int  // bytes of held that may be handed out
	out      int  // bytes of held that were handed out
	open     bool // the parser gets the bytes as they come
}

// follow gives framing the held bytes, up to the end of the request, which also ends an open request. It reports
// whether they are well-formed.
func (r *request) follow() bool {
	r.followed += r.framing.take(r.held[r.followed:])
	r.end = r.followed
	if r.framing.ended {
		r.open = false
	}
	if r.framing.refused == "" {
		return true
	}
	if r.framing.blank() {
		// The parser would end a connection without an answer if no request has begun.
		r.held[r.end] = '?'
		r.end++
	}
	return false
}

// gathered reports whether there are bytes to hand out.
func (r *request) gathered(bodyMax int) bool {
	well := r.follow()
	f := &r.framing
	switch {
	case !well, f.ended:
		return true
	case f.uploads:
		hideLength(r.held[:r.end])
		return true
	case f.asks, f.bodyBytes() > uint64(bodyMax), f.inHead() && r.followed >= headerBytesMax, r.followed > 2*(headerBytesMax+bodyMax):
		r.open = true
		return true
	}
	r.end = 0
	return false
}

// next hands out bytes and removes them.
func (r *request) next(p []byte) int {
	n := copy(p, r.held[r.out:r.end])
	if r.out += n; r.out < r.end {
		return n
	}
	left := r.held[max(r.end, r.followed):]
	r.held = nil
	if len(left) > 0 {
		r.held = append(make([]byte, 0, max(len(left), requestBytes)), left...)
	}
	r.followed, r.end, r.out = 0, 0, 0
	return n
}

// room makes room for more bytes, and returns the size of the buffer.
func (r *request) room() int {
	if len(r.held) == cap(r.held) {
		r.held = slices.Grow(r.held, max(len(r.held), requestBytes))
	}
	return cap(r.held)
}
