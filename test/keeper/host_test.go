package keeper

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/e2ee"
)

// keyVariable makes the test's own program a certificate command: it holds the path of the issuer's private key.
const keyVariable = "HALLWAY_TEST_ISSUER_KEY"

// roleVariable holds the role that the certificate command puts into the certificate.
const roleVariable = "HALLWAY_TEST_ROLE"

// host is a token issuer that certifies devices.
type host struct {
	key     *ecdsa.PrivateKey
	keyFile string
	url     string // of the key set
}

func newHost(t *testing.T) *host {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	private, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	h := &host{key: key, keyFile: filepath.Join(t.TempDir(), "issuer")}
	if err := os.WriteFile(h.keyFile, private, 0o600); err != nil {
		t.Fatal(err)
	}
	set := fmt.Sprintf(`{"keys":[{"kty":"EC","crv":"P-256","x":%q,"y":%q}]}`, e2ee.Encode(public[1:33]), e2ee.Encode(public[33:]))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(set)) }))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// certify returns a certificate of a device.
func certify(key *ecdsa.PrivateKey, user, role, jkt string) (string, error) {
	now := time.Now()
	cert := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"sub": user, "name": nameOf(user), "role": role, "rooms": []string{board, hall},
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "cnf": map[string]any{"jkt": jkt},
	})
	cert.Header["typ"] = e2ee.CertificateType
	return cert.SignedString(key)
}

// nameOf returns the name by which the issuer knows a user.
func nameOf(user string) string { return "Name of " + user }

// printCertificate is the keeper's certificate command.
func printCertificate(keyFile string) error {
	private, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), private)
	if err != nil {
		return err
	}
	cert, err := certify(key, keeperUser, os.Getenv(roleVariable), os.Getenv("HALLWAY_JKT"))
	if err == nil {
		_, err = fmt.Println(cert)
	}
	return err
}
