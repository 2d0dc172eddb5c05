package auth

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
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

// Demands are what tokens must say beside what the protocol asks for.
type Demands struct {
	Issuer   string        // the claim iss; "": any, or none
	Audience string        // one of the claim aud; "": any, or none
	TTL      time.Duration // the longest time from now to the claim exp; 0: any
}

// Keeper checks tokens: those of a secret that it shares with their issuer
// (HS256), which it can make as well, and those of a set of public keys (EdDSA,
// ES256, RS256). Secret and set may change at any time. It may be used from
// several goroutines.
type Keeper struct {
	demands Demands // before the first token

	change  sync.Mutex // is held by those who change what follows
	secrets atomic.Pointer[secrets]
	keys    atomic.Pointer[keyset]
	lacks   atomic.Pointer[func()]
}

// A secret is one whose tokens are good.
type secret struct {
	bytes  []byte
	stands *hub.TokenKey
}

// secrets are the one in use, which makes new tokens, and the one before it.
type secrets [2]secret

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

// Demand sets what tokens must say. It is for before the first token.
func (k *Keeper) Demand(d Demands) { k.demands = d }

// Longest returns how long a token may be good that is wanted for d.
func (k *Keeper) Longest(d time.Duration) time.Duration {
	if k.demands.TTL > 0 {
		d = min(d, k.demands.TTL)
	}
	return d
}

// ChangeSecret makes a secret the one in use. The one before stays good for
// tokens that are under way, until the next change: then it is withdrawn, and the
// sessions of its tokens with it.
func (k *Keeper) ChangeSecret(bytesOfSecret []byte) error {
	if len(bytesOfSecret) < SecretBytesMin {
		return fmt.Errorf("the token secret is too short: %d bytes, at least %d are needed", len(bytesOfSecret), SecretBytesMin)
	}
	k.change.Lock()
	defer k.change.Unlock()
	was := k.secrets.Load()
	switch {
	case bytes.Equal(was[0].bytes, bytesOfSecret):
	case bytes.Equal(was[1].bytes, bytesOfSecret): // back again
		k.secrets.Store(&secrets{was[1], was[0]})
	default:
		k.secrets.Store(&secrets{{bytes.Clone(bytesOfSecret), &hub.TokenKey{}}, was[0]})
		if was[1].stands != nil {
			was[1].stands.Withdraw()
		}
	}
	return nil
}

// ChangeKeys takes a JSON Web Key Set in place of the one before. Keys that it lacks are
// withdrawn, and the sessions of their tokens with them. A set without a key that signs
// tokens counts as well, and is [ErrNoneUsable].
func (k *Keeper) ChangeKeys(jwks []byte) error {
	set, err := readKeyset(jwks)
	if err != nil {
		return err
	}
	k.changeKeys(&set)
	if len(set) == 0 {
		return ErrNoneUsable
	}
	return nil
}

// ForgetKeys withdraws all keys of the set. Until the next ChangeKeys its tokens are
// refused with [ErrNoKeys].
func (k *Keeper) ForgetKeys() { k.changeKeys(nil) }

func (k *Keeper) changeKeys(set *keyset) {
	k.change.Lock()
	defer k.change.Unlock()
	was := k.keys.Load()
	var now keyset
	if set != nil {
		now = *set
	}
	if was != nil {
		now.goOn(*was)
	}
	k.keys.Store(set)
}

// OnUnknownKey announces a key set that may change: f is called when a token names a key
// that the set lacks. f must not block.
func (k *Keeper) OnUnknownKey(f func()) { k.lacks.Store(&f) }

// Verify checks a token at the time now: its form, its header, its signature by no
// algorithm but the four, its times with Leeway, its claims and their bounds. The error
// is a *[hub.TokenError].
func (k *Keeper) Verify(now time.Time, token string) (hub.Identity, error) {
	if k.secrets.Load()[0].bytes == nil && k.keys.Load() == nil {
		return hub.Identity{}, ErrNoKeys
	}
	p, err := parse(token)
	if err != nil {
		return hub.Identity{}, err
	}
	key, err := k.signedBy(&p)
	if err != nil {
		return hub.Identity{}, err
	}
	if err := p.checkType(); err != nil {
		return hub.Identity{}, err
	}
	who, err := k.identity(now, p.payload)
	who.Key = key
	return who, err
}

// signedBy checks the signature and returns the key of it. Which keys come into question
// is for the token's algorithm to say, never for what a key looks like: a public key is
// never a secret (RFC 8725, section 3.1).
func (k *Keeper) signedBy(p *parsed) (*hub.TokenKey, error) {
	alg, _ := p.header["alg"].(string)
	if alg == jwt.SigningMethodHS256.Alg() && k.secrets.Load()[0].bytes != nil {
		for _, s := range k.secrets.Load() {
			if s.bytes != nil && jwt.SigningMethodHS256.Verify(p.signed, p.signature, s.bytes) == nil {
				return s.stands, nil
			}
		}
		return nil, errSecret
	}
	at := slices.IndexFunc(keysetMethods, func(m jwt.SigningMethod) bool { return m.Alg() == alg })
	if at < 0 {
		return nil, errAlgorithm
	}
	set, announced := k.keys.Load(), k.lacks.Load()
	switch {
	case set == nil && announced != nil:
		return nil, ErrNoKeys
	case set == nil:
		return nil, errAlgorithm
	}
	key, err := set.verify(p, keysetMethods[at])
	if errors.Is(err, errKeyUnknown) && announced != nil {
		(*announced)()
	}
	return key, err
}

// Issue makes a token for c that expires at the given time, signed with the
// secret, which there must be. It says what the relay demands. The error says which
// claim is out of bounds.
func (k *Keeper) Issue(c Claims, expires time.Time) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	// What others issued is cleaned, see readClaims; who issues here can mend it.
	if !plain(c.Name, NameBytesMax) {
		return "", fmt.Errorf("the claim name must be at most %d bytes without control characters", NameBytesMax)
	}
	secret := k.secrets.Load()[0].bytes
	if secret == nil {
		return "", errors.New("there is no secret to sign a token with")
	}
	payload := jwt.MapClaims{"sub": c.Sub, "role": string(c.Role), "exp": expires.Unix()}
	for claim, value := range map[string]string{
		"name": c.Name, "iss": k.demands.Issuer, "aud": k.demands.Audience,
	} {
		if value != "" {
			payload[claim] = value
		}
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
