package native

import (
	"encoding/json"

	"hallway/e2ee"
)

// signedByIssuer reports whether a key of the set (RFC 7517) has signed data by ES256.
func signedByIssuer(set, data, sig []byte) bool {
	var keys struct {
		Keys []struct{ Kty, Crv, X, Y string }
	}
	if json.Unmarshal(set, &keys) != nil {
		return false
	}
	for _, k := range keys.Keys {
		if k.Kty == "EC" && k.Crv == "P-256" && verify(verifier(append(e2ee.Decode(k.X), e2ee.Decode(k.Y)...)), data, sig) {
			return true
		}
	}
	return false
}
