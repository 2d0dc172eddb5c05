package server

import (
	"io"
	"slices"
)

const (
	// requestBytes is the buffer in which a request begins.
	requestBytes = 512
	// openBytes is what a request counts that is read by the parser itself: its buffer,
	// and the body that it may make place for.
	openBytes = headerBytesMax + 64<<10
)

// request is what has come of a connection's next request, and of those behind it. It
// grows with what has come, not with what was announced, and the parser gets a request
// when it is whole. One that the parser will refuse, or whose client waits to be asked
// for the body, is handed out as it comes: it is open.
type request struct {
	framing  framing
	held     []byte
	followed int  // bytes of held that framing has taken
	end      int  // bytes of held that may be handed out
	out      int  // … and were
	open     bool // the parser gets what there is
	raw      bool // the connection carries no requests any more
}

// follow has framing take what is held, up to the end of the request; then the request is
// open no more. It reports whether what was taken is well-formed.
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
		// The parser ends a connection without a word where no request has begun.
		r.held[r.end] = '?'
		r.end++
	}
	return false
}

// gathered reports whether there is something to hand out.
func (r *request) gathered(bodyMax int) bool {
	well := r.follow()
	f := &r.framing
	switch {
	case !well, f.ended:
		return true
	case f.asks, f.bodyBytes() > uint64(bodyMax), f.inHead() && r.followed >= headerBytesMax, r.followed > 2*(headerBytesMax+bodyMax):
		r.open = true
		return true
	}
	r.end = 0
	return false
}

// next hands out what there is, and forgets it.
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

// rest hands out what is held, and then what the connection yields.
func (r *request) rest(p []byte, from io.Reader) (n int, err error) {
	if r.out < len(r.held) {
		n = copy(p, r.held[r.out:])
		r.out += n
		return n, nil
	}
	return from.Read(p)
}

// room makes place for more, and returns the bytes that are held in all.
func (r *request) room() int {
	if len(r.held) == cap(r.held) {
		r.held = slices.Grow(r.held, max(len(r.held), requestBytes))
	}
	return cap(r.held)
}
