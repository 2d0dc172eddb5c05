package protocol

import (
	"strings"
	"time"
)

// Claims holds the claims that a client reads from its own token (a JWT, RFC 7519). The
// client cannot verify them.
type Claims struct {
	Subject string
	Expires time.Time // zero: missing
}

// ReadClaims reads a token's claims without verifying them; ok is false if it is not a JWT
// with a sub.
func ReadClaims(token string) (c Claims, ok bool) {
	payload, ok := jwtPayload(token)
	if !ok {
		return c, false
	}
	var expires string
	in := read(payload)
	for in.walk() {
		in.str("sub", &c.Subject, opt)
		in.number("exp", &expires)
	}
	if n := unixClaim(expires); n > 0 {
		c.Expires = time.Unix(n, 0)
	}
	return c, in.in.err == nil && c.Subject != ""
}

// jwtPayload returns the decoded middle part of a JWT in compact form.
func jwtPayload(token string) ([]byte, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	payload, err := base64URL(parts[1])
	return payload, err == nil
}
