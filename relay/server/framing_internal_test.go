package server

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
)

// FuzzFraming checks that another server reads the passed bytes as the same requests, in whatever pieces they arrive.
func FuzzFraming(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: y\r\n\r\n",
		"\r\nPOST /a?b HTTP/1.1\r\nHost: x:80\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n",
		"PUT /a HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.0\r\n\r\n",
		"GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"PUT /v1/rooms/a/files/b?name=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n",
	} {
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, piece int) {
		passed, ends := pass(data, 1)
		if n, _ := pass(data, max(2, piece%97)); n != passed {
			t.Fatalf("%d bytes are passed on one by one, %d in pieces", passed, n)
		}
		from := 0
		for _, end := range ends {
			request := bytes.TrimPrefix(data[from:end], []byte("\r\n"))
			from = end
			readAsOne(t, request)
		}
	})
}

// pass returns the number of bytes that are passed as they arrive in pieces, and the ends of requests; all ends if a
// piece is one byte.
func pass(data []byte, piece int) (passed int, ends []int) {
	var f framing
	for passed < len(data) {
		n := f.take(data[passed:min(passed+piece, len(data))])
		if passed += n; f.refused != "" {
			break
		}
		if f.uploads { // the route reads the body
			body := min(int(min(f.left, 1<<30)), len(data)-passed)
			passed += body
			if f.left -= uint64(body); f.left > 0 {
				break
			}
			f.end()
		}
		if f.step == atStart && f.many == 0 {
			ends = append(ends, passed)
		}
	}
	return passed, ends
}

// readAsOne fails if net/http reads a request as more or less than one, unless net/http is stricter, for example about
// a target that is not a URL.
func readAsOne(t *testing.T, request []byte) {
	t.Helper()
	left := bufio.NewReader(bytes.NewReader(append(bytes.Clone(request), "GET /next HTTP/1.0\r\n\r\n"...)))
	r, err := http.ReadRequest(left)
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	if next, err := http.ReadRequest(left); err != nil || next.URL.Path != "/next" {
		t.Fatalf("another server reads %q as something else: %v", request, err)
	}
	if _, err := left.ReadByte(); !errors.Is(err, io.EOF) {
		t.Fatalf("another server reads %q as fewer", request)
	}
}
