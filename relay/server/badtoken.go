package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/hub"
)

// Bad tokens slow down bad tokens alone. Every token is checked, whatever its address has
// shown before: all of a building may share one, and a good token opens from there as
// from anywhere. What that costs is bounded by the rates of handshakes, frames and
// requests, and by how often a key set is read for a key that it lacks.

// refuseToken is the refusal of a token that is not good: another code once there were too
// many from this address.
func (s *Server) refuseToken(c *fiber.Ctx, token string, err error) error {
	t := hub.AsTokenError(err)
	if t.Code != protocol.CodeUnavailable {
		s.metrics.badTokens.Inc()
	}
	if auth.Unproven(err) {
		if wait := s.addresses.badToken(s.now(), s.client(c), token); wait > 0 {
			s.metrics.addressRefused.WithLabelValues("bad_tokens").Inc()
			t = *tooManyBadTokens(t.Reason, wait)
		}
	}
	if t.Code == protocol.CodeUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
	}
	r := refuse(t.Code, t.Reason)
	r.problem.Why, r.retryAfter = t.Why, t.RetryAfter
	return r
}

// tooManyBadTokens refuses another bad token. Its reason is told all the same: an address
// may be that of many people who have all been given a wrong one.
func tooManyBadTokens(reason string, wait time.Duration) *hub.TokenError {
	return &hub.TokenError{
		Code: protocol.CodeRateLimited, Why: protocol.WhyBadTokens, RetryAfter: wait,
		Reason: "too many bad tokens from this address; of this one: " + reason,
	}
}

// guessVerifier counts the bad tokens of an address while the engine's hub takes a frame.
type guessVerifier struct {
	hub.Verifier
	engine *Engine
}

func (v guessVerifier) Verify(now time.Time, token string) (hub.Identity, error) {
	who, err := v.Verifier.Verify(now, token)
	l := v.engine.taking
	if err == nil || l == nil || !auth.Unproven(err) {
		return who, err
	}
	if wait := v.engine.addresses.badToken(now, addressOf(l.remote), token); wait > 0 {
		v.engine.metrics.addressRefused.WithLabelValues("bad_tokens").Inc()
		return who, tooManyBadTokens(err.Error(), wait)
	}
	return who, err
}
