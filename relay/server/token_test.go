package server_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

// TestTokensAreRefused checks refusals over REST and WebSocket, of first tokens and of refreshing ones.
func TestTokensAreRefused(t *testing.T) {
	l := startLive(t, hub.Config{})
	made := func(method jwt.SigningMethod, key any, change jwt.MapClaims) string {
		claims := jwt.MapClaims{"sub": "ada", "exp": time.Now().Add(time.Hour).Unix(), "rooms": []string{"*"}}
		maps.Copy(claims, change)
		maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	hs256 := func(change jwt.MapClaims) string { return made(jwt.SigningMethodHS256, []byte(secret), change) }
	soon := time.Now().Add(time.Minute).Unix()
	for name, test := range map[string]struct{ token, why string }{
		"nothing":              {"", ""},
		"no JWT":               {"hello", "malformed"},
		"expired":              {hs256(jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()}), "expired"},
		"no exp":               {hs256(jwt.MapClaims{"exp": nil}), "exp"},
		"no sub":               {hs256(jwt.MapClaims{"sub": nil}), "sub"},
		"not yet":              {hs256(jwt.MapClaims{"nbf": soon}), "not valid yet"},
		"of the future":        {hs256(jwt.MapClaims{"iat": soon}), "future"},
		"a role of its own":    {hs256(jwt.MapClaims{"role": "admin"}), "role"},
		"too long":             {hs256(jwt.MapClaims{"x": strings.Repeat("x", 8192)}), "longer"},
		"another secret":       {made(jwt.SigningMethodHS256, []byte(strings.Repeat("z", 32)), nil), "signature"},
		"another HS":           {made(jwt.SigningMethodHS512, []byte(secret), nil), "signature"},
		"no signature":         {made(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), "signature"},
		"a key set's, of none": {"eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			r := l.site.ask("GET", messagesPath, "", "Authorization", "Bearer "+test.token)
			p := l.wantProblem(r, 401, protocol.CodeUnauthorized)
			l.check(t, "GET", messagesPath, "", r)
			want := `Bearer error="invalid_token"`
			if test.token == "" {
				want = "Bearer" // RFC 6750: no error without a token
			}
			if got := r.Header.Get("WWW-Authenticate"); got != want || !strings.Contains(p.Detail, test.why) {
				t.Errorf("WWW-Authenticate %q, %q", got, p.Detail)
			}

			stranger := l.connect(t)
			refreshing := l.person("ada", protocol.RoleParticipant, "*").enter()
			for _, c := range []*relaytest.Client{stranger, refreshing} {
				c.Say(protocol.Hello{Token: test.token})
				if e := relaytest.Hear[protocol.Error](c); e.Code != protocol.CodeUnauthorized || !strings.Contains(e.Message, test.why) || e.Room != "" || e.ID != "" {
					t.Errorf("told %+v", e)
				}
				c.WantClose(protocol.CloseUnauthorized)
			}
		})
	}
}
