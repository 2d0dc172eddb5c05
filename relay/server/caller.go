package server

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"hallway/protocol"
)

// Proxies are the networks of proxies whose X-Forwarded-For and X-Forwarded-Proto count.
type Proxies []netip.Prefix

// trusts reports whether an address is a proxy's.
func (p Proxies) trusts(addr netip.Addr) bool {
	for _, network := range p {
		if network.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// caller returns the address that a request comes from: the peer's, or, where that is a trusted proxy, the last
// one in X-Forwarded-For that is not. Anybody may have written the entries before that.
func (p Proxies) caller(peer netip.Addr, forwarded []string) netip.Addr {
	for i := len(forwarded) - 1; i >= 0 && p.trusts(peer); i-- {
		next, err := netip.ParseAddr(strings.Trim(forwarded[i], "[]"))
		if err != nil {
			return peer
		}
		peer = next
	}
	return peer
}

// peerOf returns the address of the other end of a request's connection.
func peerOf(rc *fasthttp.RequestCtx) netip.AddrPort {
	p, _ := netip.ParseAddrPort(rc.RemoteAddr().String())
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// caller returns the address that a request comes from. Its port is 0 where a proxy has passed the request on.
func (s *Server) caller(rc *fasthttp.RequestCtx) netip.AddrPort {
	peer := peerOf(rc)
	if !s.proxies.trusts(peer.Addr()) {
		return peer
	}
	caller := s.proxies.caller(peer.Addr(), elements(&rc.Request.Header, fiber.HeaderXForwardedFor))
	if caller == peer.Addr() {
		return peer
	}
	return netip.AddrPortFrom(caller, 0)
}

// scheme returns the scheme of the pages that the relay serves: a trusted proxy's word, or https where the relay
// itself ends TLS; "" where nobody knows.
func (s *Server) scheme(c *fiber.Ctx) string {
	if said := tokens(c, fiber.HeaderXForwardedProto); len(said) > 0 && s.proxies.trusts(peerOf(c.Context()).Addr()) {
		return strings.ToLower(said[len(said)-1])
	}
	if s.secure {
		return "https"
	}
	return ""
}

// elements returns the comma-separated elements of all headers of a name.
func elements(h *fasthttp.RequestHeader, name string) []string {
	var all []string
	for _, line := range h.PeekAll(name) {
		for element := range strings.SplitSeq(string(line), ",") {
			all = append(all, strings.TrimSpace(element))
		}
	}
	return all
}

// limitRequests refuses the requests of an address that makes too many. Handshakes have a limit of their own,
// and the routes that monitor the relay have none.
func (s *Server) limitRequests(c *fiber.Ctx) error {
	if wait := s.addresses.Request(s.now(), s.caller(c.Context()).Addr()); wait > 0 {
		s.metrics.addressRefused.WithLabelValues("requests").Inc()
		r := refuse(protocol.CodeRateLimited, "too many requests from this address")
		r.retryAfter = wait
		return r
	}
	return c.Next()
}
