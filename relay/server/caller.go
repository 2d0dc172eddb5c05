package server

import (
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Proxies are the networks of trusted proxies, whose X-Forwarded-For and X-Forwarded-Proto count.
type Proxies []netip.Prefix

// trusts reports whether an address is that of a proxy.
func (p Proxies) trusts(addr netip.Addr) bool {
	for _, network := range p {
		if network.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// callers determines the client addresses of requests.
type callers struct {
	proxies Proxies
	secure  bool // the relay itself ends TLS
}

// of returns the address of a request's client: the peer's or, behind trusted proxies, the last one in X-Forwarded-For
// that is not a trusted proxy's. The client may have forged the entries before it. The port is 0 behind a proxy.
func (s *callers) of(rc *fasthttp.RequestCtx) netip.AddrPort {
	peer := peerOf(rc.RemoteAddr())
	if !s.proxies.trusts(peer.Addr()) {
		return peer
	}
	caller, forwarded := peer.Addr(), elements(&rc.Request.Header, fiber.HeaderXForwardedFor)
	for i := len(forwarded) - 1; i >= 0 && s.proxies.trusts(caller); i-- {
		next, err := netip.ParseAddr(strings.Trim(forwarded[i], "[]"))
		if err != nil {
			break
		}
		caller = next
	}
	if caller == peer.Addr() {
		return peer
	}
	return netip.AddrPortFrom(caller, 0)
}

// scheme returns the scheme of a request: the one that a trusted proxy names, or https if the relay itself ends TLS;
// "": unknown.
func (s *callers) scheme(c *fiber.Ctx) string {
	if said := tokens(c, fiber.HeaderXForwardedProto); len(said) > 0 && s.proxies.trusts(peerOf(c.Context().RemoteAddr()).Addr()) {
		return strings.ToLower(said[len(said)-1])
	}
	if s.secure {
		return "https"
	}
	return ""
}

// peerOf returns the address of the other end of a TCP connection; invalid: it is not on TCP.
func peerOf(remote net.Addr) netip.AddrPort {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	p := tcp.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// tokens returns the comma-separated elements of all of a request's headers with a name.
func tokens(c *fiber.Ctx, name string) []string { return elements(&c.Request().Header, name) }

func elements(h *fasthttp.RequestHeader, name string) []string {
	var all []string
	for _, line := range h.PeekAll(name) {
		for element := range strings.SplitSeq(string(line), ",") {
			all = append(all, strings.TrimSpace(element))
		}
	}
	return all
}
