package server_test

import (
	"io"
	"strings"
	"testing"

	"hallway/protocol"
)

// TestLengthsToldTwice: the request is refused, and nothing behind it is taken for
// another.
func TestLengthsToldTwice(t *testing.T) {
	s := start(t, nil)
	for _, lengths := range []string{
		"Content-Length: 5\r\nContent-Length: 6\r\n",
		"Content-Length: 6\r\ncontent-length: 6\r\n",
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
		"transfer-encoding: chunked\r\nTransfer-Encoding: identity\r\n",
	} {
		nc, r := s.dial("POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: " + s.addr + "\r\n" + lengths + "\r\n0\r\n\r\nx" + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		res := s.read(r, "POST")
		s.wantProblem(res, 400, protocol.CodeBadRequest)
		if rest, _ := io.ReadAll(r); !res.Close || len(rest) > 0 {
			t.Errorf("%q: afterwards %q", lengths, rest)
		}
		nc.Close()
	}
	s.end()
	if log := s.log.String(); strings.Contains(log, "/healthz") {
		t.Errorf("what came behind was taken for a request:\n%s", log)
	}
}

// TestTwoTokens: which of them counts would be a guess.
func TestTwoTokens(t *testing.T) {
	s := start(t, nil)
	good := "Bearer " + s.token("u1", "*")
	for _, both := range [][2]string{{good, good}, {good, "Bearer x"}, {"Bearer x", good}, {"", good}} {
		r := s.raw("GET", messagesPath, "", "Authorization", both[0], "Authorization", both[1])
		s.wantProblem(r, 401, protocol.CodeUnauthorized)
		if got := r.Header.Get("WWW-Authenticate"); got != "Bearer" {
			t.Errorf("WWW-Authenticate %q", got)
		}
	}
	for _, query := range []string{"?token=", "?access_token="} {
		r := s.ask("GET", "/v1/rooms"+query+strings.TrimPrefix(good, "Bearer "), "")
		s.wantProblem(r, 401, protocol.CodeUnauthorized)
	}
}
