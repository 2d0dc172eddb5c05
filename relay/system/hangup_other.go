//go:build !unix

package system

import "os"

// Hangups returns nil: this system has no such signal.
func Hangups() <-chan os.Signal { return nil }
