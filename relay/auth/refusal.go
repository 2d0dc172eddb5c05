package auth

import (
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// ErrExpired refuses an expired token.
var ErrExpired error = refuse(protocol.WhyExpired, "the token has expired")

// ErrNoKeys refuses every token while there is neither a secret nor a known key set, because no read has succeeded, or
// none recently enough.
var ErrNoKeys error = &hub.TokenError{
	Code: protocol.CodeUnavailable, Why: protocol.WhyKey, Reason: "the keys of tokens are unknown at present",
	RetryAfter: time.Second,
}

var (
	errTooLong    = refuse(protocol.WhyMalformed, fmt.Sprintf("the token is longer than %d bytes", TokenBytesMax))
	errMalformed  = refuse(protocol.WhyMalformed, "the token is malformed: it is not a JWT, or its JSON is not strict")
	errAlgorithm  = refuse(protocol.WhyAlgorithm, "the token's algorithm is not accepted, so its signature was not checked")
	errCritical   = refuse(protocol.WhyAlgorithm, "the token's header demands an extension (crit) that is not accepted")
	errType       = refuse(protocol.WhyType, "the token's typ is neither JWT nor at+jwt: it is made for something else")
	errKeyID      = refuse(protocol.WhyKey, "the token's kid is not a string")
	errKeyUnknown = refuse(protocol.WhyKey, "the token's key is unknown: the key set has no key with its kid")
	errKeyMethod  = refuse(protocol.WhyAlgorithm, "the token's algorithm is not that of its key")
	errSecret     = refuse(protocol.WhySignature, "the token's signature is not valid: another secret than the relay's has signed it")
	errSignature  = refuse(protocol.WhySignature, "the token's signature is not valid: another key than that of the key set has signed it")
	errEarly      = refuse(protocol.WhyEarly, "the token is not valid yet (nbf)")
	errFuture     = refuse(protocol.WhyEarly, "the token was issued in the future (iat): a clock is wrong")
	errIssuer     = refuse(protocol.WhyIssuer, "the claim iss is missing or names another issuer than the relay's --jwt-issuer")
	errAudience   = refuse(protocol.WhyAudience, "the claim aud is missing or names another audience than the relay's --jwt-audience")
)

func refuse(why protocol.Why, reason string) *hub.TokenError {
	return &hub.TokenError{Why: why, Reason: reason}
}

// refuseClaim refuses a token because of a claim.
func refuseClaim(format string, args ...any) *hub.TokenError {
	return refuse(protocol.WhyClaims, fmt.Sprintf(format, args...))
}

// Unproven reports whether a token that was refused with err may be a guess: no known key has signed it.
func Unproven(err error) bool {
	switch hub.AsTokenError(err).Why {
	case protocol.WhyType, protocol.WhyExpired, protocol.WhyEarly, protocol.WhyTTL, protocol.WhyIssuer, protocol.WhyAudience, protocol.WhyClaims:
		return false
	}
	return err != ErrNoKeys //nolint:errorlint // it is never wrapped
}
