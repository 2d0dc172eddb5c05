// Package cipher stands in for the standard crypto/cipher: see crypto/aes.
package cipher

import "errors"

// Block is never made.
type Block interface{ BlockSize() int }

// AEAD is never made.
type AEAD interface {
	NonceSize() int
	Seal(dst, nonce, plaintext, additionalData []byte) []byte
	Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
}

// NewGCM always fails.
func NewGCM(Block) (AEAD, error) {
	return nil, errors.New("crypto/cipher is not part of the browser build: use crypto.subtle")
}
