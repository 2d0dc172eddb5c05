package server

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
)

// messages answers with a page of a room's history.
func (s *Server) messages(c *fiber.Ctx) error {
	who, room, err := s.enter(c)
	if err != nil {
		return err
	}
	q, err := parseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	page, err := s.history.Page(ctx, room, who.User.ID, q)
	if err != nil {
		s.log.Error("a history could not be read", "error", err)
		return refuse(protocol.CodeUnavailable, "the history cannot be read at present")
	}
	return answer(c, fiber.StatusOK, page)
}

// post takes a send.
func (s *Server) post(c *fiber.Ctx) error {
	who, room, err := s.enter(c)
	if err != nil {
		return err
	}
	// The request's body as it came: Fiber's own accessor would unpack it without
	// a bound.
	send, err := protocol.DecodeSend(c.Request().Body(), room, s.limits)
	if err != nil {
		return refuseFrame(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	out, err := s.backend.Post(ctx, who, send)
	switch {
	case err != nil:
		return refuse(protocol.CodeUnavailable, "the message may not be stored: send it again")
	case out.Code != "":
		r := refuse(out.Code, out.Reason)
		r.retryAfter = out.RetryAfter
		return r
	case out.New:
		return answer(c, fiber.StatusCreated, out.Message.Append(nil))
	}
	return answer(c, fiber.StatusOK, out.Message.Append(nil))
}

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
	// Cloned, because Fiber's strings are only good until the answer.
	room, err = url.PathUnescape(strings.Clone(c.Params("room")))
	if err != nil || !protocol.ValidRoom(room) {
		return who, "", refuse(protocol.CodeBadRequest, "this is no valid name for a room")
	}
	if _, ok := who.Grants.Role(room); !ok {
		return who, "", refuse(protocol.CodeForbidden, "the token does not open this room")
	}
	return who, room, nil
}

// identify checks the bearer token (RFC 6750). It is taken from the header
// only: URLs end up in logs.
func (s *Server) identify(c *fiber.Ctx) (hub.Identity, error) {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		s.metrics.badTokens.Inc()
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		return hub.Identity{}, refuse(protocol.CodeUnauthorized, "a bearer token is needed")
	}
	who, err := s.verifier.Verify(s.now(), token)
	if err != nil {
		s.metrics.badTokens.Inc()
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
		return hub.Identity{}, refuse(protocol.CodeUnauthorized, err.Error())
	}
	return who, nil
}

var queryKinds = map[string]hub.QueryKind{
	"before": hub.QueryBefore,
	"after":  hub.QueryAfter,
	"around": hub.QueryAround,
	"since":  hub.QuerySince,
}

// parseQuery reads which page is wanted. What it does not know it refuses: to
// ignore it would answer another question than was asked.
func parseQuery(query string) (hub.Query, error) {
	q := hub.Query{Kind: hub.QueryNewest, Limit: protocol.PageMessagesDefault}
	values, err := url.ParseQuery(query)
	if err != nil {
		return q, refuse(protocol.CodeBadRequest, "the query is malformed")
	}
	for name, v := range values {
		kind, known := queryKinds[name]
		switch {
		case name == "q":
			return q, refuse(protocol.CodeBadRequest, "full-text search is not supported yet")
		case !known && name != "limit":
			return q, refuse(protocol.CodeBadRequest, "the query has a parameter that is not known")
		case len(v) > 1:
			return q, refuse(protocol.CodeBadRequest, "the query has "+name+" more than once")
		case known && q.Kind != hub.QueryNewest:
			return q, refuse(protocol.CodeBadRequest, "only one of before, after, around and since may be asked for")
		}
		n, err := strconv.ParseUint(v[0], 10, 63)
		switch {
		case err != nil:
			return q, refuse(protocol.CodeBadRequest, name+" must be an integer of at least 0")
		case known:
			q.Kind, q.At = kind, int64(n)
		case n < 1 || n > protocol.PageMessagesMax:
			return q, refuse(protocol.CodeBadRequest, "limit must be 1 to "+strconv.Itoa(protocol.PageMessagesMax))
		default:
			q.Limit = int(n)
		}
	}
	return q, nil
}
