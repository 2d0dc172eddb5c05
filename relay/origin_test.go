package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ask makes a raw request and reads the answer.
func ask(t *testing.T, addr, request string) (status int, header http.Header, body string) {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(nc, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		return res.StatusCode, res.Header, ""
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

func handshake(host, origin string) string {
	return "GET /v1/ws HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + origin + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: hallway.v1\r\n\r\n"
}

// TestAllowedOrigins checks that the command line decides which pages may connect, and never the headers that a page
// sets.
func TestAllowedOrigins(t *testing.T) {
	for _, test := range []struct {
		args    []string
		allowed []string // host and origin
		refused []string
	}{
		{
			nil,
			[]string{"127.0.0.1:8080 http://127.0.0.1:8080", "localhost:8080 http://localhost:8080", "[::1] http://[::1]"},
			[]string{"evil.example http://evil.example", "evil.example https://evil.example", "localhost http://evil.example", "10.0.0.1 http://10.0.0.1"},
		},
		{
			[]string{"--host", "https://chat.example.org,http://relay.internal"},
			[]string{"chat.example.org https://chat.example.org", "127.0.0.1 https://chat.example.org", "relay.internal http://relay.internal"},
			[]string{"chat.example.org http://chat.example.org", "localhost http://localhost", "evil.example https://evil.example"},
		},
		{
			[]string{"--allow-origin", "https://*.example.org"},
			[]string{"x https://a.example.org", "x https://b.example.org", "localhost http://localhost"},
			[]string{"x https://example.org", "x https://a.b.example.org", "x http://a.example.org", "x https://a.example.org.evil.example"},
		},
	} {
		t.Run(fmt.Sprint(test.args), func(t *testing.T) {
			p := serve(t, test.args...)
			for status, pages := range map[int][]string{101: test.allowed, 403: test.refused} {
				for _, page := range pages {
					host, origin, _ := strings.Cut(page, " ")
					if got, _, body := ask(t, p.addr, handshake(host, origin)); got != status {
						t.Errorf("%s: %d %s, want %d", page, got, body, status)
					}
					_, header, _ := ask(t, p.addr, "GET /v1/openapi.json HTTP/1.1\r\nHost: "+host+"\r\nOrigin: "+origin+"\r\n\r\n")
					if got := header.Get("Access-Control-Allow-Origin") == origin; got != (status == 101) {
						t.Errorf("%s: CORS %v", page, got)
					}
				}
			}
		})
	}
}

// TestMetricsAddress checks that metrics are served only to this machine, or at the operator's address.
func TestMetricsAddress(t *testing.T) {
	get := func(host string) string { return "GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n" }
	tells := func(addr, host string, want int) {
		t.Helper()
		if status, _, body := ask(t, addr, get(host)); status != want || strings.Contains(body, "hallway_build_info") != (want == 200) {
			t.Errorf("%s by %s: %d, want %d", addr, host, status, want)
		}
	}
	p := serve(t)
	tells(p.addr, "localhost", 200)
	tells(p.addr, "evil.example", 403)
	if p.metrics != "" {
		t.Errorf("metrics on %s, unasked", p.metrics)
	}

	p = serve(t, "--metrics-addr", "127.0.0.1:0")
	tells(p.addr, "localhost", 404)
	tells(p.metrics, "localhost", 200)
	tells(p.metrics, "evil.example", 403)
	p.stop()
	if _, err := net.Dial("tcp", p.metrics); err == nil {
		t.Error("the metrics outlive the relay")
	}

	p = serve(t, "--metrics-addr", "0")
	if !strings.HasPrefix(p.metrics, "127.0.0.1:") {
		t.Errorf("a port alone is on %s", p.metrics)
	}

	p = serve(t, "--metrics-addr", "0.0.0.0:0")
	_, port, err := net.SplitHostPort(p.metrics)
	if err != nil {
		t.Fatal(err)
	}
	tells("127.0.0.1:"+port, "localhost", 200)

	p = serve(t, "--metrics-addr", "off")
	tells(p.addr, "localhost", 404)
	if p.metrics != "" {
		t.Errorf("metrics on %s though off", p.metrics)
	}
}
