package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/hub"
)

const (
	// KeysMax bounds the keys of a set.
	KeysMax = 100
	// rsaBitsMin and rsaBitsMax bound the size of RSA keys (RFC 7518, section 3.3): the cost of a check grows with its
	// square.
	rsaBitsMin, rsaBitsMax = 2048, 8192
	// triesMax bounds the keys that are tried for a token without a kid: each try costs the check of a signature.
	triesMax = 4
)

// keysetMethods are the algorithms of the keys of a set. All are asymmetric, because a set is public.
var keysetMethods = []jwt.SigningMethod{jwt.SigningMethodEdDSA, jwt.SigningMethodES256, jwt.SigningMethodRS256}

// ErrNoneUsable is the error of a key set without a usable key. The keys of the earlier set are withdrawn anyway.
var ErrNoneUsable = errors.New("the key set has no key for EdDSA, ES256 or RS256")

// A setKey is a key of a set. It has one algorithm.
type setKey struct {
	kid    string
	method jwt.SigningMethod
	public crypto.PublicKey
	stands *hub.TokenKey
}

// same reports whether both are the same key.
func (k *setKey) same(other *setKey) bool {
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.kid == other.kid && k.method == other.method && public.Equal(other.public)
}

// keyset holds the usable keys of a JSON Web Key Set (RFC 7517, section 5).
type keyset []setKey

// readKeyset returns the keys of a set that may sign tokens with keysetMethods. It ignores other keys, as RFC 7517
// demands.
func readKeyset(jwks []byte) (keyset, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &document); err != nil || document.Keys == nil {
		return nil, errors.New("the key set is not a JSON object with keys")
	}
	if len(document.Keys) > KeysMax {
		return nil, fmt.Errorf("the key set has more than %d keys", KeysMax)
	}
	set := keyset{}
	for _, raw := range document.Keys {
		key, ok := readKey(raw)
		if ok && !slices.ContainsFunc(set, func(k setKey) bool { return k.same(&key) }) {
			set = append(set, key)
		}
	}
	return set, nil
}

// readKey reads a key; ok is false if the key cannot sign tokens. A certificate in it must match the key; its address
// (x5u) is not followed.
func readKey(raw json.RawMessage) (key setKey, ok bool) {
	jwk, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil || protocol.CheckObject(raw) != nil {
		return key, false
	}
	m := jwk.Marshal()
	if m.USE != "" && m.USE != jwkset.UseSig || len(m.KEYOPS) > 0 && !slices.Contains(m.KEYOPS, jwkset.KeyOpsVerify) {
		return key, false
	}
	// With a published private key, anybody could sign.
	var private struct {
		D json.RawMessage `json:"d"`
	}
	if json.Unmarshal(raw, &private) != nil || private.D != nil {
		return key, false
	}
	key = setKey{kid: m.KID, public: jwk.Key(), stands: &hub.TokenKey{}}
	switch public := key.public.(type) {
	case ed25519.PublicKey:
		key.method = jwt.SigningMethodEdDSA
	case *ecdsa.PublicKey:
		key.method = jwt.SigningMethodES256
		if public.Curve != elliptic.P256() {
			return key, false
		}
	case *rsa.PublicKey:
		key.method = jwt.SigningMethodRS256
		if bits := public.N.BitLen(); bits < rsaBitsMin || bits > rsaBitsMax || public.E < 3 || public.E%2 == 0 {
			return key, false
		}
	default:
		return key, false
	}
	return key, m.ALG == "" || m.ALG.String() == key.method.Alg()
}

// inherit keeps the sessions of keys that are in both sets, and withdraws the keys that are only in the previous set.
func (s keyset) inherit(before keyset) {
	for i := range before {
		j := slices.IndexFunc(s, func(k setKey) bool { return k.same(&before[i]) })
		if j < 0 {
			before[i].stands.Withdraw()
			continue
		}
		s[j].stands = before[i].stands
	}
}

// verify returns the key that signed a token: the key with the token's kid or, without a kid, any key.
func (s keyset) verify(p *parsed, method jwt.SigningMethod) (*hub.TokenKey, error) {
	kid, named := "", false
	if v, ok := p.header["kid"]; ok {
		if kid, named = v.(string); !named {
			return nil, errKeyID
		}
	}
	known, tries := false, 0
	for i := range s {
		k := &s[i]
		if named && k.kid != kid {
			continue
		}
		known = true
		if k.method != method || tries == triesMax {
			continue
		}
		tries++
		if method.Verify(p.signed, p.signature, k.public) == nil {
			return k.stands, nil
		}
	}
	switch {
	case named && !known:
		return nil, errKeyUnknown
	case named && tries == 0:
		return nil, errKeyMethod
	}
	return nil, errSignature
}
