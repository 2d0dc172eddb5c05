package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"hallway/relay/auth"
)

// A signer is a named key pair.
type signer struct {
	kid     string
	method  jwt.SigningMethod
	private crypto.Signer
	extra   string // more members of the JWK
}

func (s signer) sign(t testing.TB, kid string) string {
	t.Helper()
	token := jwt.NewWithClaims(s.method, jwt.MapClaims{"sub": "u1", "exp": now.Unix() + 100})
	if kid != "" {
		token.Header["kid"] = kid
	}
	signed, err := token.SignedString(s.private)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// jwk returns the public key in the form of RFC 7518, section 6, and RFC 8037.
func (s signer) jwk(t testing.TB) string {
	t.Helper()
	number := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	var members string
	switch key := s.private.Public().(type) {
	case ed25519.PublicKey:
		members = fmt.Sprintf(`"kty":"OKP","crv":"Ed25519","x":%q`, base64.RawURLEncoding.EncodeToString(key))
	case *ecdsa.PublicKey:
		point, err := key.Bytes() // 4, x, y
		if err != nil {
			t.Fatal(err)
		}
		half := len(point) / 2
		members = fmt.Sprintf(`"kty":"EC","crv":%q,"x":%q,"y":%q`, key.Params().Name,
			base64.RawURLEncoding.EncodeToString(point[1:1+half]), base64.RawURLEncoding.EncodeToString(point[1+half:]))
	case *rsa.PublicKey:
		members = fmt.Sprintf(`"kty":"RSA","n":%q,"e":%q`, number(key.N), number(big.NewInt(int64(key.E))))
	}
	return fmt.Sprintf(`{"kid":%q,%s%s}`, s.kid, members, s.extra)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func jwks(t testing.TB, signers ...signer) []byte {
	keys := make([]string, len(signers))
	for i, s := range signers {
		keys[i] = s.jwk(t)
	}
	return []byte(`{"keys":[` + strings.Join(keys, ",") + `]}`)
}

var (
	edKey = must(ed25519PrivateKey())
	ecKey = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	rsKey = must(rsa.GenerateKey(rand.Reader, 2048))
)

func ed25519PrivateKey() (ed25519.PrivateKey, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return private, err
}

func signers() []signer {
	return []signer{
		{"ed", jwt.SigningMethodEdDSA, edKey, ""},
		{"ec", jwt.SigningMethodES256, ecKey, `,"alg":"ES256"`},
		{"rs", jwt.SigningMethodRS256, rsKey, `,"use":"sig"`},
	}
}

func TestKeysOfASetVerify(t *testing.T) {
	k := auth.NewKeylessKeeper()
	if err := k.ChangeKeys(jwks(t, signers()...)); err != nil {
		t.Fatal(err)
	}
	for _, s := range signers() {
		for _, kid := range []string{s.kid, ""} {
			if who, err := k.Verify(now, s.sign(t, kid)); err != nil || who.User.ID != "u1" {
				t.Errorf("%s, kid %q: %+v, %v", s.kid, kid, who, err)
			}
		}
	}
	if _, err := k.Verify(now, hs256(t, `{"sub":"u1","exp":1800000100}`)); err == nil {
		t.Error("HS256 passed without a secret")
	}
}

func TestKeysOfASetRefuse(t *testing.T) {
	all := signers()
	unknown := 0
	k := keeper(t)
	k.OnUnknownKey(func() { unknown++ })
	if err := k.ChangeKeys(jwks(t, all...)); err != nil {
		t.Fatal(err)
	}
	stranger := signer{"ed", jwt.SigningMethodEdDSA, must(ed25519PrivateKey()), ""}
	// The attack of RFC 8725, section 2.1: a public key as the secret of an HMAC.
	confused := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "u1", "exp": now.Unix() + 100})
	confused.Header["kid"] = "ed"
	for name, token := range map[string]string{
		"another's key":                  stranger.sign(t, "ed"),
		"another's key, no kid":          stranger.sign(t, ""),
		"a kid of another key":           all[0].sign(t, "rs"),
		"a public key as a secret":       must(confused.SignedString([]byte(edKey.Public().(ed25519.PublicKey)))),
		"an algorithm that is not taken": signer{"rs", jwt.SigningMethodRS512, rsKey, ""}.sign(t, "rs"),
		"PS256":                          signer{"rs", jwt.SigningMethodPS256, rsKey, ""}.sign(t, "rs"),
		"none":                           sign(t, jwt.SigningMethodNone, map[string]any{"kid": "ed"}, `{"sub":"u1","exp":1800000100}`),
		"crit":                           sign(t, jwt.SigningMethodHS256, map[string]any{"crit": []string{"x"}}, `{"sub":"u1","exp":1800000100}`),
	} {
		if who, err := k.Verify(now, token); err == nil {
			t.Errorf("%s: accepted as %+v", name, who)
		}
	}
	if unknown != 0 {
		t.Errorf("keys were missed %d times", unknown)
	}
	if _, err := k.Verify(now, all[0].sign(t, "newer")); err == nil || unknown != 1 {
		t.Errorf("a kid that is not known: %v, missed %d times", err, unknown)
	}
}

