package server_test

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/server"
)

// TestParseOriginsRefuses checks that an entry that would match no page, or all pages, is refused with the reason.
func TestParseOriginsRefuses(t *testing.T) {
	for bad, why := range map[string]string{
		"*":                           "would let in the pages of everybody",
		"null":                        "sandboxed",
		"app.example.org":             "it has no scheme, as https://app.example.org has",
		"localhost:5173":              "no scheme",
		"//app.example.org":           "no scheme",
		"https//a":                    "no scheme",
		"https:/a":                    "no scheme",
		"https:a":                     "no scheme",
		"https://":                    "one looks like",
		"https://:443":                "one looks like",
		"https://a b":                 "one looks like",
		"https://[::1":                "one looks like",
		"https://a/path":              "it goes on behind the host; https://a is one",
		"https://app.example.org/v1/": "it goes on behind the host; https://app.example.org is one",
		"https://a?q":                 "it goes on behind the host",
		"https://a?":                  "it goes on behind the host",
		"https://a#f":                 "it goes on behind the host",
		"https://a#":                  "it goes on behind the host",
		"https://u@a":                 "names a user",
		"https://u:p@a":               "names a user",
		"ftp://a":                     "http:// or https://",
		"wss://a":                     "address of a WebSocket",
		"ws://a:80":                   "address of a WebSocket",
		"chrome-extension://abcdef":   "http:// or https://",
		"https://a:0":                 "port",
		"https://a:":                  "port",
		"https://a:65536":             "port",
		"https://a:0443":              "port",
		"https://a:https":             "one looks like",
		"https://a..b":                "valid name",
		"https://.a":                  "valid name",
		"https://a,b":                 "valid name",
		"https://'a'":                 "valid name",
		"https://127.1":               "valid name",
		"https://1.2.3.4.5":           "valid name",
		"https://256.0.0.1":           "valid name",
		"https://a%2fb":               "one looks like",
		"https://*":                   "a star may only stand for the first label",
		"https://*:8443":              "a star may only stand for the first label",
		"https://a.*.example.org":     "a star may only stand for the first label",
		"https://a*.example.org":      "a star may only stand for the first label",
		"https://*a.example.org":      "a star may only stand for the first label",
		"https://*.*.example.org":     "a star may only stand for the first label",
		"https://app.example.*":       "a star may only stand for the first label",
		"https://app.example.org:*":   "a star may only stand for the first label",
		"*://app.example.org":         "http:// or https://",
		"*.example.org":               "no scheme",
		"https://*.org":               "too wide",
		"https://*.org.":              "too wide",
		"https://*.":                  "too wide",
		"https://*.example.org/path":  "https://*.example.org is one",
		"https://*.example.org:0":     "port",
		"ftp://*.example.org":         "http:// or https://",
	} {
		switch o, err := server.ParseOrigins([]string{bad}); {
		case err == nil:
			t.Errorf("%q was taken as %v", bad, o)
		case !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), strconv.Quote(bad)+" is not an origin: ") || strings.Contains(err.Error(), "hallway"):
			t.Errorf("%q: %v, want %q in it", bad, err, why)
		}
	}
	if o, err := server.ParseHosts([]string{"https://*.example.org"}); err == nil {
		t.Errorf("a host with a star was taken as %v", o)
	}
}

func TestParseOrigins(t *testing.T) {
	for entry, want := range map[string]string{
		" https://A.example/":           "https://a.example",
		"HTTPS://a.example:443":         "https://a.example",
		"http://a.example:80":           "http://a.example",
		"http://[::1]:5173":             "http://[::1]:5173",
		"http://[0:0::0001]":            "http://[::1]",
		"http://127.0.0.1:3000":         "http://127.0.0.1:3000",
		"https://b\u00fccher.example":   "https://xn--bcher-kva.example",
		"https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
		"https://my_app.example":        "https://my_app.example",
		"http://intranet":               "http://intranet",
		"https://*.example.org":         "https://*.example.org",
		"https://*.Example.org:443/":    "https://*.example.org",
		"https://*.b\u00fccher.example": "https://*.xn--bcher-kva.example",
		"http://*.localhost:3000":       "http://*.localhost:3000",
	} {
		o, err := server.ParseOrigins([]string{entry, ""})
		if _, ok := o[want]; err != nil || !ok || len(o) != 1 {
			t.Errorf("%q: %v, %v, want %q", entry, o, err, want)
		}
	}
	o, err := server.ParseOrigins([]string{" https://A.example/", "", "https://a.example:443", "http://[::1]:5173"})
	if err != nil || len(o) != 2 {
		t.Errorf("%v, %v", o, err)
	}
}

// TestWildcards checks that a star stands for one label.
func TestWildcards(t *testing.T) {
	origins, err := server.ParseOrigins([]string{"https://*.example.org", "http://*.test.example:8080"})
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(o *server.Options) { o.Origins = origins })
	for origin, allowed := range map[string]bool{
		"https://a.example.org":             true,
		"https://A-1.Example.org:443":       true,
		"https://xn--bcher-kva.example.org": true,
		"http://x.test.example:8080":        true,
		"https://example.org":               false,
		"https://a.b.example.org":           false,
		"https://.example.org":              false,
		"https://*.example.org":             false,
		"http://a.example.org":              false,
		"https://a.example.org:8443":        false,
		"https://a.example.org.evil":        false,
		"https://evilexample.org":           false,
		"https://evil/a.example.org":        false,
		"https://evil@a.example.org":        false,
		"https://a%2e.example.org":          false,
		"http://x.test.example":             false,
		"null":                              false,
	} {
		r := s.ask("GET", "/v1/openapi.json", "", "Origin", origin)
		if got := r.Header.Get("Access-Control-Allow-Origin") != ""; got != allowed {
			t.Errorf("%s: allowed %v", origin, got)
		}
	}
}

