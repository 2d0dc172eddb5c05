package native

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"

	"hallway/e2ee"
)

// newGCM returns AES-256-GCM with a key.
func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (c *Cipher) sealFile(_, each [][]byte) ([][]byte, error) {
	random := make([]byte, keyBytes+ivBytes)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	key, iv := random[:keyBytes], random[keyBytes:]
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	return [][]byte{key, iv, aead.Seal(nil, iv, each[0], nil)}, nil
}

func (c *Cipher) openFile(_, each [][]byte) ([][]byte, error) {
	if len(each[0]) == keyBytes && len(each[1]) == ivBytes {
		aead, err := newGCM(each[0])
		if err != nil {
			return nil, err
		}
		if b, err := aead.Open(nil, each[1], each[2], nil); err == nil {
			return [][]byte{[]byte(e2ee.Yes), b}, nil
		}
	}
	return [][]byte{[]byte("0"), nil}, nil
}
