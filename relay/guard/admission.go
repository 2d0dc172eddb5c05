package guard

import (
	"net/netip"
	"sync"
	"time"
)

// handshakesKept is the divisor of a second's handshakes: that fraction is kept for addresses with fewer handshakes. So
// an address that connects without end leaves a fifth to the others.
const handshakesKept = 5

// AdmissionLimits bounds the admitted connections.
type AdmissionLimits struct {
	Conns int // at once; 0: no limit. Handshakes under way may exceed it.
	// HandshakesPerSecond bounds the new connections, with a burst of one second's; 0: no limit. With its hello, its join
	// and its first page, each costs about a fifth of a millisecond.
	HandshakesPerSecond int
	Files               int // for connections of all kinds, silent ones included; 0: no limit. See [Places].
}

// Refusal is the reason of a refused handshake, as the metrics name it.
type Refusal string

// The refusals of a handshake.
const (
	Admitted           Refusal = ""
	TooManyConnections Refusal = "connections"
	TooManyHandshakes  Refusal = "rate"
)

// Admission decides which handshakes are admitted. After a restart all clients come at once: they are admitted as fast
// as the relay can serve them. A refused handshake costs no check of a token. It is safe for concurrent use.
type Admission struct {
	limits    AdmissionLimits
	addresses *Addresses

	mu         sync.Mutex
	handshakes Bucket // of all addresses
}

// NewAdmission returns the admission by these limits. addresses counts the handshakes of each address.
func NewAdmission(limits AdmissionLimits, addresses *Addresses) *Admission {
	return &Admission{limits: limits, addresses: addresses}
}

// Admit decides about a handshake of an address. conns is the number of open connections.
func (a *Admission) Admit(now time.Time, addr netip.Addr, conns int) Refusal {
	perSecond := a.limits.HandshakesPerSecond
	if a.limits.Conns > 0 && conns >= a.limits.Conns {
		return TooManyConnections
	}
	if perSecond == 0 {
		return Admitted
	}
	kept := perSecond / handshakesKept
	greedy := a.addresses.handshake(now, addr, Rate{float64(kept), kept})
	all := Rate{float64(perSecond), perSecond}
	a.mu.Lock()
	defer a.mu.Unlock()
	if greedy && a.handshakes.Tokens(now, all) < float64(kept)+1 || a.handshakes.Take(now, all) > 0 {
		return TooManyHandshakes
	}
	return Admitted
}
