// Package aes stands in for the standard crypto/aes, by which go-app keeps encrypted state that the program does not have.
package aes

import (
	"crypto/cipher"
	"errors"
)

// NewCipher always fails.
func NewCipher([]byte) (cipher.Block, error) {
	return nil, errors.New("crypto/aes is not part of the browser build: use crypto.subtle")
}
