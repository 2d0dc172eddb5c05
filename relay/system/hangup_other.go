//go:build !unix

package system

import "os"

// Hangups returns nil, because this system has no such signal.
func Hangups() <-chan os.Signal { return nil }
