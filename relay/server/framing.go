package server

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"hallway/protocol"
)

var errAmbiguous = refuse(protocol.CodeBadRequest, "the length of the body is told more than once")

// ambiguous reports whether a request tells the length of its body more than once,
// which the parser lets pass. A proxy before the relay may have taken the other word
// for it, and what comes behind for part of the same request: one client's bytes
// would become the request of another (RFC 9112, section 6.3).
func ambiguous(h *fasthttp.RequestHeader) bool {
	lengths := 0
	for line := range bytes.SplitSeq(h.RawHeaders(), []byte("\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) || bytes.EqualFold(name, []byte("Transfer-Encoding")) {
			lengths++
		}
	}
	return lengths > 1
}
