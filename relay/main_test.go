package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/examples/demo"
	"hallway/protocol"
	"hallway/relay/auth"
)

func TestBadInputGivesOneLine(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	short := write("short", "not long enough\n")
	garbage := write("garbage.db", strings.Repeat("this is no database. ", 500))
	running := serve(t)

	for _, test := range []struct {
		name string
		env  []string
		args []string
		want string
	}{
		{"no command", nil, nil, `expected one of "serve", "token"`},
		{"another command", nil, []string{"dance"}, "dance"},
		{"a flag of another time", nil, []string{"serve", "--cluster", "x"}, "unknown flag --cluster"},
		{"no secret", []string{"HALLWAY_JWT_SECRET="}, []string{"serve"}, "no token secret"},
		{"a short secret", []string{"HALLWAY_JWT_SECRET=hush"}, []string{"serve"}, "HALLWAY_JWT_SECRET: the token secret is too short: 4 bytes, at least 32"},
		{"a short secret in a file", nil, []string{"serve", "--jwt-secret-file", short}, "--jwt-secret-file: the token secret is too short: 15 bytes"},
		{"no such file", nil, []string{"serve", "--jwt-secret-file", filepath.Join(folder, "none")}, "no such file"},
		{"an occupied port", nil, []string{"serve", "--addr", ln.Addr().String()}, "cannot listen on " + ln.Addr().String()},
		{"no port", nil, []string{"serve", "--addr", "127.0.0.1"}, "missing port"},
		{"a port beyond", nil, []string{"serve", "--addr", "127.0.0.1:99999"}, "invalid port"},
		{"an address elsewhere", nil, []string{"serve", "--addr", "192.0.2.1:8080"}, "cannot listen on 192.0.2.1:8080"},
		{"the environment's address", []string{"HALLWAY_ADDR=nonsense"}, []string{"serve"}, "--addr"},
		{"no folder for the database", nil, []string{"serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(folder, "none", "x.db")}, "x.db"},
		{"a folder for a database", nil, []string{"serve", "--addr", "127.0.0.1:0", "--db", folder}, folder},
		{"no database", nil, []string{"serve", "--addr", "127.0.0.1:0", "--db", garbage}, "garbage.db"},
		{"another relay's database", nil, []string{"serve", "--addr", "127.0.0.1:0", "--db", running.db}, "hallway.db"},
		{"no origin", nil, []string{"serve", "--allow-origin", "example.org"}, `--allow-origin: "example.org" is not an origin`},
		{"no origin in the environment", []string{"HALLWAY_ALLOW_ORIGINS=https://a.example,*"}, []string{"serve"}, `"*" is not an origin`},
		{"an origin with a path", nil, []string{"serve", "--allow-origin", "https://app.example.org/chat"}, "https://app.example.org is one"},
		{"a star for a label within", nil, []string{"serve", "--allow-origin", "https://app.*.org"}, "a star may only stand for the first label"},
		{"an origin without a page", nil, []string{"serve", "--allow-origin", "null"}, `--allow-origin: "null" is not an origin`},
		{"a host with a path", nil, []string{"serve", "--host", "chat.example.org/v1"}, `--host: "chat.example.org/v1" is not an origin: it goes on behind the host`},
		{"a host with a star", nil, []string{"serve", "--host", "https://*.example.org"}, "--host: \"https://*.example.org\" is not an origin"},
		{"a host with a path in the environment", []string{"HALLWAY_HOST=https://a.example,https://b.example/v1"}, []string{"serve"}, "https://b.example is one"},
		{"no address for metrics", nil, []string{"serve", "--addr", "127.0.0.1:0", "--metrics-addr", "on"}, `--metrics-addr: "on" is not an address`},
		{"an address for metrics without a port", nil, []string{"serve", "--addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1"}, "--metrics-addr"},
		{"a port for metrics beyond", []string{"HALLWAY_METRICS_ADDR=99999"}, []string{"serve", "--addr", "127.0.0.1:0"}, "--metrics-addr"},
		{"an occupied port for metrics", nil, []string{"serve", "--addr", "127.0.0.1:0", "--metrics-addr", ln.Addr().String()}, "choose another by --metrics-addr"},
		{"a rate below 0", nil, []string{"serve", "--rate=-1"}, "--rate"},
		{"no rate", nil, []string{"serve", "--rate", "NaN"}, "--rate"},
		{"a word for a rate", []string{"HALLWAY_RATE=fast"}, []string{"serve"}, "--rate"},
		{"connections below 0", nil, []string{"serve", "--conns-per-user=-1"}, "--conns-per-user must be 0 or above"},
		{"connections of all below 0", nil, []string{"serve", "--conns=-1"}, "--conns must be 0 or above"},
		{"handshakes below 0", nil, []string{"serve", "--handshakes-per-second=-1"}, "--handshakes-per-second must be 0 or above"},
		{"requests of an address below 0", nil, []string{"serve", "--requests-per-second-address=-1"}, "--requests-per-second-address must be 0 or above"},
		{"bad tokens of an address below 0", nil, []string{"serve", "--bad-tokens-per-minute-address=-1"}, "--bad-tokens-per-minute-address must be 0 or above"},
		{"a proxy without an address", []string{"HALLWAY_TRUSTED_PROXIES=10.0.0.0/8,proxy"}, []string{"serve"}, `--trusted-proxy: "proxy" is not a network`},
		{"no rooms", []string{"HALLWAY_ROOMS=0"}, []string{"serve"}, "--rooms must be 1 or above"},
		{"no frames", []string{"HALLWAY_FRAMES_PER_SECOND=0"}, []string{"serve"}, "--frames-per-second must be 1 or above"},
		{"a retention of no time", nil, []string{"serve", "--retention", "59s"}, "--retention must be 0, or 1m or above"},
		{"a retention below 0", nil, []string{"serve", "--retention=-1h"}, "--retention must be 0, or 1m or above"},
		{"keys over plain HTTP", nil, []string{"serve", "--jwks-url", "http://issuer.example/keys"}, "--jwks-url must be"},
		{"keys of nobody's audience", nil, []string{"serve", "--jwks-url", "https://issuer.example/keys"}, "--jwks-url needs --jwt-audience"},
		{"keys of an empty audience", nil, []string{"serve", "--jwks-url", "https://issuer.example/keys", "--jwt-audience", ""}, "--jwks-url needs --jwt-audience"},
		{"keys of the environment", []string{"HALLWAY_JWKS_URL=https://issuer.example/keys"}, []string{"serve"}, "--jwks-url needs --jwt-audience"},
		{"keys beside the demo", nil, []string{"serve", "--demo", "--addr", "127.0.0.1:0", "--jwks-url", "https://issuer.example/keys"}, "--jwks-url needs --jwt-audience"},
		{"keys that are good for no time", nil, []string{"serve", "--jwks-url", "https://issuer.example/keys", "--jwt-audience", "a", "--jwks-max-age", "1s"}, "--jwks-max-age must be 1m0s or above"},
		{"a blank audience", nil, []string{"serve", "--jwt-audience", " "}, "--jwt-audience must not begin or end with white space"},
		{"an issuer with a line break", []string{"HALLWAY_JWT_ISSUER=https://issuer.example\n"}, []string{"serve"}, "--jwt-issuer must not begin or end with white space"},
		{"tokens of no time", nil, []string{"serve", "--token-max-ttl=-1h"}, "--token-max-ttl must be 0, or 1s or above"},
		{"tokens of a number", []string{"HALLWAY_TOKEN_MAX_TTL=24"}, []string{"serve"}, "--token-max-ttl"},
		{"another log level", nil, []string{"serve", "--log-level", "loud"}, "--log-level"},
		{"the demo for all", nil, []string{"serve", "--demo", "--addr", ":0"}, "--demo is for loopback addresses only"},
		{"the demo for others", nil, []string{"serve", "--demo", "--addr", "192.0.2.1:0"}, "--demo is for loopback addresses only"},
		{"the demo with a short secret", []string{"HALLWAY_JWT_SECRET=hush"}, []string{"serve", "--demo", "--addr", "127.0.0.1:0"}, "too short"},
		{"a token for nobody", nil, []string{"token"}, "--sub"},
		{"a token without secret", []string{"HALLWAY_JWT_SECRET="}, []string{"token", "--sub", "u1"}, "no token secret"},
		{"a token of the past", nil, []string{"token", "--sub", "u1", "--ttl=-1h"}, "--ttl"},
		{"a token of days", nil, []string{"token", "--sub", "u1", "--ttl", "25h"}, "--ttl 25h0m0s is above --token-max-ttl 24h0m0s"},
		{"a token of an hour where minutes are allowed", []string{"HALLWAY_TOKEN_MAX_TTL=15m"}, []string{"token", "--sub", "u1"}, "above --token-max-ttl 15m0s"},
		{"a token for a king", nil, []string{"token", "--sub", "u1", "--role", "king"}, "--role"},
		{"a token for no room", nil, []string{"token", "--sub", "u1", "--room", strings.Repeat("x", 129)}, "--room"},
		{"a token for what is no room's name", nil, []string{"token", "--sub", "u1", "--room", "lobby", "--room", "main hall"}, "--room: pattern 2 opens no room"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run(t, test.env, test.args...)
			if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 ||
				!strings.HasPrefix(stderr, "hallway: ") || !strings.Contains(stderr, test.want) {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %q in it", code, stdout, stderr, test.want)
			}
			if strings.Contains(stderr, "hush") || strings.Contains(stderr, "not long enough") {
				t.Errorf("the secret is shown: %s", stderr)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"--version"}, []string{version}},
		{[]string{"--help"}, []string{"serve", "token"}},
		{[]string{"serve", "--help"}, []string{
			"--addr", "HALLWAY_ADDR", "--db", "HALLWAY_DB", "--jwt-secret-file", "HALLWAY_JWT_SECRET", "--allow-origin", "HALLWAY_ALLOW_ORIGINS",
			"--rate", "HALLWAY_RATE", "--conns-per-user", "HALLWAY_CONNS_PER_USER", "--demo",
			"--conns", "HALLWAY_CONNS", "--rooms", "HALLWAY_ROOMS", "--frames-per-second", "HALLWAY_FRAMES_PER_SECOND",
			"--handshakes-per-second", "HALLWAY_HANDSHAKES_PER_SECOND", "127.0.0.1:8080",
			"--jwt-issuer", "HALLWAY_JWT_ISSUER", "--jwt-audience", "HALLWAY_JWT_AUDIENCE", "--token-max-ttl", "HALLWAY_TOKEN_MAX_TTL", "24h",
			"--jwks-url", "--jwks-max-age", "HALLWAY_JWKS_MAX_AGE",
			"--host", "HALLWAY_HOST", "--metrics-addr", "HALLWAY_METRICS_ADDR",
		}},
		{[]string{"token", "--help"}, []string{"--sub", "--name", "--room", "--role", "--ttl", "--jwt-issuer", "--jwt-audience", "--token-max-ttl"}},
	} {
		code, stdout, stderr := run(t, nil, test.args...)
		if code != 0 || stderr != "" {
			t.Errorf("%v: exit code %d, stderr %q", test.args, code, stderr)
		}
		for _, want := range test.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%v does not say %q:\n%s", test.args, want, stdout)
			}
		}
	}
}

func TestToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(testSecret+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	keeper, err := auth.NewKeeper([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"--jwt-secret-file", file}} {
		all := append([]string{"token", "--sub", "u1", "--name", "Ada", "--room", "lobby", "--room", "hall-*", "--role", "organizer", "--ttl", "15m"}, args...)
		env := []string{}
		if args != nil {
			env = append(env, "HALLWAY_JWT_SECRET=another one, which the flag goes before")
		}
		code, stdout, stderr := run(t, env, all...)
		if code != 0 || stderr != "" {
			t.Fatalf("exit code %d, stderr %q", code, stderr)
		}
		who, err := keeper.Verify(time.Now(), strings.TrimSuffix(stdout, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if want := (protocol.User{ID: "u1", Name: "Ada", Role: protocol.RoleOrganizer}); who.User != want {
			t.Errorf("%+v, want %+v", who.User, want)
		}
		if left := time.Until(who.Expires); left < 14*time.Minute || left > 16*time.Minute {
			t.Errorf("good for %v", left)
		}
		for room, want := range map[string]bool{"lobby": true, "hall-7": true, "other": false} {
			if role, ok := who.Grants.Role(room); ok != want || ok && role != protocol.RoleOrganizer {
				t.Errorf("%s: %q, %v", room, role, ok)
			}
		}
	}
}

// TestDemo runs the demo if the browser build exists, as with `make test`; otherwise it checks that the relay asks for the build.
func TestDemo(t *testing.T) {
	if _, err := demo.Files(); err != nil {
		code, _, stderr := run(t, nil, "serve", "--demo", "--addr", "127.0.0.1:0")
		if code != exitUsage || !strings.Contains(stderr, "make wasm") {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
		return
	}
	p := serve(t, "--demo")
	if status, header, _ := p.rest("GET", "/", "", ""); status != 200 || !strings.Contains(header.Get("Content-Security-Policy"), "require-trusted-types-for") {
		t.Errorf("%d %v", status, header)
	}
	if status, _, body := p.rest("POST", "/demo/token", "", `{"name":"Ada","role":"organizer","room":"lobby"}`); status != 200 || !strings.Contains(string(body), `"token"`) {
		t.Errorf("%d %s", status, body)
	}
	p.stop()
	if want := "Hallway demo: http://" + p.addr + "\n"; !strings.Contains(p.printed(), want) {
		t.Errorf("printed %q, want %q", p.printed(), want)
	}
}
