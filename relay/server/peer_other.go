//go:build !linux

package server

import "net"

// acked returns the number of bytes that the other end of a connection has acknowledged; 0: not known.
func acked(net.Conn) uint64 { return 0 }

// hungUp reports whether the other end of a connection is gone. This system does not say.
func hungUp(net.Conn) bool { return false }
