// Package aes stands in for the standard crypto/aes, which go-app uses for encrypted state. The chat has no such state.
package aes

import (
	"crypto/cipher"
	"errors"
)

// NewCipher always fails.
func NewCipher([]byte) (cipher.Block, error) {
	return nil, errors.New("crypto/aes is not part of the browser build: use crypto.subtle")
}
