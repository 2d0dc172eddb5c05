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
// Many bad tokens from an address only slow down further bad ones. The gate checks every token, even from such an
// address, because all people in a building may share it: a good token is always accepted. The rates of handshakes,
// frames and requests bound the cost of the checks, and the key poller bounds the reads of a key set that unknown keys
// cause.
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
	// The error still names the fault, because many people behind one address may have got a wrong token.
	return who, &hub.TokenError{
		Code: protocol.CodeRateLimited, Why: protocol.WhyBadTokens, RetryAfter: wait,
		Reason: "too many bad tokens from this address; of this one: " + hub.AsTokenError(err).Reason,
	}
}
