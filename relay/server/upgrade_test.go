package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/server"
)

// dial opens a raw connection to the server and writes to it.
func (s *site) dial(request string) (net.Conn, *bufio.Reader) {
	s.t.Helper()
	nc, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	if _, err := io.WriteString(nc, request); err != nil {
		s.t.Fatal(err)
	}
	return nc, bufio.NewReader(nc)
}

// raw makes a raw request.
func (s *site) raw(method, path, body string, header ...string) response {
	s.t.Helper()
	request := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", method, path, s.addr, len(body))
	for i := 0; i < len(header); i += 2 {
		request += header[i] + ": " + header[i+1] + "\r\n"
	}
	_, r := s.dial(request + "\r\n" + body)
	return s.read(r, method)
}

func (s *site) read(r *bufio.Reader, method string) response {
	s.t.Helper()
	res, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		s.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	return response{res, string(body)}
}

// handshake returns the example request of RFC 6455. change replaces a header's line; an empty line removes it.
func (s *site) handshake(change map[string]string) string {
	request := "GET /v1/ws HTTP/1.1\r\n"
	for _, name := range []string{"Host", "Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Origin", "X-Forwarded-For"} {
		line, changed := change[name]
		if !changed {
			line = map[string]string{
				"Host":                   s.addr,
				"Connection":             "keep-alive, Upgrade",
				"Upgrade":                "websocket",
				"Sec-WebSocket-Version":  "13",
				"Sec-WebSocket-Key":      "dGhlIHNhbXBsZSBub25jZQ==",
				"Sec-WebSocket-Protocol": protocol.Subprotocol,
			}[name]
		}
		if line != "" {
			request += name + ": " + line + "\r\n"
		}
	}
	return request + "\r\n"
}

func TestUpgradeAnswersTheHandshake(t *testing.T) {
	s := start(t, func(o *server.Options) {
		o.Domains = []string{"Chat.example.org"}
	})
	remotes := make(chan netip.AddrPort, 1)
	s.backend.serve = func(nc net.Conn, from netip.AddrPort) {
		remotes <- from
		_, _ = io.Copy(nc, nc)
		nc.Close()
	}
	for _, change := range []map[string]string{
		nil,
		{"Sec-WebSocket-Protocol": "hallway.v9, hallway.v1"},
		{"Sec-WebSocket-Protocol": "hallway.v9\r\nSec-WebSocket-Protocol: hallway.v1"},
		{"Connection": "UPGRADE", "Upgrade": "WebSocket"},
		{"Origin": "https://app.example.org"},
		{"Origin": "http://" + s.addr},
		{"Origin": "https://" + s.addr}, // a proxy before the relay ends TLS
		{"Host": "chat.example.org", "Origin": "https://chat.example.org"},
		{"Host": "chat.example.org:443", "Origin": "https://Chat.example.org"},
	} {
		nc, r := s.dial(s.handshake(change))
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Connection":             "Upgrade",
			"Upgrade":                "websocket",
			"Sec-Websocket-Accept":   "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
			"Sec-Websocket-Protocol": "hallway.v1",
			"Content-Length":         "",
			"Content-Type":           "",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%v: %s: %q, want %q", change, name, got, want)
			}
		}
		if res.StatusCode != 101 {
			t.Fatalf("%v: status %d", change, res.StatusCode)
		}
		if remote := <-remotes; remote.String() != nc.LocalAddr().String() {
			t.Errorf("remote %s, want %s", remote, nc.LocalAddr())
		}
		wantEcho(t, nc, r, "", "after the handshake")
		nc.Close()
	}
}

// wantEcho writes text and expects early and text back.
func wantEcho(t *testing.T, nc net.Conn, r io.Reader, early, text string) {
	t.Helper()
	if _, err := io.WriteString(nc, text); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(early)+len(text))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != early+text {
		t.Fatalf("echo of %d bytes: %.80q, %v", len(got), got, err)
	}
}

func TestUpgradeLosesNoEarlyBytes(t *testing.T) {
	s := start(t, nil)
	s.backend.serve = func(nc net.Conn, _ netip.AddrPort) {
		_, _ = io.Copy(nc, nc)
		nc.Close()
	}
	for _, n := range []int{1, 511, 512, 513, 5000, 100_000} {
		early := strings.Repeat("0123456789", n/10+1)[:n]
		nc, r := s.dial(s.handshake(nil) + early)
		if res, err := http.ReadResponse(r, nil); err != nil || res.StatusCode != 101 {
			t.Fatal(res, err)
		}
		wantEcho(t, nc, r, early, "and later ones")
	}
}

