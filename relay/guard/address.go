package guard

import (
	"container/list"
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	// requestsBurst is the burst of an address's requests, in seconds of the rate.
	requestsBurst = 4
	// badTokensKnown is the number of an address's latest bad tokens that are recognized when they come again.
	badTokensKnown = 8
	// AddressesMax bounds the remembered addresses. The one unseen for longest is forgotten first.
	AddressesMax = 16384
)

// AddressLimits holds the limits of one address. An IPv6 address counts as its /64 network, because one customer has a
// whole /64.
type AddressLimits struct {
	// RequestsPerSecond bounds requests over REST, with a burst of four times that; 0: no limit. All people in a building
	// may share an address, and may return at once, as fast as handshakes are admitted.
	RequestsPerSecond  int
	BadTokensPerMinute int // over REST and WebSocket; 0: no limit
}

// Addresses counts the handshakes, requests and bad tokens of addresses. It is safe for concurrent use.
type Addresses struct {
	limits AddressLimits
	seed   maphash.Seed

	mu    sync.Mutex
	known map[netip.Addr]*list.Element
	order list.List // of *address, the latest first
}

// address holds the state of one address.
type address struct {
	addr                            netip.Addr
	requests, badTokens, handshakes Bucket

	shown [badTokensKnown]uint64 // hashes of bad tokens; a ring
	next  int                    // the index of the oldest
}

// NewAddresses returns empty Addresses.
func NewAddresses(limits AddressLimits) *Addresses {
	return &Addresses{limits: limits, seed: maphash.MakeSeed(), known: map[netip.Addr]*list.Element{}}
}

// Limits returns the limits of each address.
func (a *Addresses) Limits() AddressLimits { return a.limits }

// of returns the entry of an address. It adds a missing one, in place of the one unseen for longest.
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

// Request counts a request. If the address makes too many, it returns the time to wait.
func (a *Addresses) Request(now time.Time, addr netip.Addr) (wait time.Duration) {
	if a.limits.RequestsPerSecond == 0 || !addr.IsValid() {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of(addr).requests.Take(now, Rate{float64(a.limits.RequestsPerSecond), requestsBurst * a.limits.RequestsPerSecond})
}

// handshake counts a handshake, and reports whether the address makes more than the rate.
func (a *Addresses) handshake(now time.Time, addr netip.Addr, r Rate) (many bool) {
	if r.PerSecond == 0 || !addr.IsValid() {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of(addr).handshakes.Take(now, r) > 0
}

// BadToken counts a bad token. If the address has shown too many, it returns the time to wait. A repeated token counts
// once: it is the mistake of a client, not a guess.
func (a *Addresses) BadToken(now time.Time, addr netip.Addr, token string) (wait time.Duration) {
	if a.limits.BadTokensPerMinute == 0 || !addr.IsValid() {
		return 0
	}
	hash := maphash.String(a.seed, token)
	a.mu.Lock()
	defer a.mu.Unlock()
	entry := a.of(addr)
	if slices.Contains(entry.shown[:], hash) {
		return entry.badTokens.Wait(now)
	}
	entry.shown[entry.next] = hash
	entry.next = (entry.next + 1) % badTokensKnown
	return entry.badTokens.Take(now, PerMinute(a.limits.BadTokensPerMinute))
}
