package relaytest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Audience is the audience of the tokens of a Key.
const Audience = "hallway-tests"

// Key is a named key pair for EdDSA.
type Key struct {
	Kid     string
	private ed25519.PrivateKey
}

// NewKey makes a key pair.
func NewKey(t *testing.T, kid string) Key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return Key{kid, private}
}

// Token signs a token that opens all rooms for an hour.
func (k Key) Token(t *testing.T) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"sub": "ada", "aud": []string{"another", Audience}, "exp": time.Now().Add(time.Hour).Unix(), "rooms": []string{"*"},
	})
	token.Header["kid"] = k.Kid
	signed, err := token.SignedString(k.private)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// KeySet returns the JSON Web Key Set of keys.
func KeySet(keys ...Key) string {
	var list []string
	for _, k := range keys {
		x := base64.RawURLEncoding.EncodeToString(k.private.Public().(ed25519.PublicKey))
		list = append(list, fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":%q,"x":%q}`, k.Kid, x))
	}
	return `{"keys":[` + strings.Join(list, ",") + `]}`
}