func TestUpgradeHandsTheConnectionOver(t *testing.T) {
	// An upgraded connection outlives the timeouts of HTTP and the server.
	s := start(t, nil)
	conns := make(chan net.Conn, 1)
	s.backend.serve = func(nc net.Conn, _ netip.AddrPort) { conns <- nc }
	nc, r := s.dial(s.handshake(nil))
	if res, err := http.ReadResponse(r, nil); err != nil || res.StatusCode != 101 {
		t.Fatal(res, err)
	}
	theirs := <-conns
	if _, ok := theirs.(*net.TCPConn); !ok {
		t.Errorf("the backend got a %T", theirs)
	}
	s.end()
	if _, err := io.WriteString(theirs, "still here"); err != nil {
		t.Fatal(err)
	}
	wantEcho(t, nc, r, "still here", "")
	theirs.Close()
}

func TestUpgradeRefuses(t *testing.T) {
	s := start(t, nil)
	s.backend.serve = func(nc net.Conn, _ netip.AddrPort) {
		t.Error("upgraded")
		nc.Close()
	}
	for _, test := range []struct {
		name   string
		change map[string]string
		status int
		code   protocol.Code
	}{
		{"a plain GET", map[string]string{"Connection": "", "Upgrade": ""}, 426, protocol.CodeBadRequest},
		{"another protocol", map[string]string{"Upgrade": "h2c"}, 426, protocol.CodeBadRequest},
		{"no Connection: upgrade", map[string]string{"Connection": "keep-alive"}, 426, protocol.CodeBadRequest},
		{"an old version", map[string]string{"Sec-WebSocket-Version": "8"}, 426, protocol.CodeBadRequest},
		{"no version", map[string]string{"Sec-WebSocket-Version": ""}, 426, protocol.CodeBadRequest},
		{"no key", map[string]string{"Sec-WebSocket-Key": ""}, 400, protocol.CodeBadRequest},
		{"a short key", map[string]string{"Sec-WebSocket-Key": "c2hvcnQ="}, 400, protocol.CodeBadRequest},
		{"no subprotocol", map[string]string{"Sec-WebSocket-Protocol": ""}, 426, protocol.CodeBadRequest},
		{"no common subprotocol", map[string]string{"Sec-WebSocket-Protocol": "hallway.v2, chat"}, 426, protocol.CodeBadRequest},
		{"a foreign origin", map[string]string{"Origin": "https://evil.example"}, 403, protocol.CodeForbidden},
		{"an allowed host with another scheme", map[string]string{"Origin": "http://app.example.org"}, 403, protocol.CodeForbidden},
		{"an allowed host with another port", map[string]string{"Origin": "https://app.example.org:8443"}, 403, protocol.CodeForbidden},
		{"the origin that the Host names", map[string]string{"Host": "evil.example", "Origin": "http://evil.example"}, 403, protocol.CodeForbidden},
		{"the same over TLS", map[string]string{"Host": "evil.example", "Origin": "https://evil.example"}, 403, protocol.CodeForbidden},
		{"the same with a port", map[string]string{"Host": "evil.example:8080", "Origin": "http://evil.example:8080"}, 403, protocol.CodeForbidden},
		{"a name that only begins as a loopback one", map[string]string{"Host": "localhost.evil.example", "Origin": "http://localhost.evil.example"}, 403, protocol.CodeForbidden},
		{"an address that only begins as one", map[string]string{"Host": "127.0.0.1.evil.example", "Origin": "http://127.0.0.1.evil.example"}, 403, protocol.CodeForbidden},
		{"an address of the network", map[string]string{"Host": "10.0.0.1", "Origin": "http://10.0.0.1"}, 403, protocol.CodeForbidden},
		{"another port of this machine", map[string]string{"Origin": "http://127.0.0.1:1"}, 403, protocol.CodeForbidden},
		{"an opaque origin", map[string]string{"Origin": "null"}, 403, protocol.CodeForbidden},
		{"no origin at all", map[string]string{"Origin": "https://app.example.org/path"}, 403, protocol.CodeForbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, r := s.dial(s.handshake(test.change))
			res := s.read(r, "GET")
			p := s.wantProblem(res, test.status, test.code)
			if got := len(p.Supported) == 1 && p.Supported[0] == "hallway.v1"; got != (test.status == 426) {
				t.Errorf("supported %v", p.Supported)
			}
			if test.status == 426 && res.Header.Get("Upgrade") != "websocket" {
				t.Errorf("Upgrade %q", res.Header.Get("Upgrade"))
			}
		})
	}
	s.backend.draining.Store(true)
	_, r := s.dial(s.handshake(nil))
	s.wantProblem(s.read(r, "GET"), 503, protocol.CodeUnavailable)
}
