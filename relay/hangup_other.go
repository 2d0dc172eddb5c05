//go:build !unix

package main

import "os"

// notifyHangups does nothing: this system has no such signal.
func notifyHangups(chan<- os.Signal) {}
