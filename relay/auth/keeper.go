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
	// SecretBytesMin is the least size of a secret: that of HS256's output (RFC 7518, section 3.2).
	SecretBytesMin = 32
	// Leeway is the tolerated difference between the clocks of issuer and relay.
	Leeway = 10 * time.Second
)

// Demands are an operator's requirements for tokens, in addition to those of the protocol.
type Demands struct {
	Issuer   string        // the claim iss; "": any or none
	Audience string        // must be in the claim aud; "": any or none
	TTL      time.Duration // the longest time from now to the claim exp; 0: any
}

// Keeper checks tokens: those of a secret that it shares with their issuer (HS256), which it can also issue, and those
// of a set of public keys (EdDSA, ES256, RS256). Secret and keys may change at any time. It is safe for concurrent use.
type Keeper struct {
	demands Demands // set before the first token

	change    sync.Mutex // guards changes of the fields below
	secrets   atomic.Pointer[secrets]
	keys      atomic.Pointer[keyset]
	onUnknown atomic.Pointer[func()] // see OnUnknownKey
}

// A secret is an accepted secret with its TokenKey.
type secret struct {
	bytes  []byte
	stands *hub.TokenKey
}

// secrets holds the secret in use, which signs new tokens, and the previous one.
type secrets [2]secret

// NewKeeper returns a Keeper with a secret of at least SecretBytesMin bytes.
func NewKeeper(secret []byte) (*Keeper, error) {
	k := NewKeylessKeeper()
	if err := k.ChangeSecret(secret); err != nil {
		return nil, err
	}
	return k, nil
}

// NewKeylessKeeper returns a Keeper that refuses every token until it gets a secret or keys.
func NewKeylessKeeper() *Keeper {
	k := &Keeper{}
	k.secrets.Store(&secrets{})
	return k
}

// Demand sets the requirements for tokens, before the first token.
func (k *Keeper) Demand(d Demands) { k.demands = d }

// CapTTL returns d, or less if tokens must expire earlier.
func (k *Keeper) CapTTL(d time.Duration) time.Duration {
	if k.demands.TTL > 0 {
		d = min(d, k.demands.TTL)
	}
	return d
}

// ChangeSecret replaces the secret in use. The previous one stays good, for tokens that were issued shortly before,
// until the next change. Then it is withdrawn, and its sessions end.
func (k *Keeper) ChangeSecret(bytesOfSecret []byte) error {
	if len(bytesOfSecret) < SecretBytesMin {
		return fmt.Errorf("the token secret is too short: %d bytes, at least %d are needed", len(bytesOfSecret), SecretBytesMin)
	}
	k.change.Lock()
	defer k.change.Unlock()
	was := k.secrets.Load()
	switch {
	case bytes.Equal(was[0].bytes, bytesOfSecret):
	case bytes.Equal(was[1].bytes, bytesOfSecret): // the previous secret again
		k.secrets.Store(&secrets{was[1], was[0]})
	default:
		k.secrets.Store(&secrets{{bytes.Clone(bytesOfSecret), &hub.TokenKey{}}, was[0]})
		if was[1].stands != nil {
			was[1].stands.Withdraw()
		}
	}
	return nil
}

// ChangeKeys replaces the JSON Web Key Set. It withdraws the keys that the new set lacks, and their sessions end. A set
// without a usable key also replaces the previous one; the error is then [ErrNoneUsable].
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

// ForgetKeys withdraws all keys of the set. Until the next ChangeKeys their tokens are refused with [ErrNoKeys].
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
		now.inherit(*was)
	}
	k.keys.Store(set)
}

// OnUnknownKey makes the keeper call f when a token names a key that the set lacks. It also announces that a key set is
// expected. f must not block.
func (k *Keeper) OnUnknownKey(f func()) { k.onUnknown.Store(&f) }

// Verify checks a token at the time now: its form, its header, its signature by one of the four algorithms, its times
// with Leeway, its claims and their bounds. The error is a *[hub.TokenError].
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

// signedBy checks the signature and returns the key that made it. Only the token's algorithm decides which keys are
// tried, never the form of a key: a public key is never used as a secret (RFC 8725, section 3.1).
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
	set, announced := k.keys.Load(), k.onUnknown.Load()
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

// Issue returns a token with claims c that expires at the given time. It signs the token with the secret, which must
// exist. The token meets the keeper's demands. The error names a claim that is out of bounds.
func (k *Keeper) Issue(c Claims, expires time.Time) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	// readClaims cleans the names of other issuers. A caller of Issue can correct the name.
	if !plain(c.Name, NameBytesMax) {
		return "", fmt.Errorf("the claim name must be at most %d bytes without control characters", NameBytesMax)
	}
	if c.Picture != readPicture(c.Picture) || c.Title != readTitle(c.Title) {
		return "", errors.New("the claim picture must be an https URL of at most 512 bytes, and the claim title a line of at most 100 bytes")
	}
	secret := k.secrets.Load()[0].bytes
	if secret == nil {
		return "", errors.New("a secret is needed to sign a token")
	}
	payload := jwt.MapClaims{"sub": c.Sub, "role": string(c.Role), "exp": expires.Unix()}
	for claim, value := range map[string]string{
		"name": c.Name, "picture": c.Picture, "title": c.Title, "iss": k.demands.Issuer, "aud": k.demands.Audience,
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
