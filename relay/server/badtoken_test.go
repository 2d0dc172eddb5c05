package server_test

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/guard"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

// TestBadTokensOfAnAddress checks that after too many different bad tokens further ones must wait. Good tokens and
// handshakes are still accepted. A repeated bad token is no guess, nor is one that the key holder has signed.
func TestBadTokensOfAnAddress(t *testing.T) {
	s, c := limited(t, guard.AddressLimits{BadTokensPerMinute: 3})
	good := s.token("u1", "*")
	expired, err := s.keeper.Issue(auth.Claims{Sub: "u1", Role: protocol.RoleParticipant}, c.now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(from, token string) int {
		r := s.ask("GET", messagesPath, "", append(forwarded(from), "Authorization", "Bearer "+token)...)
		describe(t).check(t, "GET", messagesPath, "", r)
		if r.StatusCode == 429 && r.Header.Get("Retry-After") != "20" {
			t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
		}
		return r.StatusCode
	}
	for i, want := range []struct {
		token  string
		status int
	}{
		{"a", 401}, {"a", 401}, {expired, 401}, {"b", 401}, {expired, 401}, {"a", 401}, {"c", 401},
		{"d", 429}, {"a", 429}, {good, 200}, {expired, 401},
	} {
		if got := ask("192.0.2.1", want.token); got != want.status {
			t.Errorf("%d: %.10s: %d, want %d", i, want.token, got, want.status)
		}
	}
	if got := ask("192.0.2.2", "d"); got != 401 {
		t.Errorf("another address: %d", got)
	}
	s.backend.serve = func(nc net.Conn, _ netip.AddrPort) { nc.Close() }
	_, answer := s.dial(s.handshake(map[string]string{"X-Forwarded-For": "192.0.2.1"}))
	if r := s.read(answer, "GET"); r.StatusCode != 101 {
		t.Errorf("a handshake: %d", r.StatusCode)
	}
	if m := s.ask("GET", "/metrics", "").body; !strings.Contains(m, `hallway_address_refused_total{reason="bad_tokens"} 2`) {
		t.Error("the metrics do not tell")
	}
	c.wait(20 * time.Second)
	if got := ask("192.0.2.1", "e"); got != 401 {
		t.Errorf("once it has calmed: %d", got)
	}
}

// addrPort parses an address, whose port may be missing.
func addrPort(t *testing.T, s string) netip.AddrPort {
	t.Helper()
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.AddrPortFrom(addr, 0)
	}
	return netip.MustParseAddrPort(s)
}

// TestBadTokensOfHellos checks that bad tokens of hellos count as those of requests do, and never keep out a client
// with a good one: neither a flood nor a steady rate of them.
func TestBadTokensOfHellos(t *testing.T) {
	const most = 5
	l := startLimited(t, hub.Config{}, guard.NewAddresses(guard.AddressLimits{BadTokensPerMinute: most}))
	hello := func(remote, token string) *relaytest.Client {
		client, relay := net.Pipe()
		t.Cleanup(func() { client.Close() })
		go l.engine.Serve(relay, addrPort(t, remote))
		c := relaytest.NewClient(t, client)
		c.Say(protocol.Hello{Token: token})
		return c
	}
	guess := func(remote, token string, want protocol.Code, why protocol.Why) {
		t.Helper()
		c := hello(remote, token)
		e := relaytest.Hear[protocol.Error](c)
		if !strings.Contains(e.Message, "malformed") || e.Code != want || e.Why != why || (e.RetryAfterMs > 0) != (want == protocol.CodeRateLimited) {
			t.Errorf("%s: %.20q is told %+v", remote, token, e)
		}
		c.WantClose(protocol.CloseUnauthorized)
	}
	good := l.person("ada", protocol.RoleParticipant, "*").token
	for i := range 110 {
		want, why := protocol.CodeUnauthorized, protocol.WhyMalformed
		if i >= most {
			want, why = protocol.CodeRateLimited, protocol.WhyBadTokens
		}
		// An IPv6 address counts as its network.
		guess(fmt.Sprintf("[2001:db8::%x]:4711", i+1), fmt.Sprint("guess ", i), want, why)
		guess("192.0.2.1:4711", fmt.Sprint("guess ", i), want, why)
		if i%10 == 0 {
			for _, remote := range []string{"192.0.2.1:99", "192.0.2.1", "[2001:db8::ffff]:99"} {
				relaytest.Hear[protocol.Welcome](hello(remote, good))
			}
		}
	}
	guess("192.0.2.2:4711", "another address", protocol.CodeUnauthorized, protocol.WhyMalformed)
	for _, from := range []string{"192.0.2.1", "192.0.2.2", "2001:db8::2"} {
		_, r := l.dial(l.site.handshake(map[string]string{"X-Forwarded-For": from}))
		if got := l.read(r, "GET"); got.StatusCode != 101 {
			t.Errorf("a handshake from %s: %d", from, got.StatusCode)
		}
		r1 := l.site.ask("GET", messagesPath, "", "X-Forwarded-For", from, "Authorization", "Bearer "+good)
		if r1.StatusCode != 200 {
			t.Errorf("a good token from %s: %d", from, r1.StatusCode)
		}
	}
	// A welcomed client stays while bad tokens come from its address.
	c := hello("192.0.2.1:100", good)
	relaytest.Hear[protocol.Welcome](c)
	guess("192.0.2.1:101", "one more", protocol.CodeRateLimited, protocol.WhyBadTokens)
	c.Say(protocol.Hello{Token: good})
	relaytest.Hear[protocol.Welcome](c)
}

