package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/auth"
)

// TestAlgorithmsAreBoundToKeys checks sections 2.1, 3.1 and 3.2.
func TestAlgorithmsAreBoundToKeys(t *testing.T) {
	k, all := both(t), signers()
	ed, ec, rs := all[0], all[1], all[2]
	for name, test := range map[string]struct {
		token string
		why   protocol.Why
	}{
		"HS256":               {compact(`{"alg":"HS256"}`, payload, hmacWith([]byte(secret))), ""},
		"none":                {compact(`{"alg":"none"}`, payload, func(string) []byte { return nil }), protocol.WhyAlgorithm},
		"None":                {compact(`{"alg":"None"}`, payload, func(string) []byte { return nil }), protocol.WhyAlgorithm},
		"nOnE with a kid":     {compact(`{"alg":"nOnE","kid":"ed"}`, payload, func(string) []byte { return nil }), protocol.WhyAlgorithm},
		"NONE, signed":        {compact(`{"alg":"NONE"}`, payload, hmacWith([]byte(secret))), protocol.WhyAlgorithm},
		"no alg":              {compact(`{"typ":"JWT"}`, payload, hmacWith([]byte(secret))), protocol.WhyAlgorithm},
		"alg null":            {compact(`{"alg":null}`, payload, hmacWith([]byte(secret))), protocol.WhyAlgorithm},
		"alg a list":          {compact(`{"alg":["HS256"]}`, payload, hmacWith([]byte(secret))), protocol.WhyAlgorithm},
		"alg in another case": {compact(`{"ALG":"HS256"}`, payload, hmacWith([]byte(secret))), protocol.WhyAlgorithm},
		"hs256":               {compact(`{"alg":"hs256"}`, payload, hmacWith([]byte(secret))), protocol.WhyAlgorithm},
		"HS256 with a space":  {compact(`{"alg":"HS256 "}`, payload, hmacWith([]byte(secret))), protocol.WhyAlgorithm},
		"no signature":        {compact(`{"alg":"HS256"}`, payload, func(string) []byte { return nil }), protocol.WhySignature},
		"half a signature":    {compact(`{"alg":"HS256"}`, payload, func(s string) []byte { return hmacWith([]byte(secret))(s)[:16] }), protocol.WhySignature},
		"an empty secret":     {compact(`{"alg":"HS256"}`, payload, hmacWith(nil)), protocol.WhySignature},
		"RS256 said, EdDSA":   {compact(`{"alg":"RS256","kid":"ed"}`, payload, signedBy(ed)), protocol.WhyAlgorithm},
		"EdDSA said, ES256":   {compact(`{"alg":"EdDSA","kid":"ec"}`, payload, signedBy(ec)), protocol.WhyAlgorithm},
		"ES256 said, EdDSA":   {compact(`{"alg":"ES256"}`, payload, signedBy(ed)), protocol.WhySignature},
		"ES384":               {compact(`{"alg":"ES384","kid":"ec"}`, payload, signedBy(ec)), protocol.WhyAlgorithm},
		"Ed25519 as its name": {compact(`{"alg":"Ed25519","kid":"ed"}`, payload, signedBy(ed)), protocol.WhyAlgorithm},
		"ES256K":              {compact(`{"alg":"ES256K","kid":"ec"}`, payload, signedBy(ec)), protocol.WhyAlgorithm},
		"another kid":         {compact(`{"alg":"EdDSA","kid":"rs"}`, payload, signedBy(ed)), protocol.WhyAlgorithm},
		"a kid of nobody":     {compact(`{"alg":"EdDSA","kid":"other"}`, payload, signedBy(ed)), protocol.WhyKey},
		"a kid like a path":   {compact(`{"alg":"RS256","kid":"../../dev/null"}`, payload, signedBy(rs)), protocol.WhyKey},
		"a kid like SQL":      {compact(`{"alg":"RS256","kid":"' OR 1=1 --"}`, payload, signedBy(rs)), protocol.WhyKey},
		"an empty kid":        {compact(`{"alg":"RS256","kid":""}`, payload, signedBy(rs)), protocol.WhyKey},
		"a kid that is null":  {compact(`{"alg":"RS256","kid":null}`, payload, signedBy(rs)), protocol.WhyKey},
		"a kid in a list":     {compact(`{"alg":"RS256","kid":["rs"]}`, payload, signedBy(rs)), protocol.WhyKey},
		"a kid for a secret":  {compact(`{"alg":"HS256","kid":"anything"}`, payload, hmacWith([]byte(secret))), ""},
	} {
		if why := whyOf(t, k, test.token); why != test.why {
			t.Errorf("%s: %q, want %q", name, why, test.why)
		}
	}
	// A public key, in any usual form, must not work as the secret.
	pkix := must(x509.MarshalPKIXPublicKey(rs.private.Public()))
	for name, key := range map[string][]byte{
		"PEM":             pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix}),
		"PEM, trimmed":    []byte(strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})))),
		"PKCS #1 PEM":     pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(rs.private.Public().(*rsa.PublicKey))}),
		"DER":             pkix,
		"the JWK":         []byte(rs.jwk(t)),
		"the modulus":     rs.private.Public().(*rsa.PublicKey).N.Bytes(),
		"the Ed25519 key": ed.private.Public().(ed25519.PublicKey),
		"the set":         jwks(t, all...),
	} {
		for _, k := range []*auth.Keeper{k, keysOnly(t)} {
			if why := whyOf(t, k, compact(`{"alg":"HS256","kid":"rs"}`, payload, hmacWith(key))); why != protocol.WhySignature && why != protocol.WhyAlgorithm {
				t.Errorf("%s as a secret: %q", name, why)
			}
		}
	}
}

