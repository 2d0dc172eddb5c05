package server_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/server"
)

// TestMetricsOnLoopbackOnly checks that a process of this machine gets metrics by a loopback name, and that a page with a
// name that leads here, or a proxy, does not.
func TestMetricsOnLoopbackOnly(t *testing.T) {
	s := start(t, nil)
	get := func(host, lines string) response {
		_, r := s.dial("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n" + lines + "\r\n")
		return s.read(r, "GET")
	}
	for _, host := range []string{s.addr, "localhost", "LOCALHOST:8080", "[::1]:8080", "127.0.0.2"} {
		if r := get(host, ""); r.StatusCode != 200 || !strings.Contains(r.body, "hallway_build_info") {
			t.Errorf("%s: %d %s", host, r.StatusCode, r.body)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "chat.example.org"} {
		s.wantProblem(get(host, ""), 403, protocol.CodeForbidden)
	}
	for _, line := range []string{
		"X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: localhost", "Forwarded: for=192.0.2.1", "Via: 1.1 proxy", "X-Real-IP: 192.0.2.1",
	} {
		s.wantProblem(get("localhost", line+"\r\n"), 403, protocol.CodeForbidden)
	}
	_, r := s.dial("GET http://evil.example/metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n")
	s.wantProblem(s.read(r, "GET"), 403, protocol.CodeForbidden)
	_, r = s.dial("GET /metrics HTTP/1.0\r\n\r\n")
	s.wantProblem(s.read(r, "GET"), 403, protocol.CodeForbidden)
}

func TestMetricsApart(t *testing.T) {
	s := start(t, func(o *server.Options) { o.MetricsApart = true })
	s.wantProblem(s.ask("GET", "/metrics", ""), 404, protocol.CodeNotFound)

	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	apart := server.NewMetricsServer(server.NewMetrics("1.2.3"), slog.New(slog.DiscardHandler))
	served := make(chan error, 1)
	go func() { served <- apart.Serve(ln) }()
	for _, test := range []struct {
		method, path, host string
		status             int
	}{
		{"GET", "/metrics", "", 200},
		{"HEAD", "/metrics", "", 200},
		{"GET", "/metrics", "localhost:9090", 200},
		{"GET", "/metrics", "evil.example", 403},
		{"GET", "/metrics", "evil.example:9090", 403},
		{"POST", "/metrics", "", 405},
		{"GET", "/", "", 404},
		{"GET", "/v1/rooms", "", 404},
	} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+ln.Addr().String()+test.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = test.host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != test.status || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%+v: %d %v", test, res.StatusCode, err)
		}
		if kind := res.Header.Get("Content-Type"); test.status >= 400 && kind != "application/problem+json" {
			t.Errorf("%+v: %s %s", test, kind, body)
		}
		if told := strings.Contains(string(body), `version="1.2.3"`); told != (test.status == 200 && test.method == "GET") {
			t.Errorf("%+v: %s", test, body)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := apart.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
