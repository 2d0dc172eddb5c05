package auth

import (
	"net/netip"
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
)

// Gate checks the tokens of addresses, over WebSocket and REST, and limits the bad tokens of each address.
//
// Bad tokens slow down bad tokens only. The gate checks every token, also from an address with many bad ones:
// all people of a building may share an address, and a good token is accepted from there as from anywhere. The rates
// of handshakes, frames and requests bound what the checks cost, and the key poller bounds how often a key set
// is read because of an unknown key.
type Gate struct {
	keeper    *Keeper
	addresses *guard.Addresses
	limited   func()
}

var _ hub.Verifier = (*Gate)(nil)

// NewGate returns a gate that checks tokens with keeper. It calls limited for each token that is refused because of
// earlier bad ones. addresses and limited may be nil.
func NewGate(keeper *Keeper, addresses *guard.Addresses, limited func()) *Gate {
	return &Gate{keeper, addresses, limited}
}

// Verify implements [hub.Verifier].
func (g *Gate) Verify(now time.Time, from netip.Addr, token string) (hub.Identity, error) {
	who, err := g.keeper.Verify(now, token)
	if err == nil || g.addresses == nil || !Unproven(err) {
		return who, err
	}
	wait := g.addresses.BadToken(now, from, token)
	if wait <= 0 {
		return who, err
	}
	if g.limited != nil {
		g.limited()
	}
	// The error still names the fault: many people behind one address may have got a wrong token.
	return who, &hub.TokenError{
		Code: protocol.CodeRateLimited, Why: protocol.WhyBadTokens, RetryAfter: wait,
		Reason: "too many bad tokens from this address; of this one: " + hub.AsTokenError(err).Reason,
	}
}
