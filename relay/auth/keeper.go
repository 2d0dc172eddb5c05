package auth

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/relay/hub"
)

const (
	// SecretBytesMin is the shortest secret: as long as HS256's output
	// (RFC 7518, section 3.2).
	SecretBytesMin = 32
	// Leeway is how far the clocks of issuer and relay may be apart.
	Leeway = 10 * time.Second
)

// Keeper makes and checks HS256 tokens with one secret. It may be used from
// several goroutines.
type Keeper struct {
	secret []byte
}

var _ hub.Verifier = (*Keeper)(nil)

// NewKeeper takes a secret of at least SecretBytesMin bytes.
func NewKeeper(secret []byte) (*Keeper, error) {
	if len(secret) < SecretBytesMin {
		return nil, fmt.Errorf("the token secret is too short: %d bytes, at least %d are needed", len(secret), SecretBytesMin)
	}
	return &Keeper{bytes.Clone(secret)}, nil
}

// Verify checks a token at the time now: its signature (HS256 and no other),
// its times with Leeway, its claims and their bounds.
func (k *Keeper) Verify(now time.Time, token string) (hub.Identity, error) {
	if len(token) > TokenBytesMax {
		return hub.Identity{}, fmt.Errorf("the token is longer than %d bytes", TokenBytesMax)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithStrictDecoding(),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(Leeway),
		jwt.WithTimeFunc(func() time.Time { return now }),
	)
	payload := jwt.MapClaims{}
	parsed, err := parser.ParseWithClaims(token, payload, func(t *jwt.Token) (any, error) {
		// What must be understood (RFC 7515, section 4.1.11) is not.
		if _, ok := t.Header["crit"]; ok {
			return nil, jwt.ErrTokenUnverifiable
		}
		return k.secret, nil
	})
	if err != nil || !parsed.Valid {
		return hub.Identity{}, explain(err)
	}
	return identity(payload)
}

// identity makes of a payload whose signature and times are good what the hub
// knows of a user.
func identity(payload jwt.MapClaims) (hub.Identity, error) {
	expires, err := expiry(payload)
	if err != nil {
		return hub.Identity{}, err
	}
	c, err := readClaims(payload)
	if err != nil {
		return hub.Identity{}, err
	}
	who := hub.Identity{Expires: expires.Add(Leeway), Grants: c.Rooms}
	who.User.ID, who.User.Name, who.User.Role = c.Sub, c.Name, c.Role
	return who, nil
}

// timeSecondsMax is the end of year 9999. Beyond it a number is no date but, as
// a rule, one in milliseconds, and further on it fits no integer.
const timeSecondsMax = 253402300799

// expiry is the claim exp, once all times are known to be some.
func expiry(payload jwt.MapClaims) (exp time.Time, err error) {
	for _, claim := range []string{"exp", "nbf", "iat"} {
		v, ok := payload[claim]
		seconds, number := v.(float64)
		if ok && (!number || seconds < 0 || seconds > timeSecondsMax) {
			return exp, fmt.Errorf("the claim %s is no time in seconds", claim)
		}
		if claim == "exp" {
			exp = time.Unix(int64(seconds), 0)
		}
	}
	return exp, nil
}

// explain says what is wrong in words of our own: the library's may hold parts
// of the token.
func explain(err error) error {
	for _, known := range []struct {
		err  error
		text string
	}{
		{jwt.ErrTokenMalformed, "the token is malformed"},
		{jwt.ErrTokenUnverifiable, "the token's algorithm or header is not accepted"},
		{jwt.ErrTokenSignatureInvalid, "the token's signature is not valid"},
		{jwt.ErrTokenRequiredClaimMissing, "the claim exp is missing"},
		{jwt.ErrTokenExpired, "the token has expired"},
		{jwt.ErrTokenNotValidYet, "the token is not valid yet"},
		{jwt.ErrTokenUsedBeforeIssued, "the token was issued in the future"},
	} {
		if errors.Is(err, known.err) {
			return errors.New(known.text)
		}
	}
	return errors.New("the token is not valid")
}

// Issue makes a token for c that expires at the given time. The error says
// which claim is out of bounds.
func (k *Keeper) Issue(c Claims, expires time.Time) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	payload := jwt.MapClaims{"sub": c.Sub, "role": string(c.Role), "exp": expires.Unix()}
	if c.Name != "" {
		payload["name"] = c.Name
	}
	if len(c.Rooms) > 0 {
		payload["rooms"] = c.Rooms
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, payload).SignedString(k.secret)
	if err != nil {
		return "", fmt.Errorf("sign the token: %w", err)
	}
	if len(token) > TokenBytesMax {
		return "", fmt.Errorf("the token would be longer than %d bytes", TokenBytesMax)
	}
	return token, nil
}
