package auth

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

const (
	// KeysMax is how many keys a set may have.
	KeysMax = 100
	// rsaBitsMin is the shortest RSA key (RFC 7518, section 3.3).
	rsaBitsMin = 2048
)

// keysetMethods are the algorithms of tokens that a key of a set may have
// signed. They are all asymmetric: a set is public.
var keysetMethods = []string{
	jwt.SigningMethodEdDSA.Alg(), jwt.SigningMethodES256.Alg(), jwt.SigningMethodRS256.Alg(),
}

var errKeyUnknown = errors.New("auth: the token's key is not known")

// keyset is a JSON Web Key Set (RFC 7517, section 5) that was understood.
type keyset struct{ find keyfunc.Keyfunc }

// readKeyset takes from a set the keys that may sign tokens of [keysetMethods],
// and passes over all others, as RFC 7517 wants it. A set without any is an
// error.
func readKeyset(jwks []byte) (*keyset, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &document); err != nil {
		return nil, errors.New("the key set is no JSON object with keys")
	}
	if len(document.Keys) > KeysMax {
		return nil, fmt.Errorf("the key set has more than %d keys", KeysMax)
	}
	ctx := context.Background() // nothing of this waits
	storage := jwkset.NewMemoryStorage()
	usable := 0
	for _, raw := range document.Keys {
		key, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if err != nil || !signs(&key) {
			continue
		}
		if err := storage.KeyWrite(ctx, key); err != nil {
			return nil, fmt.Errorf("keep a key: %w", err)
		}
		usable++
	}
	if usable == 0 {
		return nil, errors.New("the key set has no key for EdDSA, ES256 or RS256")
	}
	find, err := keyfunc.New(keyfunc.Options{Storage: storage})
	return &keyset{find}, err
}

// signs reports whether a key may have signed tokens.
func signs(key *jwkset.JWK) bool {
	m := key.Marshal()
	if m.USE != "" && m.USE != jwkset.UseSig {
		return false
	}
	switch m.KTY {
	case jwkset.KtyOKP:
		return m.CRV == jwkset.CrvEd25519
	case jwkset.KtyEC:
		return m.CRV == jwkset.CrvP256
	case jwkset.KtyRSA:
		public, ok := key.Key().(*rsa.PublicKey)
		return ok && public.N.BitLen() >= rsaBitsMin
	}
	return false
}

// key finds the key that a token names, or all where it names none.
func (s *keyset) key(t *jwt.Token) (any, error) {
	key, err := s.find.Keyfunc(t)
	if err != nil {
		return nil, errKeyUnknown
	}
	return key, nil
}
