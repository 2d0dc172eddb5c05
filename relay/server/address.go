package server

import (
	"container/list"
	"hash/maphash"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
)

// The defaults of [AddressLimits].
const (
	// RequestsPerSecondMax is how many requests a second an address may make. All of
	// a building may share one, and come back at once: as fast as they are let in.
	RequestsPerSecondMax = HandshakesPerSecondMax
	// BadTokensPerMinuteMax is how many tokens that are not good an address may show
	// in a minute.
	BadTokensPerMinuteMax = 100
	// requestsBurst times the requests a second may come at once.
	requestsBurst = 4
	// badTokensKnown is how many of an address's last bad tokens are known again.
	badTokensKnown = 8
	// AddressesMax is how many addresses are remembered: those seen last.
	AddressesMax = 16384
)

// AddressLimits is what one address may ask for. An IPv6 address counts as its /64
// network, which is what one customer has.
type AddressLimits struct {
	RequestsPerSecond  int // over REST, with a burst of four times that; 0: no limit
	BadTokensPerMinute int // over REST and WebSocket; 0: no limit

	// Proxies are whose X-Forwarded-For and X-Forwarded-Proto count.
	Proxies []netip.Prefix
}

// Addresses is what is remembered of addresses, for an [Engine] and a [Server]. It
// may be used from several goroutines.
type Addresses struct {
	limits AddressLimits
	seed   maphash.Seed

	mu    sync.Mutex
	known map[netip.Addr]*list.Element
	order list.List // of *address; the first was seen last
}

// address is what is remembered of one.
type address struct {
	addr netip.Addr
	// When its requests, bad tokens and handshakes would be within their rate without
	// a burst, in nanoseconds since 1970.
	requests, badTokens, handshakes int64

	shown [badTokensKnown]uint64 // hashes of bad tokens; a ring
	next  int                    // the oldest of them
}

// NewAddresses remembers nothing yet.
func NewAddresses(limits AddressLimits) *Addresses {
	return &Addresses{limits: limits, seed: maphash.MakeSeed(), known: map[netip.Addr]*list.Element{}}
}

// of is the entry of an address, made where missing; the longest unseen one makes
// place for it.
func (a *Addresses) of(addr netip.Addr) *address {
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		addr = netip.PrefixFrom(addr, 64).Masked().Addr()
	}
	if e := a.known[addr]; e != nil {
		a.order.MoveToFront(e)
		return e.Value.(*address)
	}
	if a.order.Len() >= AddressesMax {
		last := a.order.Back()
		delete(a.known, a.order.Remove(last).(*address).addr)
	}
	entry := &address{addr: addr}
	a.known[addr] = a.order.PushFront(entry)
	return entry
}

// spend takes one of so many an interval, with a burst; it returns how long to
// wait when there is none left, and then takes none.
func spend(at *int64, now time.Time, interval time.Duration, many, burst int) (wait time.Duration) {
	each := int64(interval) / int64(many)
	next := max(*at, now.UnixNano())
	if wait := next - now.UnixNano() - int64(burst-1)*each; wait > 0 {
		return time.Duration(wait)
	}
	*at = next + each
	return 0
}

// request takes a request of an address on; it returns how long to wait when there
// are too many.
func (a *Addresses) request(now time.Time, addr netip.Addr) (wait time.Duration) {
	perSecond := a.limits.RequestsPerSecond
	if perSecond == 0 || !addr.IsValid() {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return spend(&a.of(addr).requests, now, time.Second, perSecond, requestsBurst*perSecond)
}

// handshake notes a handshake of an address, and reports whether these are more than
// so many a second.
func (a *Addresses) handshake(now time.Time, addr netip.Addr, perSecond int) (many bool) {
	if perSecond == 0 || !addr.IsValid() {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return spend(&a.of(addr).handshakes, now, time.Second, perSecond, perSecond) > 0
}

// badToken notes that an address has shown a token that is not good; it returns how
// long to wait when there were too many. The same again is no guess, but a client that
// does not know better.
func (a *Addresses) badToken(now time.Time, addr netip.Addr, token string) (wait time.Duration) {
	if a.limits.BadTokensPerMinute == 0 || !addr.IsValid() {
		return 0
	}
	hash := maphash.String(a.seed, token)
	a.mu.Lock()
	defer a.mu.Unlock()
	entry := a.of(addr)
	if slices.Contains(entry.shown[:], hash) {
		return a.blocked(now, entry)
	}
	entry.shown[entry.next] = hash
	entry.next = (entry.next + 1) % badTokensKnown
	return spend(&entry.badTokens, now, time.Minute, a.limits.BadTokensPerMinute, a.limits.BadTokensPerMinute)
}

// blocked is how long an address has to wait that has shown too many bad tokens.
func (a *Addresses) blocked(now time.Time, entry *address) (wait time.Duration) {
	at := entry.badTokens
	return spend(&at, now, time.Minute, a.limits.BadTokensPerMinute, a.limits.BadTokensPerMinute)
}

// trusted reports whether an address is a proxy's.
func (a *Addresses) trusted(addr netip.Addr) bool {
	for _, p := range a.limits.Proxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// client is who asks: the peer, or, where that is a trusted proxy, the last in
// X-Forwarded-For that is none. What comes before it anybody may have written.
func (a *Addresses) client(peer netip.Addr, forwarded []string) netip.Addr {
	for i := len(forwarded) - 1; i >= 0 && a.trusted(peer); i-- {
		next, err := netip.ParseAddr(strings.Trim(forwarded[i], "[]"))
		if err != nil {
			return peer
		}
		peer = next
	}
	return peer
}

// peer is the address of the other end of a request's connection.
func peer(c *fiber.Ctx) netip.Addr {
	p, _ := netip.ParseAddrPort(c.Context().RemoteAddr().String())
	return p.Addr().Unmap()
}

// client is who asks.
func (s *Server) client(c *fiber.Ctx) netip.Addr {
	return s.addresses.client(peer(c), tokens(c, fiber.HeaderXForwardedFor))
}

// scheme is that of the pages which the relay serves: what a trusted proxy says, or
// what the relay itself ends; "" where nobody knows.
func (s *Server) scheme(c *fiber.Ctx) string {
	if said := tokens(c, fiber.HeaderXForwardedProto); len(said) > 0 && s.addresses.trusted(peer(c)) {
		return strings.ToLower(said[len(said)-1])
	}
	if s.secure {
		return "https"
	}
	return ""
}

// remote names who asks in logs, and to the backend.
func (s *Server) remote(c *fiber.Ctx) string {
	if client := s.client(c); client != peer(c) {
		return client.String()
	}
	return c.Context().RemoteAddr().String()
}

// addressOf is the address in what remote has named.
func addressOf(remote string) netip.Addr {
	if p, err := netip.ParseAddrPort(remote); err == nil {
		return p.Addr()
	}
	addr, _ := netip.ParseAddr(remote)
	return addr
}

// limitRequests refuses what an address asks too often. Handshakes have a budget of
// their own, and whoever watches over the relay is always answered.
func (s *Server) limitRequests(c *fiber.Ctx) error {
	if wait := s.addresses.request(s.now(), s.client(c)); wait > 0 {
		s.metrics.addressRefused.WithLabelValues("requests").Inc()
		r := refuse(protocol.CodeRateLimited, "too many requests from this address")
		r.retryAfter = wait
		return r
	}
	return c.Next()
}
