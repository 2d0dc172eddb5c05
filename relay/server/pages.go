package server

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// ownOrigins holds the relay's own origins. The Host of a request alone proves nothing: a foreign page can make its own
// name lead to the relay (DNS rebinding), and its browser then sends that name as Host and as Origin.
type ownOrigins struct {
	hosts    Origins  // nil: not configured
	domains  []string // names for which this relay has certificates, so no other server can
	loopback bool     // names of this machine count, which no other server can have
}

// allows reports whether the origin, split by splitOrigin, is the relay's own for a request with that Host. ownScheme
// is the scheme of the relay's pages; "": only a proxy before the relay knows it.
func (o *ownOrigins) allows(scheme, originHost, host, ownScheme string) bool {
	if o.hosts.lists(scheme, originHost) || (ownScheme == "" || ownScheme == scheme) && o.hosts.lists("", originHost) {
		return true
	}
	if originHost != dropDefaultPort(scheme, strings.ToLower(host)) || ownScheme != "" && ownScheme != scheme {
		return false
	}
	name, _, _ := strings.Cut(originHost, ":")
	return o.loopback && loopbackHost(originHost) || scheme == "https" && slices.Contains(o.domains, name)
}

// splitOrigin splits an origin, in lower case and without the port that the scheme implies.
func splitOrigin(origin string) (scheme, host string, ok bool) {
	u, err := url.Parse(strings.ToLower(origin))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", "", false
	}
	// An origin has only a scheme and a host.
	if !strings.EqualFold(u.Scheme+"://"+u.Host, origin) {
		return "", "", false
	}
	return u.Scheme, dropDefaultPort(u.Scheme, u.Host), true
}

func dropDefaultPort(scheme, host string) string {
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// pages decides which pages may use the relay, in addition to its own.
type pages struct {
	*callers
	origins Origins
	own     ownOrigins
}

// ownOrigin returns the relay's origin for a client: the single one of --host, or that of the request.
func (s *pages) ownOrigin(c *fiber.Ctx) string {
	if len(s.own.hosts) == 1 {
		for origin := range s.own.hosts {
			if !strings.HasPrefix(origin, "://") {
				return origin
			}
		}
	}
	host, scheme := strings.ToLower(hostOf(c)), s.scheme(c)
	if scheme == "" {
		scheme = "http"
		if s.own.hosts.lists("https", dropDefaultPort("https", host)) {
			scheme = "https"
		}
	}
	return scheme + "://" + dropDefaultPort(scheme, host)
}

// originAllowed reports whether the request's page may use the relay. A request without an Origin comes from no
// browser, or from a page that the relay itself served.
func (s *pages) originAllowed(c *fiber.Ctx) bool {
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return true
	}
	scheme, host, ok := splitOrigin(origin)
	return ok && (s.origins.lists(scheme, host) || s.own.allows(scheme, host, hostOf(c), s.scheme(c)))
}

// allowOrigin lets pages of an allowed origin read the answer.
func (s *pages) allowOrigin(c *fiber.Ctx) {
	c.Vary(fiber.HeaderOrigin)
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && s.originAllowed(c) {
		c.Set(fiber.HeaderAccessControlAllowOrigin, origin)
		c.Set(fiber.HeaderAccessControlExposeHeaders, "Retry-After, WWW-Authenticate")
	}
}

// hostOf returns a request's Host. A host in the request's target is the same.
func hostOf(c *fiber.Ctx) string { return string(c.Request().Header.Host()) }

func isPreflight(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodOptions && c.Get(fiber.HeaderOrigin) != "" &&
		c.Get(fiber.HeaderAccessControlRequestMethod) != ""
}

// preflightSecondsMax bounds how long a browser may remember a preflight.
const preflightSecondsMax = "600"

// preflight answers a browser that asks before a request from another origin.
func (s *pages) preflight(c *fiber.Ctx) error {
	if !s.originAllowed(c) {
		return errOrigin
	}
	c.Vary(fiber.HeaderAccessControlRequestMethod, fiber.HeaderAccessControlRequestHeaders)
	c.Set(fiber.HeaderAccessControlAllowMethods, "GET, HEAD, POST, PUT, PATCH, DELETE")
	c.Set(fiber.HeaderAccessControlAllowHeaders, "Authorization, Content-Type, If-None-Match, If-Range, Range")
	c.Set(fiber.HeaderAccessControlMaxAge, preflightSecondsMax)
	return c.SendStatus(fiber.StatusNoContent)
}
