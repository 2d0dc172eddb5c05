//go:build !linux

package server

import "net"

// acked is how many bytes the other end of a connection has acknowledged; 0: not known.
func acked(net.Conn) uint64 { return 0 }

// hungUp reports whether the other end of a connection is gone; here that is not known.
func hungUp(net.Conn) bool { return false }
