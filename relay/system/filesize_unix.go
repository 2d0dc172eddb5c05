//go:build unix

package system

import (
	"os/signal"
	"syscall"
)

// IgnoreFileSizeLimit makes a write beyond the limit of a file's size fail, as on a full disk. By default such a write
// ends the process.
func IgnoreFileSizeLimit() { signal.Ignore(syscall.SIGXFSZ) }
