package server_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestHalfRequestsAreSmall checks that an incomplete request takes little more memory than its received bytes, whatever
// it announces.
func TestHalfRequestsAreSmall(t *testing.T) {
	const (
		clients = 400
		// eachMost includes both ends of a connection, which are both in this process.
		eachMost = heapFactor * 12 << 10
	)
	post := "POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\n"
	for name, begin := range map[string]string{
		"silence":               "",
		"a head":                "GET /v1/rooms HTTP/1.1\r\nHost: x\r\nX-A: ",
		"a body":                post + "Content-Length: 60000\r\n\r\n{",
		"a chunk":               post + "Transfer-Encoding: chunked\r\n\r\nea60\r\n{",
		"a request, then half":  "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + post + "Content-Length: 60000\r\n\r\n{",
		"a request, then quiet": "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			ask := func() net.Conn {
				nc, err := net.Dial("tcp", s.addr)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { nc.Close() })
				if _, err := io.WriteString(nc, begin); err != nil {
					t.Fatal(err)
				}
				return nc
			}
			before := heapOf()
			for range clients {
				ask()
			}
			s.awaitMetric("hallway_half_request_bytes", func(n float64) bool { return n >= clients*512 })
			if each := (heapOf() - before) / clients; each > eachMost {
				t.Errorf("each takes %d bytes", each)
			}
		})
	}
}

// TestRequestsComeInPieces checks that a request and the next one get the same answers in whatever pieces they come.
func TestRequestsComeInPieces(t *testing.T) {
	s := start(t, nil)
	auth := "Authorization: Bearer " + s.token("u1", "*") + "\r\n"
	post := "POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\n" + auth
	for name, request := range map[string]string{
		"a head":              "GET /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\n" + auth + "\r\n",
		"a body":              post + "Content-Length: 3\r\n\r\n{a}",
		"chunks":              post + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n2;x=y\r\na}\r\n0\r\n\r\n",
		"trailers":            post + "Transfer-Encoding: chunked\r\n\r\n3\r\n{a}\r\n0\r\nX-A: b\r\n\r\n",
		"an empty line first": "\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, piece := range []int{len(request), 1, 7, 2 * len(request)} {
				nc, r := s.dial("")
				var got []string
				for all := strings.Repeat(request, 3); all != ""; {
					n := min(piece, len(all))
					if _, err := io.WriteString(nc, all[:n]); err != nil {
						t.Fatal(err)
					}
					all = all[n:]
				}
				for range 3 {
					res := s.read(r, "GET")
					got = append(got, res.Status+" "+res.body)
				}
				if want == nil {
					want = got
				}
				if strings.Join(got, "\n") != strings.Join(want, "\n") || got[0] != got[2] {
					t.Errorf("in pieces of %d:\n%s\nwant\n%s", piece, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				nc.Close()
			}
		})
	}
}

// TestContinue checks that a client with Expect: 100-continue gets 100 Continue.
func TestContinue(t *testing.T) {
	s := start(t, nil)
	nc, r := s.dial("POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	if line, err := r.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(nc, "{a}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if res := s.read(r, "POST"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s", res.Status)
	}
	if res := s.read(r, "GET"); res.StatusCode != http.StatusOK {
		t.Errorf("the next: %s", res.Status)
	}
}
