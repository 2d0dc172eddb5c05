//go:build !js

package driver

import "crypto/rand"

// readRandom fills p with random bytes.
func readRandom(p []byte) error {
	_, err := rand.Read(p)
	return err
}
