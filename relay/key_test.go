package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/relaytest"
)

// tokenOf returns a token signed with a secret, for all rooms, valid for d.
func tokenOf(t *testing.T, secret string, d time.Duration) string {
	t.Helper()
	keeper, err := auth.NewKeeper([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	c := auth.Claims{Sub: "ada", Role: protocol.RoleParticipant, Rooms: auth.Rooms{{Pattern: "*", Role: protocol.RoleParticipant}}}
	token, err := keeper.Issue(c, time.Now().Add(d))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// welcomed returns a client whose token was accepted.
func (p *process) welcomed(token string) *client {
	p.t.Helper()
	c := p.connect()
	c.say(protocol.Hello{Token: token})
	want[protocol.Welcome](c)
	return c
}

// alive fails the test if the client's connection has ended.
func (c *client) alive() {
	c.t.Helper()
	c.say(protocol.Ping{T: "7"})
	want[protocol.Pong](c)
}

// status returns the status of the answer to a request with a token.
func (p *process) status(token string) int {
	p.t.Helper()
	status, _, _ := p.rest("GET", "/v1/rooms/lobby/messages", token, "")
	return status
}

// TestSessionsEndWithTheirSecret checks that two changes of a leaked secret end the sessions that were opened with it.
func TestSessionsEndWithTheirSecret(t *testing.T) {
	secrets := []string{strings.Repeat("1", 32), strings.Repeat("2", 32), strings.Repeat("3", 32)}
	file := filepath.Join(t.TempDir(), "secret")
	write(t, file, secrets[0])
	p := serve(t, "--jwt-secret-file", file)
	change := func(to int) {
		t.Helper()
		write(t, file, secrets[to]+"\n")
		p.signal(syscall.SIGHUP)
		until(t, "the new secret is good", func() bool { return p.status(tokenOf(t, secrets[to], time.Hour)) == 200 })
	}
	first := p.welcomed(tokenOf(t, secrets[0], time.Hour))
	refreshed := p.welcomed(tokenOf(t, secrets[0], time.Hour))
	change(1)
	second := p.welcomed(tokenOf(t, secrets[1], time.Hour))
	refreshed.say(protocol.Hello{Token: tokenOf(t, secrets[1], time.Hour)})
	want[protocol.Welcome](refreshed)
	first.alive() // the previous secret is good again
	change(2)
	first.wantClose(protocol.CloseUnauthorized)
	second.alive()
	refreshed.alive()
	if got := p.status(tokenOf(t, secrets[0], time.Hour)); got != 401 {
		t.Errorf("a token of the secret that went: %d", got)
	}
}

// TestSessionsEndWithTheirKey checks that the relay reads the key set at a SIGHUP, and ends the sessions of a removed key.
func TestSessionsEndWithTheirKey(t *testing.T) {
	leaked, good := relaytest.NewKey(t, "leaked"), relaytest.NewKey(t, "good")
	var served atomic.Value
	served.Store(relaytest.KeySet(leaked, good))
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, served.Load().(string))
	}))
	defer source.Close()
	p := serve(t, "--jwks-url", source.URL, "--jwt-audience", relaytest.Audience)
	first, second := p.welcomed(leaked.Token(t)), p.welcomed(good.Token(t))
	served.Store(relaytest.KeySet(good))
	p.signal(syscall.SIGHUP)
	first.wantClose(protocol.CloseUnauthorized)
	second.alive()
	if got := p.status(leaked.Token(t)); got != 401 {
		t.Errorf("a token of the key that went: %d", got)
	}
	served.Store(`{"keys":[]}`)
	p.signal(syscall.SIGHUP)
	second.wantClose(protocol.CloseUnauthorized)
}

// TestTokensThatLastTooLong checks that such tokens are refused, unless the limit is off.
func TestTokensThatLastTooLong(t *testing.T) {
	const day = 24 * time.Hour
	tokens := map[string]string{}
	for name, d := range map[string]time.Duration{"15m": 15 * time.Minute, "1d": day, "2d": 2 * day, "years": 200 * 365 * day} {
		tokens[name] = tokenOf(t, testSecret, d)
	}
	for _, test := range []struct {
		args []string
		env  []string
		good map[string]bool
	}{
		{nil, nil, map[string]bool{"15m": true, "1d": true, "2d": false, "years": false}},
		{[]string{"--token-max-ttl", "1h"}, nil, map[string]bool{"15m": true, "1d": false, "2d": false, "years": false}},
		{nil, []string{"HALLWAY_TOKEN_MAX_TTL=48h"}, map[string]bool{"15m": true, "1d": true, "2d": true, "years": false}},
		{[]string{"--token-max-ttl", "0"}, nil, map[string]bool{"15m": true, "1d": true, "2d": true, "years": true}},
	} {
		p := serveEnv(t, test.env, filepath.Join(t.TempDir(), "hallway.db"), test.args...)
		for name, good := range test.good {
			status, _, body := p.rest("GET", "/v1/rooms/lobby/messages", tokens[name], "")
			if (status == 200) != good || !good && (status != 401 || !strings.Contains(string(body), `"why":"ttl"`) || !strings.Contains(string(body), "--token-max-ttl")) {
				t.Errorf("%v %v: a token of %s: %d %s", test.args, test.env, name, status, body)
			}
			if good {
				p.welcomed(tokens[name])
				continue
			}
			c := p.connect()
			c.say(protocol.Hello{Token: tokens[name]})
			if e := c.wantError(protocol.CodeUnauthorized); e.Why != protocol.WhyTTL || !strings.Contains(e.Message, "--token-max-ttl") {
				t.Errorf("%v %v: a token of %s is told %+v", test.args, test.env, name, e)
			}
			c.wantClose(protocol.CloseUnauthorized)
		}
		p.stop()
	}
}

