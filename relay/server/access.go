package server

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// access checks tokens, roles and bans, and limits the requests of addresses.
type access struct {
	*work
	*problems
	backend   Backend
	verifier  hub.Verifier
	addresses *guard.Addresses
	now       func() time.Time
}

// limitRequests refuses the requests of an address with too many. Handshakes have another limit, and the routes that
// monitor the relay have none.
func (a *access) limitRequests(c *fiber.Ctx) error {
	if wait := a.addresses.Request(a.now(), a.callers.of(c.Context()).Addr()); wait > 0 {
		a.work.metrics.addressRefused.WithLabelValues("requests").Inc()
		r := refuse(protocol.CodeRateLimited, "too many requests from this address")
		r.retryAfter = wait
		return r
	}
	return c.Next()
}

// identify checks the bearer token (RFC 6750), and makes the request wait for a slot of its user. It takes the token
// only from the header, because URLs end up in logs.
func (a *access) identify(c *fiber.Ctx) (hub.Identity, error) {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	token = strings.TrimSpace(token)
	one := len(c.Request().Header.PeekAll(fiber.HeaderAuthorization)) == 1
	if !one || !strings.EqualFold(scheme, "Bearer") || token == "" {
		a.work.metrics.badTokens.Inc()
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		return hub.Identity{}, refuse(protocol.CodeUnauthorized, "one bearer token is needed")
	}
	who, err := a.verifier.Verify(a.now(), a.callers.of(c.Context()).Addr(), token)
	if err == nil && a.backend.Revoked(who) {
		err = &hub.TokenError{Why: protocol.WhyRevoked, Reason: hub.RevokedReason}
	}
	if err != nil {
		return hub.Identity{}, a.refuseToken(c, err)
	}
	a.backend.See(who)
	return who, a.await(c, who)
}

// refuseToken returns the refusal of a bad token.
func (a *access) refuseToken(c *fiber.Ctx, err error) error {
	t := hub.AsTokenError(err)
	if t.Code != protocol.CodeUnavailable {
		a.work.metrics.badTokens.Inc()
	}
	if t.Code == protocol.CodeUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
	}
	r := refuse(t.Code, t.Reason)
	r.problem.Why, r.retryAfter = t.Why, t.RetryAfter
	return r
}

// enter returns the caller's identity and the room of the request, if the token opens the room.
func (a *access) enter(c *fiber.Ctx) (who hub.Identity, room string, err error) {
	who, err = a.identify(c)
	if err != nil {
		return who, "", err
	}
	room, err = param(c, "room")
	if err != nil || !protocol.ValidRoom(room) {
		return who, "", refuse(protocol.CodeBadRequest, "this is not a valid room name")
	}
	if _, ok := who.Grants.Role(room); !ok {
		return who, "", refuse(protocol.CodeForbidden, "the token does not open this room")
	}
	if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead {
		err = a.refuseBanned(who, room)
	}
	return who, room, err
}

// refuseBanned refuses a banned user's request to read a room. The store decides about changes of the room, because it
// knows the stored ids.
func (a *access) refuseBanned(who hub.Identity, room string) error {
	role, _ := who.Grants.Role(room)
	until, banned := a.backend.Banned(a.now(), rules.Ban{Room: room, User: who.User.ID}, role)
	if !banned {
		return nil
	}
	r := refuse(protocol.CodeForbidden, "banned from this room")
	r.problem.Why, r.problem.Until = protocol.WhyBanned, until
	return r
}

// inRoom handles requests about a room that the token opens.
func (a *access) inRoom(handle func(c *fiber.Ctx, who hub.Identity, room string) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, room, err := a.enter(c)
		if err != nil {
			return err
		}
		return handle(c, who, room)
	}
}

// inRoomAs is inRoom for users with at least that role in the room.
func (a *access) inRoomAs(least protocol.Role, handle func(c *fiber.Ctx, room string) error) fiber.Handler {
	return a.inRoom(func(c *fiber.Ctx, who hub.Identity, room string) error {
		if role, _ := who.Grants.Role(room); !role.AtLeast(least) {
			return refuse(protocol.CodeForbidden, "the role does not allow this")
		}
		return handle(c, room)
	})
}

// onUser is inRoom for requests about a user.
func (a *access) onUser(handle func(c *fiber.Ctx, who hub.Identity, room, user string) error) fiber.Handler {
	return a.inRoom(func(c *fiber.Ctx, who hub.Identity, room string) error {
		user, err := userParam(c)
		if err != nil {
			return err
		}
		return handle(c, who, room, user)
	})
}

// onMessage is inRoom for requests about a message.
func (a *access) onMessage(handle func(c *fiber.Ctx, who hub.Identity, room, id string) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, room, id, err := a.enterMessage(c)
		if err != nil {
			return err
		}
		return handle(c, who, room, id)
	}
}

// enterMessage is enter for a route about a message.
func (a *access) enterMessage(c *fiber.Ctx) (who hub.Identity, room, id string, err error) {
	who, room, err = a.enter(c)
	if err != nil {
		return who, "", "", err
	}
	id, err = param(c, "id")
	if err != nil || !protocol.ValidID(id) {
		return who, "", "", refuse(protocol.CodeBadRequest, "the id is not a UUID in lower case")
	}
	return who, room, id, nil
}

// rank gives a user the role of the last token seen.
func (a *access) rank(room string, u *protocol.User) {
	if role, ok := a.backend.Rank(u.ID, room); ok {
		u.Role = role
	}
}

// carryOut hands the backend an op and returns its result. The error is a refusal.
func carryOut[R rules.Result](a *access, c *fiber.Ctx, who hub.Identity, op rules.Op) (result R, err error) {
	ctx, cancel := a.begin(c)
	defer cancel()
	out, err := a.backend.Change(ctx, who, op)
	result, _ = out.Result.(R)
	return result, refuseOutcome(out, err)
}

// carryOutNoContent carries out an op and answers without a body.
func (a *access) carryOutNoContent(c *fiber.Ctx, who hub.Identity, op rules.Op) error {
	if _, err := carryOut[rules.Result](a, c, who, op); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func userParam(c *fiber.Ctx) (string, error) {
	user, err := pathOrQuery(c, "user")
	if err != nil || !protocol.ValidUser(user) {
		return "", refuse(protocol.CodeBadRequest, "this is not a valid user id")
	}
	return user, nil
}

// param returns a part of the path, unescaped. It copies Fiber's string, which is only valid until the answer.
func param(c *fiber.Ctx, name string) (string, error) {
	return url.PathUnescape(strings.Clone(c.Params(name)))
}

// pathOrQuery is param, but if that part of the path is "-" and the query has the name, it returns the query's value.
// Some values cannot stand in a path: browsers remove a part that is "." or "..", and some proxies unescape a "/".
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

// answer writes a JSON document.
func answer(c *fiber.Ctx, status int, body []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Status(status).Response().SetBodyRaw(body)
	return nil
}
