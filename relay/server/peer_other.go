//go:build !linux

package server

import "net"

// acked returns 0, because this system does not tell the number of acknowledged bytes.
func acked(net.Conn) uint64 { return 0 }

// hungUp returns false, because this system does not tell whether the peer is gone.
func hungUp(net.Conn) bool { return false }
