// Package devicetest makes the devices, certificates, turns and wraps of end-to-end encrypted rooms for tests. Their signatures
// are real. Their secrets are random bytes, because a relay never decrypts.
//
// The main type is [Device], which [New] makes. To test a new check of the relay, add a method that makes the frames of a
// client. The package must not know the relay.
package devicetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"strconv"

	"hallway/e2ee"
	"hallway/protocol"
)

// Device is a user's device with its private signing key.
type Device struct {
	protocol.Device
	User string
	sign *ecdsa.PrivateKey
}

// Random returns base64url of n random bytes.
func Random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return e2ee.Encode(b)
}

// NewKey returns a new signing key, of a device or of an issuer.
func NewKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// public returns the public half of a key.
func public(key *ecdsa.PrivateKey) protocol.PublicKey {
	point, err := key.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	return protocol.PublicKey{X: e2ee.Encode(point[1:33]), Y: e2ee.Encode(point[33:])}
}

// New returns a new device of a user. No issuer has signed its certificate.
func New(user string) Device {
	var d Device
	d.User = user
	d.sign = NewKey()
	d.Sign, d.Box = public(d.sign), public(NewKey())
	thumbprint := sha256.Sum256([]byte(e2ee.JWK(d.Sign)))
	d.ID = e2ee.DeviceID(thumbprint[:])
	d.Sig = d.Signature(e2ee.DeviceBytes(user, d.Box))
	d.Cert = JWT(d.sign, map[string]any{"alg": "ES256", "typ": e2ee.CertificateType}, map[string]any{
		"sub": user, "cnf": map[string]any{"jkt": e2ee.Encode(thumbprint[:])},
	})
	return d
}

// Signature returns the device's signature of bytes.
func (d *Device) Signature(b []byte) string { return signature(d.sign, b) }

// Turn returns turn n of a room. before is the previous turn, or nil. out lists the users whom the turn shuts out.
func (d *Device) Turn(room string, n int64, before *protocol.Turn, out ...string) protocol.Turn {
	t := protocol.Turn{N: n, Kid: strconv.FormatInt(n, 10) + "." + Random(16), Out: out, By: d.ID, At: "2026-11-28T09:00:00Z"}
	if before != nil {
		digest := sha256.Sum256(e2ee.TurnBytes(room, before))
		t.PrevKid, t.Prev, t.Link = before.Kid, e2ee.Encode(digest[:]), Random(48)
	}
	t.Sig = d.Signature(e2ee.TurnBytes(room, &t))
	return t
}

// Wrap returns a wrap for a device.
func Wrap(to string) protocol.Wrap { return protocol.Wrap{To: to, Enc: Random(65), CT: Random(48)} }

// Sealed returns an encrypted text under a key.
func Sealed(kid string) *protocol.Encrypted {
	return &protocol.Encrypted{Alg: "A256GCM", Kid: kid, IV: Random(12), CT: Random(256 + 16)}
}
