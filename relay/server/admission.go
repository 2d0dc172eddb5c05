package server

import (
	"math"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/time/rate"

	"hallway/protocol"
)

// The defaults of an [Admission], for two cores and 4 GiB.
const (
	// ConnsMax is how many connections a relay holds.
	ConnsMax = 20_000
	// HandshakesPerSecondMax is how many it lets in a second. With its hello, its
	// join and its first page each costs about a fifth of a millisecond.
	HandshakesPerSecondMax = 2_000
)

// handshakesKept is what part of a second's handshakes is kept for addresses that have
// made fewer than that: one that connects without end leaves the others a fifth.
const handshakesKept = 5

// fullRetry is what a client is told to wait while there is no place for it.
const fullRetry = 5 * time.Second

// Admission bounds who is let in. What is refused here costs no token check.
type Admission struct {
	Conns               int // at once; 0: no limit. May be exceeded by handshakes under way.
	HandshakesPerSecond int // with a burst of one second's; 0: no limit
	Files               int // for connections of all kinds, those that have said nothing yet included; 0: no limit
}

func (a Admission) limiter() *rate.Limiter {
	if a.HandshakesPerSecond == 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(a.HandshakesPerSecond), a.HandshakesPerSecond)
}

// admit refuses a handshake that comes when there are too many, be it of
// connections or of handshakes. After a restart all clients come at once: they
// are let in as fast as they can be served.
func (s *Server) admit(c *fiber.Ctx) error {
	most := s.admission.Conns
	if most == 0 {
		most = math.MaxInt
	}
	r := refuse(protocol.CodeUnavailable, "")
	switch {
	case s.backend.Conns() >= most:
		s.metrics.handshakesRefused.WithLabelValues("connections").Inc()
		r.problem.Detail, r.retryAfter = "the relay has no place for another connection", fullRetry
	case !s.shakes(s.now(), s.client(c)):
		s.metrics.handshakesRefused.WithLabelValues("rate").Inc()
		r.problem.Detail = "too many connect at once"
	default:
		return nil
	}
	c.Context().SetConnectionClose() // it takes up a file, too
	return r
}

// shakes takes a handshake of an address off what may be made in a second.
func (s *Server) shakes(now time.Time, addr netip.Addr) bool {
	kept := s.admission.HandshakesPerSecond / handshakesKept
	if s.addresses.handshake(now, addr, kept) && s.handshakes.TokensAt(now) < float64(kept)+1 {
		return false
	}
	return s.handshakes.AllowN(now, 1)
}