// TestWhyATokenIsRefused checks the reasons over REST and WebSocket: a text, and a code for programs.
func TestWhyATokenIsRefused(t *testing.T) {
	l := startLive(t, hub.Config{})
	l.keeper.Demand(auth.Demands{Issuer: "https://issuer.example", Audience: "hallway", TTL: 24 * time.Hour})
	made := func(method jwt.SigningMethod, key any, typ string, change jwt.MapClaims) string {
		claims := jwt.MapClaims{"sub": "ada", "exp": time.Now().Add(time.Hour).Unix(), "rooms": []string{"*"}, "iss": "https://issuer.example", "aud": "hallway"}
		maps.Copy(claims, change)
		maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
		token := jwt.NewWithClaims(method, claims)
		token.Header["typ"] = typ
		signed, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	hs256 := func(change jwt.MapClaims) string { return made(jwt.SigningMethodHS256, []byte(secret), "JWT", change) }
	for name, test := range map[string]struct {
		token string
		why   protocol.Why
		words string
	}{
		"no JWT":         {"hello", protocol.WhyMalformed, "malformed"},
		"expired":        {hs256(jwt.MapClaims{"exp": 1}), protocol.WhyExpired, "expired"},
		"early":          {hs256(jwt.MapClaims{"nbf": time.Now().Add(time.Hour).Unix()}), protocol.WhyEarly, "nbf"},
		"for years":      {hs256(jwt.MapClaims{"exp": 253402300799}), protocol.WhyTTL, "--token-max-ttl"},
		"another secret": {made(jwt.SigningMethodHS256, []byte(strings.Repeat("z", 32)), "JWT", nil), protocol.WhySignature, "another secret"},
		"another HS":     {made(jwt.SigningMethodHS384, []byte(secret), "JWT", nil), protocol.WhyAlgorithm, "algorithm"},
		"none":           {made(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "JWT", nil), protocol.WhyAlgorithm, "algorithm"},
		"a logout":       {made(jwt.SigningMethodHS256, []byte(secret), "logout+jwt", nil), protocol.WhyType, "typ"},
		"a device":       {made(jwt.SigningMethodHS256, []byte(secret), "hallway-device+jwt", nil), protocol.WhyType, "typ"},
		"no issuer":      {hs256(jwt.MapClaims{"iss": nil}), protocol.WhyIssuer, "iss"},
		"a shop's":       {hs256(jwt.MapClaims{"aud": []string{"shop"}}), protocol.WhyAudience, "aud"},
		"rooms a string": {hs256(jwt.MapClaims{"rooms": "lobby"}), protocol.WhyClaims, "rooms is not a list"},
		"no sub":         {hs256(jwt.MapClaims{"sub": nil}), protocol.WhyClaims, "sub is missing"},
		"no exp":         {hs256(jwt.MapClaims{"exp": nil}), protocol.WhyClaims, "exp is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			r := l.site.ask("GET", messagesPath, "", "Authorization", "Bearer "+test.token)
			p := l.wantProblem(r, 401, protocol.CodeUnauthorized)
			l.check(t, "GET", messagesPath, "", r)
			if p.Why != test.why || !strings.Contains(p.Detail, test.words) {
				t.Errorf("REST: %q, %q", p.Why, p.Detail)
			}
			c := l.connect(t)
			c.Say(protocol.Hello{Token: test.token})
			if e := relaytest.Hear[protocol.Error](c); e.Code != protocol.CodeUnauthorized || e.Why != test.why || e.Message != p.Detail {
				t.Errorf("WebSocket: %+v", e)
			}
			c.WantClose(protocol.CloseUnauthorized)
		})
	}
	if r := l.site.ask("GET", messagesPath, "", "Authorization", "Bearer "+hs256(nil)); r.StatusCode != 200 {
		t.Errorf("a good one: %d %s", r.StatusCode, r.body)
	}
}
