package auth

import (
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/hub"
)

// identity returns the identity in a payload with a good signature.
func (k *Keeper) identity(now time.Time, payload jwt.MapClaims) (hub.Identity, error) {
	expires, err := checkTypes(payload)
	if err != nil {
		return hub.Identity{}, err
	}
	if err := k.check(now, payload); err != nil {
		return hub.Identity{}, err
	}
	if most := k.demands.TTL; most > 0 && expires.After(now.Add(most+Leeway)) {
		return hub.Identity{}, refuse(protocol.WhyTTL, "the token lasts too long: the claim exp may be at most "+short(most)+" ahead (--token-max-ttl)")
	}
	c, err := readClaims(payload)
	if err != nil {
		return hub.Identity{}, refuse(protocol.WhyClaims, err.Error())
	}
	who := hub.Identity{Expires: expires.Add(Leeway), Grants: c.Rooms}
	if iat, ok := payload["iat"].(float64); ok { // its range was checked
		who.IssuedAt = time.Unix(int64(iat), 0)
	}
	who.User = protocol.User{ID: c.Sub, Name: c.Name, Role: c.Role, Picture: c.Picture, Title: c.Title}
	return who, nil
}

// timeSecondsMax is the end of year 9999. A larger number is usually a time in milliseconds, and may not fit an
// integer.
const timeSecondsMax = 253402300799

// checkTypes refuses registered claims of a wrong type. It returns the claim exp.
func checkTypes(payload jwt.MapClaims) (exp time.Time, err error) {
	for _, claim := range []string{"exp", "nbf", "iat"} {
		v, ok := payload[claim]
		seconds, number := v.(float64)
		switch {
		case !ok && claim == "exp":
			return exp, refuseClaim("the claim exp is missing")
		case ok && !number:
			return exp, refuseClaim("the claim %s is not valid: it must be a number of seconds", claim)
		case claim == "exp" && seconds == 0:
			return exp, ErrExpired
		case ok && (seconds < 0 || seconds > timeSecondsMax):
			return exp, refuseClaim("the claim %s is no time in seconds since 1970", claim)
		}
		if claim == "exp" {
			exp = time.Unix(int64(seconds), 0)
		}
	}
	if _, text := payload["iss"].(string); !text && payload["iss"] != nil {
		return exp, refuseClaim("the claim iss is not a string")
	}
	if !stringOrStrings(payload["aud"]) {
		return exp, refuseClaim("the claim aud is neither a string nor a list of strings")
	}
	return exp, nil
}

// stringOrStrings reports whether a claim is a string, a list of strings, or missing.
func stringOrStrings(v any) bool {
	switch v := v.(type) {
	case nil, string:
		return true
	case []any:
		for _, one := range v {
			if _, ok := one.(string); !ok {
				return false
			}
		}
		return true
	}
	return false
}

// check checks the times, the issuer and the audience of a payload whose types were checked.
func (k *Keeper) check(now time.Time, payload jwt.MapClaims) error {
	options := []jwt.ParserOption{
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(Leeway),
		jwt.WithTimeFunc(func() time.Time { return now }),
	}
	if k.demands.Issuer != "" {
		options = append(options, jwt.WithIssuer(k.demands.Issuer))
	}
	if k.demands.Audience != "" {
		options = append(options, jwt.WithAudience(k.demands.Audience))
	}
	err := jwt.NewValidator(options...).Validate(payload)
	if err == nil {
		return nil
	}
	// The library's error texts may contain parts of the token.
	for _, known := range []struct{ err, told error }{
		{jwt.ErrTokenExpired, ErrExpired},
		{jwt.ErrTokenNotValidYet, errEarly},
		{jwt.ErrTokenUsedBeforeIssued, errFuture},
		{jwt.ErrTokenInvalidIssuer, errIssuer},
		{jwt.ErrTokenInvalidAudience, errAudience},
	} {
		if errors.Is(err, known.err) {
			return known.told
		}
	}
	// A required claim is missing.
	if iss, _ := payload["iss"].(string); iss == "" && k.demands.Issuer != "" {
		return errIssuer
	}
	return errAudience
}

// short formats a duration without trailing zero units: 24h, 1h30m.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
