//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyHangups sends each SIGHUP to c. The signal no longer ends the process.
func notifyHangups(c chan<- os.Signal) { signal.Notify(c, syscall.SIGHUP) }