func keysOnly(t *testing.T) *auth.Keeper {
	t.Helper()
	k := auth.NewKeylessKeeper()
	if err := k.ChangeKeys(jwks(t, signers()...)); err != nil {
		t.Fatal(err)
	}
	return k
}

// TestWeakKeysOfASet checks sections 3.2 and 3.4: weak keys are ignored.
func TestWeakKeysOfASet(t *testing.T) {
	good := signers()[0]
	p256 := signers()[1]
	var members map[string]any
	if err := json.Unmarshal([]byte(p256.jwk(t)), &members); err != nil {
		t.Fatal(err)
	}
	rsKeyOf := func(bits int) *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) }
	short := signer{"weak", jwt.SigningMethodRS256, rsKeyOf(1024), ""}
	p384 := signer{"weak", jwt.SigningMethodES384, must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), ""}
	withExtra := func(s signer, extra string) signer { s.kid, s.extra = "weak", extra; return s }
	for name, test := range map[string]struct {
		jwk string
		by  signer
		alg string
	}{
		"RSA of 1024 bits":          {short.jwk(t), short, "RS256"},
		"P-384":                     {p384.jwk(t), p384, "ES384"},
		"P-384 said to be of ES256": {strings.Replace(p384.jwk(t), `{`, `{"alg":"ES256",`, 1), p384, "ES256"},
		"RSA with exponent 1":       {fmt.Sprintf(`{"kty":"RSA","kid":"weak","n":%q,"e":"AQ"}`, b64(rsKey.N.Bytes())), signer{"weak", jwt.SigningMethodRS256, rsKey, ""}, "RS256"},
		"RSA for PS256":             {withExtra(signers()[2], `,"alg":"PS256"`).jwk(t), signers()[2], "RS256"},
		"RSA for RS512":             {withExtra(signers()[2], `,"alg":"RS512"`).jwk(t), signers()[2], "RS256"},
		"for encryption":            {withExtra(signers()[2], `,"use":"enc"`).jwk(t), signers()[2], "RS256"},
		"for signing alone":         {withExtra(good, `,"key_ops":["sign"]`).jwk(t), good, "EdDSA"},
		"a published private key":   {withExtra(good, fmt.Sprintf(`,"d":%q`, b64(edKey.Seed()))).jwk(t), good, "EdDSA"},
		"a point beside the curve":  {fmt.Sprintf(`{"kty":"EC","kid":"weak","crv":"P-256","x":%q,"y":%q}`, members["x"], members["x"]), p256, "ES256"},
		"a certificate of another":  {withExtra(good, `,"x5c":["AAAA"]`).jwk(t), good, "EdDSA"},
		"a member twice":            {withExtra(good, `,"kid":"weak"`).jwk(t), good, "EdDSA"},
		"a secret":                  {`{"kty":"oct","kid":"weak","k":"` + b64([]byte(secret)) + `"}`, good, "EdDSA"},
	} {
		k := auth.NewKeylessKeeper()
		if err := k.ChangeKeys([]byte(`{"keys":[` + test.jwk + `,` + signers()[1].jwk(t) + `]}`)); err != nil {
			t.Fatal(err)
		}
		for _, kid := range []string{`,"kid":"weak"`, ``} {
			token := compact(`{"alg":"`+test.alg+`"`+kid+`}`, payload, func(text string) []byte { return must(test.by.method.Sign(text, crypto.PrivateKey(test.by.private))) })
			if name == "a point beside the curve" && kid == "" {
				continue // its real key is in the set
			}
			if why := whyOf(t, k, token); why == "" {
				t.Errorf("%s: accepted", name)
			}
		}
		if why := whyOf(t, k, compact(`{"alg":"HS256","kid":"weak"}`, payload, hmacWith([]byte(secret)))); why != protocol.WhyAlgorithm {
			t.Errorf("%s: HS256: %q", name, why)
		}
	}
}

