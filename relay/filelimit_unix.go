//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreFileLimit makes a write beyond the process's limit of a file's size an
// error, as on a full disk, where it would end the process.
func ignoreFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
