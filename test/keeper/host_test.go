package keeper

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"hallway/e2ee/devicetest"
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
	key := devicetest.NewKey()
	private, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	h := &host{key: key, keyFile: filepath.Join(t.TempDir(), "issuer")}
	if err := os.WriteFile(h.keyFile, private, 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(devicetest.KeySet(key)) }))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// certify returns a certificate of a device.
func certify(key *ecdsa.PrivateKey, user, role, jkt string) string {
	return devicetest.Certificate(key, user, nameOf(user), role, jkt, board, hall)
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
	_, err = fmt.Println(certify(key, keeperUser, os.Getenv(roleVariable), os.Getenv("HALLWAY_JKT")))
	return err
}
