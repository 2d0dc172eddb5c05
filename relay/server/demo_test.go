package server_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hallway/protocol"
	"hallway/relay/server"
)

func startDemo(t *testing.T) *site {
	t.Helper()
	keeper := newKeeper(t)
	return startFor(t, keeper, func(o *server.Options) {
		o.Demo = &server.Demo{
			Keeper: keeper,
			Files: fstest.MapFS{
				"index.html":      {Data: []byte("<!doctype html>")},
				"chat/chat.wasm":  {Data: []byte("\x00asm")},
				"chat/index.js":   {Data: []byte("export {}")},
				"chat/.gitkeep":   {},
				"style/light.css": {Data: []byte(":host{}")},

				"chat/chat.0123456789abcdef.wasm":    {Data: []byte("\x00asm, in full")},
				"chat/chat.0123456789abcdef.wasm.br": {Data: []byte("in short")},
			},
		}
	})
}

func TestDemoServesItsFiles(t *testing.T) {
	s := startDemo(t)
	for path, kind := range map[string]string{
		"/":                "text/html; charset=utf-8",
		"/index.html":      "text/html; charset=utf-8",
		"/chat/chat.wasm":  "application/wasm",
		"/chat/index.js":   "text/javascript; charset=utf-8",
		"/style/light.css": "text/css; charset=utf-8",
	} {
		r := s.ask("GET", path, "")
		if r.StatusCode != 200 || r.body == "" || r.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
		csp := r.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';") ||
			!strings.Contains(csp, "require-trusted-types-for 'script'") || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, r.Header)
		}
		etag := r.Header.Get("ETag")
		again := s.ask("GET", path, "", "If-None-Match", etag)
		if r.Header.Get("Cache-Control") != "no-cache" || etag == "" || again.StatusCode != 304 || again.body != "" {
			t.Errorf("%s: %v, then %d", path, r.Header, again.StatusCode)
		}
	}
	for _, path := range []string{"/chat/", "/chat/.gitkeep", "/../go.mod", "/chat/none.js", "/chat/chat.0123456789abcdef.wasm.br"} {
		s.wantProblem(s.raw("GET", path, ""), 404, protocol.CodeNotFound)
	}
}

// TestDemoServesCompressed checks that a file with its hash in its name is cached for ever, and compressed if the
// browser accepts that.
func TestDemoServesCompressed(t *testing.T) {
	s := startDemo(t)
	const path = "/chat/chat.0123456789abcdef.wasm"
	etags := map[string]string{}
	for takes, want := range map[string]string{
		"br": "in short", "gzip, deflate, br, zstd": "in short", "br;q=0.5": "in short",
		"": "\x00asm, in full", "gzip": "\x00asm, in full", "br;q=0, gzip": "\x00asm, in full",
	} {
		var headers []string
		if takes != "" {
			headers = []string{"Accept-Encoding", takes}
		}
		r := s.ask("GET", path, "", headers...)
		encoding := map[bool]string{true: "br"}[want == "in short"]
		if r.StatusCode != 200 || r.body != want || r.Header.Get("Content-Encoding") != encoding {
			t.Errorf("%q: %d %q as %q", takes, r.StatusCode, r.body, r.Header.Get("Content-Encoding"))
		}
		if r.Header.Get("Content-Type") != "application/wasm" || !strings.Contains(r.Header.Get("Vary"), "Accept-Encoding") ||
			r.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%q: headers %v", takes, r.Header)
		}
		if etag := r.Header.Get("ETag"); etags[want] != "" && etags[want] != etag {
			t.Errorf("%q: ETags %s and %s", want, etags[want], etag)
		} else {
			etags[want] = etag
		}
	}
	if etags["in short"] == etags["\x00asm, in full"] {
		t.Error("both have one ETag")
	}
}

func TestDemoToken(t *testing.T) {
	s := startDemo(t)
	subs := map[string]string{}
	for _, test := range []struct {
		body, name, room string
		role             protocol.Role
	}{
		{`{"name":"Ada","role":"organizer","room":"hall"}`, "Ada", "hall", protocol.RoleOrganizer},
		{`{"name":" Ada "}`, "Ada", "lobby", protocol.RoleParticipant},
		{`{"name":"ada"}`, "ada", "lobby", protocol.RoleParticipant},
		{`{}`, "Guest", "lobby", protocol.RoleParticipant},
		{``, "Guest", "lobby", protocol.RoleParticipant},
	} {
		r := s.ask("POST", "/demo/token", test.body)
		var answer struct{ Token string }
		if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.StatusCode != 200 {
			t.Fatalf("%s: %d %s", test.body, r.StatusCode, r.body)
		}
		who, err := s.keeper.Verify(time.Now(), answer.Token)
		if err != nil {
			t.Fatal(err)
		}
		role, ok := who.Grants.Role(test.room)
		if who.User.Name != test.name || who.User.Role != test.role || !ok || role != test.role {
			t.Errorf("%s: %+v, role %q in %s", test.body, who.User, role, test.room)
		}
		if _, ok := who.Grants.Role("other"); ok {
			t.Errorf("%s: opens another room", test.body)
		}
		if sub, ok := subs[test.name]; ok && sub != who.User.ID {
			t.Errorf("%s is %s and %s", test.name, sub, who.User.ID)
		}
		subs[test.name] = who.User.ID
	}
	if subs["Ada"] == subs["ada"] || !strings.HasPrefix(subs["Ada"], "demo-") {
		t.Errorf("users %v", subs)
	}
	for _, body := range []string{
		`{`, `[]`, `{"name":1}`, `{"name":" "}`, `{"name":"A\u0000"}`, `{"name":"` + strings.Repeat("x", 257) + `"}`,
		`{"role":"king"}`, `{"role":""}`, `{"room":""}`, `{"room":"*"}`, `{"room":"-"}`,
	} {
		s.wantProblem(s.ask("POST", "/demo/token", body), 400, protocol.CodeBadRequest)
	}
	for host, status := range map[string]int{"localhost": 200, "LOCALHOST:80": 200, "127.9.9.9:1": 200, "[::1]:80": 200} {
		if r := s.rawHost(host); r.StatusCode != status {
			t.Errorf("host %s: %d", host, r.StatusCode)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:80", "10.0.0.1", "127.0.0.1.evil.example"} {
		s.wantProblem(s.rawHost(host), 403, protocol.CodeForbidden)
	}
}

// TestDemoTokensAreForItsOwnPage checks that only a page of this machine gets tokens, whatever --host says.
func TestDemoTokensAreForItsOwnPage(t *testing.T) {
	hosts, err := server.ParseHosts([]string{"https://chat.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(o *server.Options) {
		o.Demo, o.Hosts = &server.Demo{Keeper: newKeeper(t), Files: fstest.MapFS{}}, hosts
	})
	own := "http://" + s.addr
	if r := s.ask("POST", "/demo/token", `{}`, "Origin", own); r.StatusCode != 200 || r.Header.Get("Access-Control-Allow-Origin") != own {
		t.Errorf("its own page: %d %s", r.StatusCode, r.body)
	}
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"} {
		s.wantProblem(s.ask("POST", "/demo/token", `{}`, "Origin", origin, "Content-Type", "text/plain"), 403, protocol.CodeForbidden)
	}
}

// rawHost asks for a token with a Host of any form.
func (s *site) rawHost(host string) response {
	s.t.Helper()
	_, r := s.dial("POST /demo/token HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 2\r\n\r\n{}")
	return s.read(r, "POST")
}
