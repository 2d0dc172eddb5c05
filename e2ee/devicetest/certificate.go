package devicetest

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"hallway/e2ee"
)

// KeySet returns the public key of an issuer as a key set (RFC 7517).
func KeySet(issuer *ecdsa.PrivateKey) []byte {
	k := public(issuer)
	return fmt.Appendf(nil, `{"keys":[{"kty":"EC","crv":"P-256","x":%q,"y":%q}]}`, k.X, k.Y)
}

// Certificate returns the certificate of a user's device, with the thumbprint jkt. It is valid for an hour.
func Certificate(issuer *ecdsa.PrivateKey, user, name, role, jkt string, rooms ...string) string {
	now := time.Now()
	return JWT(issuer, map[string]any{"alg": "ES256", "typ": e2ee.CertificateType}, map[string]any{
		"sub": user, "name": name, "role": role, "rooms": rooms,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "cnf": map[string]any{"jkt": jkt},
	})
}

// JWT returns a JWT that a key has signed with ES256. The header may name another algorithm.
func JWT(key *ecdsa.PrivateKey, header, claims map[string]any) string {
	part := func(v any) string { b, _ := json.Marshal(v); return e2ee.Encode(b) }
	signed := part(header) + "." + part(claims)
	return signed + "." + signature(key, []byte(signed))
}

// signature returns the signature of bytes by a key.
func signature(key *ecdsa.PrivateKey, b []byte) string {
	digest := sha256.Sum256(b)
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		panic(err)
	}
	return e2ee.Encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}
