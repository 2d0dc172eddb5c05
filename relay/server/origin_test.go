package server_test

import (
	"testing"

	"hallway/protocol"
	"hallway/relay/server"
)

func TestParseOriginsRefuses(t *testing.T) {
	for _, bad := range []string{
		"*", "null", "app.example.org", "https://", "https://a/path", "https://a?q", "https://a#f", "https://u@a",
		"ftp://a", "https://a b", "https//a", "https://:443",
	} {
		if o, err := server.ParseOrigins([]string{bad}); err == nil {
			t.Errorf("%q was taken as %v", bad, o)
		}
	}
	o, err := server.ParseOrigins([]string{" https://A.example/", "", "https://a.example:443", "http://[::1]:5173"})
	if err != nil || len(o) != 2 {
		t.Errorf("%v, %v", o, err)
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
		"Access-Control-Allow-Headers": "Authorization, Content-Type",
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
