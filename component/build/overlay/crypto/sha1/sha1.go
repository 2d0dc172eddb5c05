// Package sha1 stands in for the standard crypto/sha1, which google/uuid and go-app's server side name: the program hashes nothing.
package sha1

import "hash"

const reached = "crypto/sha1 is not part of the browser build: use crypto.subtle"

// New panics.
func New() hash.Hash { panic(reached) }

// Sum panics.
func Sum([]byte) [20]byte { panic(reached) }