// TestTokensOfAnotherApplication checks that such tokens are refused if issuer or audience is set, and that tokens of
// the command with the same flags are accepted.
func TestTokensOfAnotherApplication(t *testing.T) {
	env := []string{"HALLWAY_JWT_ISSUER=https://issuer.example", "HALLWAY_JWT_AUDIENCE=hallway"}
	p := serveEnv(t, env, filepath.Join(t.TempDir(), "hallway.db"))
	mint := func(env []string, args ...string) string {
		t.Helper()
		code, stdout, stderr := run(t, env, append([]string{"token", "--sub", "ada", "--room", "*", "--role", "organizer"}, args...)...)
		if code != 0 {
			t.Fatal(stderr)
		}
		return strings.TrimSpace(stdout)
	}
	made := func(typ string, claims jwt.MapClaims) string {
		claims["sub"], claims["exp"], claims["role"], claims["rooms"] = "ada", time.Now().Add(time.Hour).Unix(), "organizer", []string{"*"}
		token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
		token.Header["typ"] = typ
		signed, err := token.SignedString([]byte(testSecret))
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	const iss, aud = "https://issuer.example", "hallway"
	for name, test := range map[string]struct {
		token string
		why   protocol.Why
	}{
		"the command's":         {mint(env), ""},
		"by flags":              {mint(nil, "--jwt-issuer", iss, "--jwt-audience", aud), ""},
		"the command's without": {mint(nil), protocol.WhyIssuer},
		"of a shop":             {mint(nil, "--jwt-issuer", iss, "--jwt-audience", "shop"), protocol.WhyAudience},
		"for several":           {made("at+jwt", jwt.MapClaims{"iss": iss, "aud": []string{"shop", aud}}), ""},
		"a logout token":        {made("logout+jwt", jwt.MapClaims{"iss": iss, "aud": aud}), protocol.WhyType},
		"a device's":            {made("hallway-device+jwt", jwt.MapClaims{"iss": iss, "aud": aud}), protocol.WhyType},
	} {
		status, _, body := p.rest("PUT", "/v1/users/somebody/revocation", test.token, "")
		if good := test.why == ""; good != (status == 204) || !good && (status != 401 || !strings.Contains(string(body), `"why":"`+string(test.why)+`"`)) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

// TestADoubledSignal checks that two signals at once drain the relay as one does: timeout(1) sends one to the process
// and one to its group.
func TestADoubledSignal(t *testing.T) {
	for _, second := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p := serve(t)
		c := p.enter("ada", "lobby")
		p.signal(syscall.SIGTERM)
		p.signal(second)
		p.signal(syscall.SIGTERM)
		want[protocol.Goaway](c)
		c.wantClose(protocol.CloseGoingAway)
		if code := p.end(); code != 0 || !strings.Contains(p.printed(), `"stopped"`) {
			t.Errorf("SIGTERM and %v: exit code %d: %s", second, code, p.printed())
		}
	}
}

// TestFilesThatEverybodyMayRead checks that the log warns of such files, at the start and after each change.
func TestFilesThatEverybodyMayRead(t *testing.T) {
	cert, key := relaytest.Certificate(t, 1)
	folder := t.TempDir()
	for name, test := range map[string]struct {
		mode  os.FileMode
		warns bool
	}{"the owner": {0o600, false}, "a group": {0o640, false}, "all": {0o644, true}, "all may write": {0o602, true}} {
		certFile, keyFile, secretFile := filepath.Join(folder, "cert"), filepath.Join(folder, "key"), filepath.Join(folder, "secret")
		for file, content := range map[string]string{certFile: cert, keyFile: key, secretFile: testSecret} {
			write(t, file, content)
			if err := os.Chmod(file, test.mode); err != nil {
				t.Fatal(err)
			}
		}
		p := serve(t, "--tls-cert", certFile, "--tls-key", keyFile, "--jwt-secret-file", secretFile)
		warned := func(flag string) int {
			n := 0
			for line := range strings.Lines(p.printed()) {
				if strings.Contains(line, `"level":"WARN"`) && strings.Contains(line, "everybody on this machine") && strings.Contains(line, `"flag":"`+flag+`"`) {
					n++
				}
			}
			return n
		}
		want := 0
		if test.warns {
			want = 1
			until(t, "the relay warns of its files", func() bool { return warned("--tls-key") == 1 && warned("--jwt-secret-file") == 1 })
		}
		p.stop()
		if warned("--tls-key") != want || warned("--jwt-secret-file") != want || warned("--tls-cert") != 0 {
			t.Errorf("%s may read: %s", name, p.printed())
		}
	}
}
