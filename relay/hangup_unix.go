//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyHangups tells of SIGHUP, which then no longer ends the process.
func notifyHangups(c chan<- os.Signal) { signal.Notify(c, syscall.SIGHUP) }
