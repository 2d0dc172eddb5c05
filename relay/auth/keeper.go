package auth

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
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

// ErrExpired is of a token that was good once.
var ErrExpired = errors.New("the token has expired")

// ErrNoKeys is of any token while there is no secret and the keys have not been read
// yet.
var ErrNoKeys = errors.New("the keys of tokens are not known yet")

// Keeper checks tokens: those of a secret that it shares with their issuer
// (HS256), which it can make as well, and those of a set of public keys (EdDSA,
// ES256, RS256). Secret and set may change at any time. It may be used from
// several goroutines.
type Keeper struct {
	secrets atomic.Pointer[secrets]
	keys    atomic.Pointer[keyset]
	lacks   atomic.Pointer[func()]
}

// secrets are those whose tokens are good. Only the first makes new ones.
type secrets [2][]byte

var _ hub.Verifier = (*Keeper)(nil)

// NewKeeper takes a secret of at least SecretBytesMin bytes.
func NewKeeper(secret []byte) (*Keeper, error) {
	k := NewKeylessKeeper()
	if err := k.ChangeSecret(secret); err != nil {
		return nil, err
	}
	return k, nil
}

// NewKeylessKeeper is a Keeper that refuses every token until it is given a
// secret or keys.
func NewKeylessKeeper() *Keeper {
	k := &Keeper{}
	k.secrets.Store(&secrets{})
	return k
}

// ChangeSecret makes a secret the one in use. The one before stays good for
// tokens that are under way, until the next change.
func (k *Keeper) ChangeSecret(secret []byte) error {
	if len(secret) < SecretBytesMin {
		return fmt.Errorf("the token secret is too short: %d bytes, at least %d are needed", len(secret), SecretBytesMin)
	}
	was := k.secrets.Load()
	if !bytes.Equal(was[0], secret) {
		k.secrets.Store(&secrets{bytes.Clone(secret), was[0]})
	}
	return nil
}

// ChangeKeys takes a JSON Web Key Set in place of the one before.
func (k *Keeper) ChangeKeys(jwks []byte) error {
	set, err := readKeyset(jwks)
	if err != nil {
		return err
	}
	k.keys.Store(set)
	return nil
}

// OnUnknownKey has f called when a token names a key that the set lacks: it may
// be newer than the set. f must not block.
func (k *Keeper) OnUnknownKey(f func()) { k.lacks.Store(&f) }

// Verify checks a token at the time now: its signature, by no algorithm but the
// four; its times, with Leeway; its claims and their bounds.
func (k *Keeper) Verify(now time.Time, token string) (hub.Identity, error) {
	if len(token) > TokenBytesMax {
		return hub.Identity{}, fmt.Errorf("the token is longer than %d bytes", TokenBytesMax)
	}
	methods := k.methods()
	if len(methods) == 0 {
		return hub.Identity{}, ErrNoKeys
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods(methods),
		jwt.WithStrictDecoding(),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(Leeway),
		jwt.WithTimeFunc(func() time.Time { return now }),
	)
	payload := jwt.MapClaims{}
	parsed, err := parser.ParseWithClaims(token, payload, k.key)
	if errors.Is(err, errKeyUnknown) {
		if f := k.lacks.Load(); f != nil {
			(*f)()
		}
	}
	if err != nil || !parsed.Valid {
		return hub.Identity{}, explain(err)
	}
	return identity(payload)
}

// methods are the algorithms for which there is a key.
func (k *Keeper) methods() []string {
	methods := []string{}
	if k.secrets.Load()[0] != nil {
		methods = append(methods, jwt.SigningMethodHS256.Alg())
	}
	if k.keys.Load() != nil {
		methods = append(methods, keysetMethods...)
	}
	return methods
}

// key finds what a token must be signed with. Its algorithm is one of methods.
func (k *Keeper) key(t *jwt.Token) (any, error) {
	// What must be understood (RFC 7515, section 4.1.11) is not.
	if _, ok := t.Header["crit"]; ok {
		return nil, jwt.ErrTokenUnverifiable
	}
	if t.Method != jwt.SigningMethodHS256 {
		return k.keys.Load().key(t)
	}
	both := k.secrets.Load()
	if both[1] == nil {
		return both[0], nil
	}
	return jwt.VerificationKeySet{Keys: []jwt.VerificationKey{both[0], both[1]}}, nil
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
	if iat, ok := payload["iat"].(float64); ok { // its range is checked
		who.IssuedAt = time.Unix(int64(iat), 0)
	}
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
	if errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return ErrExpired
	}
	for _, known := range []struct {
		err  error
		text string
	}{
		{errKeyUnknown, "the token's key is not known"},
		{jwt.ErrTokenMalformed, "the token is malformed"},
		{jwt.ErrTokenUnverifiable, "the token's algorithm or header is not accepted"},
		{jwt.ErrTokenSignatureInvalid, "the token's signature is not valid"},
		{jwt.ErrTokenRequiredClaimMissing, "the claim exp is missing"},
		{jwt.ErrTokenNotValidYet, "the token is not valid yet"},
		{jwt.ErrTokenUsedBeforeIssued, "the token was issued in the future"},
	} {
		if errors.Is(err, known.err) {
			return errors.New(known.text)
		}
	}
	return errors.New("the token is not valid")
}

// Issue makes a token for c that expires at the given time, signed with the
// secret, which there must be. The error says which claim is out of bounds.
func (k *Keeper) Issue(c Claims, expires time.Time) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	secret := k.secrets.Load()[0]
	if secret == nil {
		return "", errors.New("there is no secret to sign a token with")
	}
	payload := jwt.MapClaims{"sub": c.Sub, "role": string(c.Role), "exp": expires.Unix()}
	if c.Name != "" {
		payload["name"] = c.Name
	}
	if !c.IssuedAt.IsZero() {
		payload["iat"] = c.IssuedAt.Unix()
	}
	if len(c.Rooms) > 0 {
		payload["rooms"] = c.Rooms
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, payload).SignedString(secret)
	if err != nil {
		return "", fmt.Errorf("sign the token: %w", err)
	}
	if len(token) > TokenBytesMax {
		return "", fmt.Errorf("the token would be longer than %d bytes", TokenBytesMax)
	}
	return token, nil
}
