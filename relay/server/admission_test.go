package server_test

import (
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/server"
)

// TestHandshakesAreReserved checks that an address with many handshakes leaves some to others, and gets all if no other
// address connects.
func TestHandshakesAreReserved(t *testing.T) {
	var now atomic.Int64 // in ms
	s := start(t, func(o *server.Options) {
		o.Admit = guard.AdmissionLimits{HandshakesPerSecond: 10}
		o.Proxies = proxies("127.0.0.0/8")
		o.Now = func() time.Time { return time.UnixMilli(1_800_000_000_000 + now.Load()) }
	})
	s.backend.serve = func(nc net.Conn, _ netip.AddrPort) { nc.Close() }
	knock := func(from string, want, times int) {
		t.Helper()
		for i := range times {
			_, r := s.dial(s.handshake(map[string]string{"X-Forwarded-For": from}))
			if got := s.read(r, "GET"); got.StatusCode != want {
				t.Errorf("%d of %s: status %d, want %d", i, from, got.StatusCode, want)
			}
		}
	}
	knock("192.0.2.1", 101, 8)
	knock("192.0.2.1", 503, 3)
	knock("192.0.2.2", 101, 1)
	knock("192.0.2.3", 101, 1)
	knock("192.0.2.4", 503, 1)
	for range 5 { // all handshakes of a second
		now.Add(1000)
		knock("192.0.2.1", 101, 8)
		knock("192.0.2.1", 503, 1)
		now.Add(100)
		knock("192.0.2.1", 101, 1)
	}
}

// TestHandshakesAreAdmittedAtARate checks that handshakes above the rate, or above the number of connections, are
// refused at once.
func TestHandshakesAreAdmittedAtARate(t *testing.T) {
	var now atomic.Int64 // in ms
	s := start(t, func(o *server.Options) {
		o.Admit = guard.AdmissionLimits{Conns: 100, HandshakesPerSecond: 4}
		o.Now = func() time.Time { return time.UnixMilli(1_800_000_000_000 + now.Load()) }
	})
	s.backend.serve = func(nc net.Conn, _ netip.AddrPort) { nc.Close() }
	knock := func(status int, retryAfter string) {
		t.Helper()
		_, r := s.dial(s.handshake(nil))
		got := s.read(r, "GET")
		if got.StatusCode != status || got.Header.Get("Retry-After") != retryAfter {
			t.Errorf("status %d, %v; want %d, Retry-After %q", got.StatusCode, got.Header, status, retryAfter)
		}
		if status == 101 {
			return
		}
		s.wantProblem(got, status, protocol.CodeUnavailable)
		if !got.Close {
			t.Error("the connection stays open")
		}
	}
	for range 4 {
		knock(101, "")
	}
	knock(503, "1")
	knock(503, "1")
	now.Add(250)
	knock(101, "")
	knock(503, "1")

	s.backend.conns.Store(100)
	now.Add(1000)
	knock(503, "5")
	s.backend.conns.Store(99)
	knock(101, "")

	metrics := s.ask("GET", "/metrics", "").body
	for _, line := range []string{
		"hallway_handshakes_total 6\n",
		`hallway_handshakes_refused_total{reason="rate"} 3` + "\n",
		`hallway_handshakes_refused_total{reason="connections"} 1` + "\n",
		`hallway_limit{limit="connections"} 100` + "\n",
		`hallway_limit{limit="handshakes_per_second"} 4` + "\n",
		`hallway_requests_refused_total{code="unavailable"} 4` + "\n",
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %q in the metrics", line)
		}
	}
}
