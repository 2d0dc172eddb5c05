package server_test

import (
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/guard"
	"hallway/relay/server"
)

// A clock moves on demand.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Now().UnixNano()) // tokens are valid today
	return c
}

func (c *clock) now() time.Time       { return time.Unix(0, c.at.Load()) }
func (c *clock) wait(d time.Duration) { c.at.Add(int64(d)) }
func forwarded(from string) []string  { return []string{"X-Forwarded-For", from} }
func proxies(all ...string) (p []netip.Prefix) {
	for _, one := range all {
		p = append(p, netip.MustParsePrefix(one))
	}
	return p
}

// limited starts a server with limits for addresses, behind a proxy on this machine.
func limited(t *testing.T, limits guard.AddressLimits) (*site, *clock) {
	t.Helper()
	c := newClock()
	s := start(t, func(o *server.Options) {
		o.Addresses, o.Proxies, o.Now = guard.NewAddresses(limits), proxies("127.0.0.0/8", "10.0.0.0/8"), c.now
	})
	return s, c
}

// TestRequestsOfAnAddress checks that requests above the burst are refused, and those of no other address.
func TestRequestsOfAnAddress(t *testing.T) {
	s, c := limited(t, guard.AddressLimits{RequestsPerSecond: 2})
	bearer := []string{"Authorization", "Bearer " + s.token("u1", "*")}
	ask := func(from, path string) response { return s.ask("GET", path, "", append(forwarded(from), bearer...)...) }
	for range 8 { // the burst
		if r := ask("192.0.2.1", messagesPath); r.StatusCode != 200 {
			t.Fatal(r.StatusCode, r.body)
		}
	}
	for range 3 { // refusals cost nothing
		r := ask("192.0.2.1", messagesPath)
		s.wantProblem(r, 429, protocol.CodeRateLimited)
		describe(t).check(t, "GET", messagesPath, "", r)
		if r.Header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
		}
	}
	for _, path := range []string{"/healthz", "/v1/openapi.json"} {
		if r := ask("192.0.2.1", path); r.StatusCode != 200 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if r := ask("192.0.2.2", messagesPath); r.StatusCode != 200 {
		t.Errorf("another address: %d", r.StatusCode)
	}
	c.wait(500 * time.Millisecond)
	if r := ask("192.0.2.1", messagesPath); r.StatusCode != 200 {
		t.Errorf("after the wait: %d", r.StatusCode)
	}
	if r := ask("192.0.2.1", messagesPath); r.StatusCode != 429 {
		t.Errorf("and again: %d", r.StatusCode)
	}
	if m := s.ask("GET", "/metrics", "").body; !strings.Contains(m, `hallway_address_refused_total{reason="requests"} 4`) {
		t.Error("the metrics do not tell")
	}
}

// TestClientAddress checks that the last address that is not a trusted proxy's counts, an IPv6 one by its /64.
func TestClientAddress(t *testing.T) {
	const all = 4 // the burst
	for _, test := range []struct{ one, other string }{
		{"192.0.2.1", "192.0.2.1"},
		{"192.0.2.1", "198.51.100.7, 192.0.2.1"}, // invented by the client
		{"192.0.2.1", "192.0.2.1, 10.1.2.3"},     // through two proxies
		{"192.0.2.1", "rubbish, 192.0.2.1 ,10.1.2.3"},
		{"192.0.2.1", "::ffff:192.0.2.1"},
		{"2001:db8::1", "2001:db8:0:0:ffff::2"},
		{"rubbish", ""}, // the proxy itself
	} {
		s, _ := limited(t, guard.AddressLimits{RequestsPerSecond: 1})
		bearer := []string{"Authorization", "Bearer " + s.token("u1", "*")}
		for range all {
			s.ask("GET", messagesPath, "", append(forwarded(test.one), bearer...)...)
		}
		if r := s.ask("GET", messagesPath, "", append(forwarded(test.other), bearer...)...); r.StatusCode != 429 {
			t.Errorf("%q is not %q: %d", test.other, test.one, r.StatusCode)
		}
		if r := s.ask("GET", messagesPath, "", append(forwarded("2001:db8:0:1::1"), bearer...)...); r.StatusCode != 200 {
			t.Errorf("%q is somebody else: %d", test.one, r.StatusCode)
		}
	}
	// Without a trusted proxy no header counts.
	s := start(t, func(o *server.Options) { o.Addresses = guard.NewAddresses(guard.AddressLimits{RequestsPerSecond: 1}) })
	for i := range all + 1 {
		r := s.ask("GET", messagesPath, "", append(forwarded(fmt.Sprintf("192.0.2.%d", i)), "Authorization", "Bearer "+s.token("u1", "*"))...)
		if (r.StatusCode == 429) != (i == all) {
			t.Errorf("request %d: %d", i, r.StatusCode)
		}
	}
}

// TestTokensWithoutKeys checks that a client may retry if it comes before the keys are known.
func TestTokensWithoutKeys(t *testing.T) {
	s := start(t, func(o *server.Options) {
		o.Addresses = guard.NewAddresses(guard.AddressLimits{BadTokensPerMinute: 1})
		o.Verifier = auth.NewGate(auth.NewKeylessKeeper(), o.Addresses, nil)
	})
	for _, token := range []string{"a", s.token("u1", "*"), "b"} {
		r := s.ask("GET", messagesPath, "", "Authorization", "Bearer "+token)
		s.wantProblem(r, 503, protocol.CodeUnavailable)
		describe(t).check(t, "GET", messagesPath, "", r)
		if r.Header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
		}
	}
}

// TestTheSchemeThatAProxyNames checks that a page of another scheme is of another origin.
func TestTheSchemeThatAProxyNames(t *testing.T) {
	s, _ := limited(t, guard.AddressLimits{})
	bearer := "Bearer " + s.token("u1", "*")
	for _, test := range []struct {
		origin, proto string
		allowed       bool
	}{
		{"https://", "https", true},
		{"http://", "https", false},
		{"https://", "http", false},
		{"http://", "https, HTTP", true},
		{"http://", "", true},
		{"https://", "", true},
	} {
		header := []string{"Origin", test.origin + s.addr, "Authorization", bearer}
		if test.proto != "" {
			header = append(header, "X-Forwarded-Proto", test.proto)
		}
		r := s.ask("GET", messagesPath, "", header...)
		if got := r.Header.Get("Access-Control-Allow-Origin") != ""; got != test.allowed {
			t.Errorf("%s by %q: allowed %v", test.origin, test.proto, got)
		}
	}
}

// TestTheSchemeOfARelayThatEndsTLS checks that a page over plain HTTP of the same host is refused, because anybody
// could have sent it.
func TestTheSchemeOfARelayThatEndsTLS(t *testing.T) {
	s := start(t, func(o *server.Options) { o.Secure = true })
	bearer := "Bearer " + s.token("u1", "*")
	for scheme, allowed := range map[string]bool{"https://": true, "http://": false} {
		r := s.ask("GET", messagesPath, "", "Origin", scheme+s.addr, "Authorization", bearer)
		if got := r.Header.Get("Access-Control-Allow-Origin") != ""; got != allowed {
			t.Errorf("%s: allowed %v", scheme, got)
		}
	}
}
