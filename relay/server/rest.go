package server

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
)

func answer(c *fiber.Ctx, status int, body []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Status(status).Response().SetBodyRaw(body)
	return nil
}

// enter finds out who asks for which room, and whether they may.
func (s *Server) enter(c *fiber.Ctx) (who hub.Identity, room string, err error) {
	who, err = s.identify(c)
	if err != nil {
		return who, "", err
	}
	room, err = param(c, "room")
	if err != nil || !protocol.ValidRoom(room) {
		return who, "", refuse(protocol.CodeBadRequest, "this is no valid name for a room")
	}
	if _, ok := who.Grants.Role(room); !ok {
		return who, "", refuse(protocol.CodeForbidden, "the token does not open this room")
	}
	if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead {
		err = s.refuseBanned(who, room)
	}
	return who, room, err
}

// param is a part of the path, unescaped. It is cloned, because Fiber's strings
// are only good until the answer.
func param(c *fiber.Ctx, name string) (string, error) {
	return url.PathUnescape(strings.Clone(c.Params(name)))
}

// pathOrQuery is param, but where that part of the path is "-" and the query has the name,
// the value is the query's: not every value survives in a path. Browsers take out a part
// that is "." or "..", and some proxies make a "/" of its escape.
func pathOrQuery(c *fiber.Ctx, name string) (string, error) {
	part, err := param(c, name)
	if err != nil || part != "-" {
		return part, err
	}
	values, err := url.ParseQuery(queryOf(c))
	if err != nil {
		return "", err
	}
	switch given := values[name]; len(given) {
	case 0:
		return part, nil
	case 1:
		return given[0], nil
	}
	return "", errTwice
}

// identify checks the bearer token (RFC 6750). It is taken from the header
// only: URLs end up in logs.
func (s *Server) identify(c *fiber.Ctx) (hub.Identity, error) {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	token = strings.TrimSpace(token)
	one := len(c.Request().Header.PeekAll(fiber.HeaderAuthorization)) == 1
	if !one || !strings.EqualFold(scheme, "Bearer") || token == "" {
		s.metrics.badTokens.Inc()
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		return hub.Identity{}, refuse(protocol.CodeUnauthorized, "one bearer token is needed")
	}
	who, err := s.verifier.Verify(s.now(), s.caller(c.Context()).Addr(), token)
	if err != nil {
		return hub.Identity{}, s.refuseToken(c, err)
	}
	if s.backend.Revoked(who) {
		s.metrics.badTokens.Inc()
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
		r := refuse(protocol.CodeUnauthorized, hub.RevokedReason)
		r.problem.Why = protocol.WhyRevoked
		return who, r
	}
	s.backend.See(who)
	return who, s.await(c, who)
}

// refuseToken returns the refusal of a bad token.
func (s *Server) refuseToken(c *fiber.Ctx, err error) error {
	t := hub.AsTokenError(err)
	if t.Code != protocol.CodeUnavailable {
		s.metrics.badTokens.Inc()
	}
	if t.Code == protocol.CodeUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
	}
	r := refuse(t.Code, t.Reason)
	r.problem.Why, r.retryAfter = t.Why, t.RetryAfter
	return r
}