// TestOwnOrigin checks that the relay's own origin is the configured one, with its scheme, or that of a name that leads
// only to the relay; never the Host that a page sends.
func TestOwnOrigin(t *testing.T) {
	hosts, err := server.ParseHosts([]string{"https://chat.example.org", "http://relay.internal:8080"})
	if err != nil {
		t.Fatal(err)
	}
	bare, err := server.ParseHosts([]string{"chat.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	domains := []string{"chat.example.org"}
	for _, test := range []struct {
		name    string
		o       server.Options
		host    string
		origin  string
		allowed bool
	}{
		{"a host that is told", server.Options{Hosts: hosts}, "chat.example.org", "https://chat.example.org", true},
		{"the same by another Host, as a proxy may pass it on", server.Options{Hosts: hosts}, "127.0.0.1:8080", "https://chat.example.org", true},
		{"another host that is told", server.Options{Hosts: hosts}, "relay.internal:8080", "http://relay.internal:8080", true},
		{"a host without a scheme, in the clear or behind a proxy", server.Options{Hosts: bare}, "127.0.0.1:8080", "http://chat.example.org", true},
		{"the same over TLS", server.Options{Hosts: bare, Secure: true}, "chat.example.org", "https://chat.example.org", true},
		{"the same over TLS, and a page in the clear", server.Options{Hosts: bare, Secure: true}, "chat.example.org", "http://chat.example.org", false},
		{"another host than that without a scheme", server.Options{Hosts: bare}, "evil.example", "http://evil.example", false},
		{"another scheme", server.Options{Hosts: hosts}, "chat.example.org", "http://chat.example.org", false},
		{"another port", server.Options{Hosts: hosts}, "chat.example.org:8443", "https://chat.example.org:8443", false},
		{"what no host says", server.Options{Hosts: hosts}, "evil.example", "https://evil.example", false},
		{"loopback where hosts are told", server.Options{Hosts: hosts}, "localhost:8080", "http://localhost:8080", false},
		{"loopback by default", server.Options{}, "localhost:8080", "http://localhost:8080", true},
		{"a loopback address by default", server.Options{}, "127.0.0.9:8080", "http://127.0.0.9:8080", true},
		{"that of version 6", server.Options{}, "[::1]:8080", "http://[::1]:8080", true},
		{"what no host says by default", server.Options{}, "evil.example", "http://evil.example", false},
		{"a domain of the relay's", server.Options{Domains: domains, Secure: true}, "chat.example.org", "https://chat.example.org", true},
		{"the same on another port", server.Options{Domains: domains, Secure: true}, "chat.example.org:8443", "https://chat.example.org:8443", true},
		{"the same on two ports", server.Options{Domains: domains, Secure: true}, "chat.example.org", "https://chat.example.org:8443", false},
		{"the same in the clear", server.Options{Domains: domains, Secure: true}, "chat.example.org", "http://chat.example.org", false},
		{"a name below it", server.Options{Domains: domains, Secure: true}, "a.chat.example.org", "https://a.chat.example.org", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, func(o *server.Options) { o.Hosts, o.Domains, o.Secure = test.o.Hosts, test.o.Domains, test.o.Secure })
			_, r := s.dial("GET /v1/openapi.json HTTP/1.1\r\nHost: " + test.host + "\r\nOrigin: " + test.origin + "\r\n\r\n")
			if got := s.read(r, "GET").Header.Get("Access-Control-Allow-Origin") != ""; got != test.allowed {
				t.Errorf("CORS: allowed %v", got)
			}
			s.backend.serve = func(nc net.Conn, _ netip.AddrPort) { nc.Close() }
			_, r = s.dial(s.handshake(map[string]string{"Host": test.host, "Origin": test.origin}))
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]int{true: 101, false: 403}[test.allowed]; res.StatusCode != want {
				t.Errorf("a handshake: %d", res.StatusCode)
			}
		})
	}
}

func TestCORS(t *testing.T) {
	s := start(t, nil)
	bearer := "Bearer " + s.token("u1", "*")
	for origin, want := range map[string]string{
		"https://app.example.org":     "https://app.example.org",
		"https://app.example.org:443": "https://app.example.org:443",
		"http://" + s.addr:            "http://" + s.addr,
		"https://evil.example":        "",
		"null":                        "",
	} {
		for _, path := range []string{messagesPath, messagesPath + "?limit=0", "/nowhere"} {
			r := s.ask("GET", path, "", "Origin", origin, "Authorization", bearer)
			if got := r.Header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s from %s: allowed %q", path, origin, got)
			}
			if got := r.Header.Get("Access-Control-Expose-Headers") != ""; got != (want != "") {
				t.Errorf("%s from %s: headers exposed: %v", path, origin, got)
			}
			if r.Header.Get("Vary") != "Origin" {
				t.Errorf("Vary %q", r.Header.Get("Vary"))
			}
		}
	}

	r := s.ask("OPTIONS", messagesPath, "", "Origin", "https://app.example.org",
		"Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", "authorization,content-type")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":  "https://app.example.org",
		"Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
		"Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match, If-Range, Range",
		"Access-Control-Max-Age":       "600",
	} {
		if got := r.Header.Get(name); r.StatusCode != 204 || got != want {
			t.Errorf("preflight: %d, %s: %q", r.StatusCode, name, got)
		}
	}
	wantSecurityHeaders(t, r)
	r = s.ask("OPTIONS", messagesPath, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
	s.wantProblem(r, 403, protocol.CodeForbidden)
}
