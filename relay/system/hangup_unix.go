//go:build unix

package system

import (
	"os"
	"os/signal"
	"syscall"
)

// Hangups returns a channel that gets each SIGHUP. From then on the signal does not end the process.
func Hangups() <-chan os.Signal {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	return hangups
}