func TestChangeKeysIgnoresUnknownKeys(t *testing.T) {
	all := signers()
	short := signer{"short", jwt.SigningMethodRS256, must(rsa.GenerateKey(rand.Reader, 1024)), ""}
	p384 := signer{"p384", jwt.SigningMethodES384, must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), ""}
	enc := signer{"enc", jwt.SigningMethodRS256, rsKey, `,"use":"enc"`}
	other := `{"kty":"AKP","kid":"future","alg":"ML-DSA-44"}`
	secret := `{"kty":"oct","kid":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}`
	k := auth.NewKeylessKeeper()
	set := fmt.Sprintf(`{"keys":[%s,%s,%s,%s,%s,%s],"more":1}`,
		other, secret, short.jwk(t), p384.jwk(t), enc.jwk(t), all[1].jwk(t))
	if err := k.ChangeKeys([]byte(set)); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Verify(now, all[1].sign(t, "ec")); err != nil {
		t.Error(err)
	}
	for name, token := range map[string]string{
		"a short RSA key":      short.sign(t, "short"),
		"a key for encryption": enc.sign(t, "enc"),
		"the set's oct key":    sign(t, jwt.SigningMethodHS256, map[string]any{"kid": "oct"}, `{"sub":"u1","exp":1800000100}`),
	} {
		if _, err := k.Verify(now, token); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for name, bad := range map[string]string{
		"nothing": ``, "a list": `[]`, "no keys": `{}`, "no list": `{"keys":null}`,
		"too many": `{"keys":[` + strings.TrimSuffix(strings.Repeat("{},", auth.KeysMax+1), ",") + `]}`,
	} {
		if err := k.ChangeKeys([]byte(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := k.Verify(now, all[1].sign(t, "ec")); err != nil {
		t.Errorf("a set that was refused has replaced the good one: %v", err)
	}
	// A valid set counts even without a usable key, because its issuer has removed the keys.
	for name, empty := range map[string]string{"none of use": `{"keys":[` + other + `]}`, "none at all": `{"keys":[]}`} {
		if err := k.ChangeKeys(jwks(t, all...)); err != nil {
			t.Fatal(err)
		}
		if err := k.ChangeKeys([]byte(empty)); !errors.Is(err, auth.ErrNoneUsable) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := k.Verify(now, all[1].sign(t, "ec")); err == nil {
			t.Errorf("%s: a key that was taken out is good", name)
		}
	}
}

func TestASecretIsChangedWithoutABreak(t *testing.T) {
	k := keeper(t)
	token := func(secret string) string {
		return must(must(auth.NewKeeper([]byte(secret))).Issue(auth.Claims{Sub: "u1", Role: "participant"}, now))
	}
	second, third := strings.Repeat("2", 32), strings.Repeat("3", 32)
	good := func(want ...bool) {
		t.Helper()
		for i, s := range []string{secret, second, third} {
			if _, err := k.Verify(now, token(s)); (err == nil) != want[i] {
				t.Errorf("secret %d: %v, want %v", i+1, err, want[i])
			}
		}
	}
	good(true, false, false)
	for _, change := range []struct {
		to   string
		good []bool
	}{{second, []bool{true, true, false}}, {second, []bool{true, true, false}}, {third, []bool{false, true, true}}} {
		if err := k.ChangeSecret([]byte(change.to)); err != nil {
			t.Fatal(err)
		}
		good(change.good...)
	}
	if err := k.ChangeSecret([]byte("short")); err == nil {
		t.Error("a short secret was taken")
	}
	good(false, true, true)
	issued := must(k.Issue(auth.Claims{Sub: "u1", Role: "participant"}, now))
	if _, err := must(auth.NewKeeper([]byte(third))).Verify(now, issued); err != nil {
		t.Errorf("a new token is not of the new secret: %v", err)
	}
	if _, err := auth.NewKeylessKeeper().Issue(auth.Claims{Sub: "u1", Role: "participant"}, now); err == nil {
		t.Error("a token was made without a secret")
	}
}

// FuzzChangeKeys searches for a panic.
func FuzzChangeKeys(f *testing.F) {
	f.Add(jwks(f, signers()...))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"","y":""}]}`))
	token := signers()[1].sign(f, "ec")
	f.Fuzz(func(t *testing.T, set []byte) {
		k := auth.NewKeylessKeeper()
		if k.ChangeKeys(set) != nil {
			return
		}
		if !json.Valid(set) {
			t.Errorf("taken: %q", set)
		}
		_, _ = k.Verify(now, token)
	})
}

// TestNoKeysYet checks that a token is not blamed while the keeper has no keys.
func TestNoKeysYet(t *testing.T) {
	k := auth.NewKeylessKeeper()
	if _, err := k.Verify(now, signers()[0].sign(t, "ed")); !errors.Is(err, auth.ErrNoKeys) {
		t.Error(err)
	}
	if err := k.ChangeKeys(jwks(t, signers()...)); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Verify(now, signers()[0].sign(t, "ed")); err != nil {
		t.Error(err)
	}
}
