//go:build !unix

package system

import "math"

// RaiseOpenFiles returns the limit of open files. This system has none.
func RaiseOpenFiles() (uint64, error) { return math.MaxUint64, nil }