// TestUnprovenTokens checks that a token counts as a guess if its signature is wrong or was not checked.
func TestUnprovenTokens(t *testing.T) {
	k := both(t)
	k.Demand(auth.Demands{Audience: "hallway", TTL: time.Hour})
	by := func(key []byte, header, claims string) string {
		return compact(header, `{"sub":"u1","aud":"hallway",`+claims+`}`, hmacWith(key))
	}
	good, other := []byte(secret), []byte(strings.Repeat("z", 32))
	for name, test := range map[string]struct {
		token    string
		unproven bool
	}{
		"no JWT":              {"hello", true},
		"another secret":      {by(other, `{"alg":"HS256"}`, `"exp":1800000100`), true},
		"another secret, old": {by(other, `{"alg":"HS256"}`, `"exp":1`), true},
		"another typ, forged": {by(other, `{"alg":"HS256","typ":"logout+jwt"}`, `"exp":1800000100`), true},
		"none":                {by(good, `{"alg":"none"}`, `"exp":1800000100`), true},
		"crit":                {by(good, `{"alg":"HS256","crit":["x"]}`, `"exp":1800000100`), true},
		"a kid of nobody":     {compact(`{"alg":"EdDSA","kid":"nobody"}`, payload, signedBy(signers()[0])), true},
		"another typ":         {by(good, `{"alg":"HS256","typ":"logout+jwt"}`, `"exp":1800000100`), false},
		"expired":             {by(good, `{"alg":"HS256"}`, `"exp":1`), false},
		"early":               {by(good, `{"alg":"HS256"}`, `"exp":1800000100,"nbf":1800000050`), false},
		"too long":            {by(good, `{"alg":"HS256"}`, `"exp":1900000000`), false},
		"for another":         {hs256(t, `{"sub":"u1","aud":"shop","exp":1800000100}`), false},
		"rooms that are none": {by(good, `{"alg":"HS256"}`, `"exp":1800000100,"rooms":"*"`), false},
		"a time that is none": {by(good, `{"alg":"HS256"}`, `"exp":"soon"`), false},
	} {
		_, err := k.Verify(now, test.token)
		if err == nil || auth.Unproven(err) != test.unproven {
			t.Errorf("%s: %v, unproven %v", name, err, !test.unproven)
		}
	}
	if _, err := auth.NewKeylessKeeper().Verify(now, "hello"); auth.Unproven(err) {
		t.Error("without keys nobody guesses")
	}
}
