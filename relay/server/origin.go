package server

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Origins is the allow-list for pages of other origins, by WebSocket and by
// CORS alike.
type Origins map[string]struct{}

// ParseOrigins reads origins such as https://app.example.org or
// http://localhost:5173. The names of hosts are ASCII (punycode), as browsers
// send them.
func ParseOrigins(list []string) (Origins, error) {
	origins := Origins{}
	for _, entry := range list {
		entry = strings.TrimSuffix(strings.TrimSpace(entry), "/")
		if entry == "" {
			continue
		}
		scheme, host, ok := splitOrigin(entry)
		if !ok {
			return nil, fmt.Errorf("%q is no origin: one looks like https://app.example.org or http://localhost:5173", entry)
		}
		origins[scheme+"://"+host] = struct{}{}
	}
	return origins, nil
}

// allow reports whether a page of the origin may speak to a relay that it knows
// as host, the request's Host, and whose own pages have that scheme.
//
// Same origin is told by host and port. Behind a proxy that ends TLS the relay does
// not see the page's scheme: it counts where a trusted proxy says it or the relay itself
// ends TLS, and is "" elsewhere. The port that a scheme implies may be left out on either side.
func (o Origins) allow(origin, host, ownScheme string) bool {
	scheme, originHost, ok := splitOrigin(origin)
	if !ok {
		return false
	}
	if originHost == dropDefaultPort(scheme, strings.ToLower(host)) && (ownScheme == "" || ownScheme == scheme) {
		return true
	}
	_, listed := o[scheme+"://"+originHost]
	return listed
}

// splitOrigin takes an origin apart, in lower case and without the port that
// the scheme implies.
func splitOrigin(origin string) (scheme, host string, ok bool) {
	u, err := url.Parse(strings.ToLower(origin))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", "", false
	}
	// An origin is nothing but scheme and host: the rest of a URL makes it none.
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

// originAllowed judges a request; one without an Origin is no browser's, or of
// a page that the relay served itself.
func (s *Server) originAllowed(c *fiber.Ctx) bool {
	origin := c.Get(fiber.HeaderOrigin)
	return origin == "" || s.origins.allow(origin, string(c.Request().Host()), s.scheme(c))
}

// allowOrigin lets a page of an allowed origin read the answer.
func (s *Server) allowOrigin(c *fiber.Ctx) {
	c.Vary(fiber.HeaderOrigin)
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && s.originAllowed(c) {
		c.Set(fiber.HeaderAccessControlAllowOrigin, origin)
		c.Set(fiber.HeaderAccessControlExposeHeaders, "Retry-After, WWW-Authenticate")
	}
}

func isPreflight(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodOptions && c.Get(fiber.HeaderOrigin) != "" &&
		c.Get(fiber.HeaderAccessControlRequestMethod) != ""
}

// preflightSecondsMax is how long a browser may remember a preflight.
const preflightSecondsMax = "600"

// preflight answers a browser that asks before a request of another origin.
func (s *Server) preflight(c *fiber.Ctx) error {
	if !s.originAllowed(c) {
		return errOrigin
	}
	c.Vary(fiber.HeaderAccessControlRequestMethod, fiber.HeaderAccessControlRequestHeaders)
	c.Set(fiber.HeaderAccessControlAllowMethods, "GET, HEAD, POST, PUT, PATCH, DELETE")
	c.Set(fiber.HeaderAccessControlAllowHeaders, "Authorization, Content-Type")
	c.Set(fiber.HeaderAccessControlMaxAge, preflightSecondsMax)
	return c.SendStatus(fiber.StatusNoContent)
}
