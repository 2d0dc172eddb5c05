//go:build !linux

package postgres

import "syscall"

// boundUnacknowledged does nothing on this system.
func boundUnacknowledged(string, string, syscall.RawConn) error { return nil }
