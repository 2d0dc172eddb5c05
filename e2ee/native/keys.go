package native

import (
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"math/big"

	"hallway/e2ee"
	"hallway/protocol"
)

const (
	coordinateBytes = 32
	secretBytes     = 32
	keyBytes        = 32
	kidBytes        = 16
	ivBytes         = 12
)

// Keys holds the two key pairs of a device.
type Keys struct {
	sign *ecdsa.PrivateKey
	box  *ecdh.PrivateKey
}

// NewKeys returns new keys of a device.
func NewKeys() (Keys, error) {
	sign, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Keys{}, err
	}
	box, err := ecdh.P256().GenerateKey(rand.Reader)
	return Keys{sign, box}, err
}

// ReadKeys decodes the output of [Keys.Bytes].
func ReadKeys(b []byte) (Keys, error) {
	if len(b) != 2*coordinateBytes {
		return Keys{}, errors.New("native: the keys of a device have 64 bytes")
	}
	sign, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), b[:coordinateBytes])
	if err != nil {
		return Keys{}, err
	}
	box, err := ecdh.P256().NewPrivateKey(b[coordinateBytes:])
	return Keys{sign, box}, err
}

// Bytes returns the private keys. Store them where only their owner can read them.
func (k Keys) Bytes() ([]byte, error) {
	b, err := k.sign.Bytes()
	return append(b, k.box.Bytes()...), err
}

// Sign returns the public key that verifies the device's signatures.
func (k Keys) Sign() protocol.PublicKey {
	b, err := k.sign.PublicKey.Bytes()
	if err != nil {
		panic(err) // every P-256 key has this form
	}
	return jwk(b[1:])
}

// Box returns the public key to which secrets are encrypted.
func (k Keys) Box() protocol.PublicKey { return jwk(k.box.PublicKey().Bytes()[1:]) }

func jwk(xy []byte) protocol.PublicKey {
	return protocol.PublicKey{X: e2ee.Encode(xy[:coordinateBytes]), Y: e2ee.Encode(xy[coordinateBytes:])}
}

// point returns the uncompressed form of x and y.
func point(xy []byte) []byte { return append([]byte{4}, xy...) }

// verifier returns the key with the coordinates xy, or nil if they are not a point of the curve.
func verifier(xy []byte) *ecdsa.PublicKey {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point(xy))
	if err != nil {
		return nil
	}
	return key
}

func verify(key *ecdsa.PublicKey, data, sig []byte) bool {
	if key == nil || len(sig) != 2*coordinateBytes {
		return false
	}
	sum := sha256.Sum256(data)
	r, s := new(big.Int).SetBytes(sig[:coordinateBytes]), new(big.Int).SetBytes(sig[coordinateBytes:])
	return ecdsa.Verify(key, sum[:], r, s)
}

func sign(key *ecdsa.PrivateKey, data []byte) ([]byte, error) {
	sum := sha256.Sum256(data)
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		return nil, err
	}
	sig := make([]byte, 2*coordinateBytes)
	r.FillBytes(sig[:coordinateBytes])
	s.FillBytes(sig[coordinateBytes:])
	return sig, nil
}

// own returns the cipher for data that the device encrypts for itself. Its key is derived from the box key's shared secret with
// itself.
func (k Keys) own(info []byte) (cipher.AEAD, error) {
	shared, err := k.box.ECDH(k.box.PublicKey())
	if err != nil {
		return nil, err
	}
	key, err := derive(shared, info, keyBytes)
	if err != nil {
		return nil, err
	}
	return newGCM(key)
}

// derive returns a key of a secret.
func derive(secret, info []byte, size int) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, string(info), size)
}

// wrap encrypts a secret for the box key with the coordinates xy.
func wrap(xy, info, secret []byte) (enc, ct []byte, err error) {
	key, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(point(xy))
	if err != nil {
		return nil, nil, err
	}
	enc, sender, err := hpke.NewSender(key, hpke.HKDFSHA256(), hpke.AES256GCM(), info)
	if err != nil {
		return nil, nil, err
	}
	ct, err = sender.Seal(nil, secret)
	return enc, ct, err
}

// unwrap decrypts a secret.
func (k Keys) unwrap(info, enc, ct []byte) ([]byte, error) {
	key, err := hpke.NewDHKEMPrivateKey(k.box)
	if err != nil {
		return nil, err
	}
	recipient, err := hpke.NewRecipient(enc, key, hpke.HKDFSHA256(), hpke.AES256GCM(), info)
	if err != nil {
		return nil, err
	}
	return recipient.Open(nil, ct)
}
