//go:build !unix

package main

import "os"

// notifyHangups has nothing to tell where there is no such signal.
func notifyHangups(chan<- os.Signal) {}
