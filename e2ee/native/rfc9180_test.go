package native

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// rfc9180 is the vector of RFC 9180 (its test-vectors.json) for base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
// Accumulated is a hash of a thousand encryptions, which the Go project has computed from the vector. CT is the first
// encryption of PT without additional data.
type rfc9180 struct {
	Info, SkRm, PkRm, Enc, Accumulated, PT, CT string
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// labels derives keys with the labels of RFC 9180, section 4.
type labels string

func (suite labels) extract(salt []byte, label string, ikm []byte) []byte {
	key, err := hkdf.Extract(sha256.New, slices.Concat([]byte("HPKE-v1"), []byte(suite), []byte(label), ikm), salt)
	if err != nil {
		panic(err)
	}
	return key
}

func (suite labels) expand(key []byte, label string, info []byte, size int) []byte {
	about := string(binary.BigEndian.AppendUint16(nil, uint16(size))) + "HPKE-v1" + string(suite) + label + string(info)
	b, err := hkdf.Expand(sha256.New, key, about, size)
	if err != nil {
		panic(err)
	}
	return b
}

// schedule is the key schedule of a recipient, written from the RFC, to check the one in the standard library.
func schedule(t *testing.T, v rfc9180) (key, nonce []byte) {
	t.Helper()
	private, err := ecdh.P256().NewPrivateKey(unhex(t, v.SkRm))
	if err != nil {
		t.Fatal(err)
	}
	public, err := ecdh.P256().NewPublicKey(unhex(t, v.Enc))
	if err != nil {
		t.Fatal(err)
	}
	dh, err := private.ECDH(public)
	if err != nil {
		t.Fatal(err)
	}
	const kem, suite = labels("KEM\x00\x10"), labels("HPKE\x00\x10\x00\x01\x00\x02")
	shared := kem.expand(kem.extract(nil, "eae_prk", dh), "shared_secret", slices.Concat(unhex(t, v.Enc), unhex(t, v.PkRm)), 32)
	context := slices.Concat([]byte{0}, suite.extract(nil, "psk_id_hash", nil), suite.extract(nil, "info_hash", unhex(t, v.Info)))
	secret := suite.extract(shared, "secret", nil)
	return suite.expand(secret, "key", context, 32), suite.expand(secret, "base_nonce", context, 12)
}

func TestRFC9180(t *testing.T) {
	data, err := os.ReadFile("testdata/rfc9180.json")
	if err != nil {
		t.Fatal(err)
	}
	var v rfc9180
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	key, nonce := schedule(t, v)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	source, sink := sha3.NewSHAKE128(), sha3.NewSHAKE128()
	draw := func() []byte {
		b := make([]byte, 1)
		_, _ = source.Read(b)
		b = make([]byte, b[0])
		_, _ = source.Read(b)
		return b
	}
	for i := range 1000 {
		aad, plaintext, iv := draw(), draw(), slices.Clone(nonce)
		iv[10] ^= byte(i >> 8)
		iv[11] ^= byte(i)
		_, _ = sink.Write(gcm.Seal(nil, iv, plaintext, aad))
	}
	sum := make([]byte, 16)
	_, _ = sink.Read(sum)
	if hex.EncodeToString(sum) != v.Accumulated {
		t.Errorf("a thousand encryptions give %x", sum)
	}
	if ct := gcm.Seal(nil, nonce, unhex(t, v.PT), nil); hex.EncodeToString(ct) != v.CT {
		t.Errorf("the first encryption gives %x", ct)
	}
	box, err := ecdh.P256().NewPrivateKey(unhex(t, v.SkRm))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Keys{box: box}.unwrap(unhex(t, v.Info), unhex(t, v.Enc), unhex(t, v.CT))
	if err != nil || !bytes.Equal(got, unhex(t, v.PT)) {
		t.Errorf("unwrapped as %x, %v", got, err)
	}
	if hpke.AES256GCM().ID() != 2 || hpke.HKDFSHA256().ID() != 1 || hpke.DHKEM(ecdh.P256()).ID() != 16 {
		t.Error("the cipher suites differ")
	}
}
