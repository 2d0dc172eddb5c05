package server

import (
	"crypto/sha1" // RFC 6455 demands it; security does not depend on it
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/conn"
	"hallway/relay/guard"
)

// subprotocols lists the versions that this relay speaks, the highest first.
var subprotocols = []string{protocol.Subprotocol}

var (
	errOrigin   = refuse(protocol.CodeForbidden, "this origin is not on the relay's allow-list")
	errDraining = refuse(protocol.CodeUnavailable, "the relay is going away")
)

// upgrade turns requests into WebSocket connections.
type upgrade struct {
	*pages
	backend   Backend
	admission *guard.Admission
	metrics   *Metrics
	now       func() time.Time
}

// get answers the opening handshake (RFC 6455, section 4.2). After the 101 the connection belongs to the backend.
func (s *upgrade) get(c *fiber.Ctx) error {
	version, err := s.handshake(c)
	if err != nil {
		s.metrics.handshakesRefused.WithLabelValues(refusedFor(err)).Inc()
		return err
	}
	if err := s.admit(c); err != nil {
		return err
	}
	s.metrics.handshakes.Inc()
	c.Set(fiber.HeaderConnection, "Upgrade")
	c.Set(fiber.HeaderUpgrade, "websocket")
	c.Set("Sec-WebSocket-Accept", acceptKey(c.Get("Sec-WebSocket-Key")))
	c.Set("Sec-WebSocket-Protocol", version)
	c.Status(fiber.StatusSwitchingProtocols)

	// c must not be used after this: Fiber reuses it.
	from, backend := s.callers.of(c.Context()), s.backend
	c.Context().Hijack(func(hijacked net.Conn) {
		nc, err := takeOver(hijacked)
		if err != nil {
			_ = hijacked.Close()
			return
		}
		// A new goroutine, because the present one keeps the request and its buffers until it returns.
		go backend.Serve(nc, from)
	})
	return nil
}

// fullRetry is the time that a client waits while there is no room for its connection.
const fullRetry = 5 * time.Second

// admit refuses a handshake when there are too many connections or handshakes.
func (s *upgrade) admit(c *fiber.Ctx) error {
	why := s.admission.Admit(s.now(), s.callers.of(c.Context()).Addr(), s.backend.Conns())
	if why == guard.Admitted {
		return nil
	}
	s.metrics.handshakesRefused.WithLabelValues(string(why)).Inc()
	c.Context().SetConnectionClose() // it takes up a file, too
	r := refuse(protocol.CodeUnavailable, "too many clients connect at once: try again")
	if why == guard.TooManyConnections {
		r.problem.Detail, r.retryAfter = "the relay has no place for another connection", fullRetry
	}
	return r
}

// handshake checks the request and selects the version.
func (s *upgrade) handshake(c *fiber.Ctx) (version string, err error) {
	switch {
	case !slices.ContainsFunc(tokens(c, fiber.HeaderConnection), equalFold("upgrade")),
		!slices.ContainsFunc(tokens(c, fiber.HeaderUpgrade), equalFold("websocket")):
		return "", upgradeRequired(c, "this is a WebSocket: the request must ask for an upgrade to it")
	case c.Get("Sec-WebSocket-Version") != "13":
		c.Set("Sec-WebSocket-Version", "13")
		return "", upgradeRequired(c, "the version of WebSocket must be 13")
	case !c.Request().Header.IsHTTP11():
		return "", refuse(protocol.CodeBadRequest, "a WebSocket needs HTTP/1.1")
	case !validKey(c.Get("Sec-WebSocket-Key")):
		return "", refuse(protocol.CodeBadRequest, "the Sec-WebSocket-Key must be 16 bytes in base64")
	case !s.originAllowed(c):
		return "", errOrigin
	case s.backend.Draining():
		return "", errDraining
	}
	offered := tokens(c, "Sec-WebSocket-Protocol")
	for _, version := range subprotocols {
		if slices.Contains(offered, version) {
			return version, nil
		}
	}
	return "", upgradeRequired(c, "none of the subprotocols offered is spoken here")
}

// refusedFor returns the metrics' label for the refusal of a handshake.
func refusedFor(err error) string {
	switch {
	case errors.Is(err, errOrigin):
		return "origin"
	case errors.Is(err, errDraining):
		return "draining"
	}
	return "request"
}

func upgradeRequired(c *fiber.Ctx, detail string) error {
	c.Set(fiber.HeaderUpgrade, "websocket")
	c.Set(fiber.HeaderConnection, "Upgrade")
	r := refuseStatus(fiber.StatusUpgradeRequired, protocol.CodeBadRequest, detail)
	r.problem.Supported = subprotocols
	return r
}

func equalFold(want string) func(string) bool {
	return func(s string) bool { return strings.EqualFold(s, want) }
}

func validKey(key string) bool {
	nonce, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(nonce) == 16
}

func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// takeOver returns the connection inside a hijacked one, with the bytes that the client sent right after its handshake.
// The parser has none of them, because an httpConn hands on each request alone.
func takeOver(hijacked net.Conn) (net.Conn, error) {
	c := hijacked.(interface{ UnsafeConn() net.Conn }).UnsafeConn().(*httpConn)
	early := c.takeOver()
	if err := c.Conn.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	if len(early) == 0 {
		return c.Conn, nil
	}
	return &conn.Early{Conn: c.Conn, Bytes: early}, nil
}
