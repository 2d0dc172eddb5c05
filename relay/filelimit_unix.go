//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreFileLimit makes a write beyond the limit of a file's size fail, as on a full disk. By default it ends the
// process.
func ignoreFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
