// Package rand stands in for the standard crypto/rand: in the browser, random bytes come from crypto.getRandomValues.
package rand

import (
	"errors"
	"io"
)

// Reader always fails.
var Reader io.Reader = none{}

type none struct{}

func (none) Read([]byte) (int, error) {
	return 0, errors.New("crypto/rand is not part of the browser build: use crypto.getRandomValues")
}
