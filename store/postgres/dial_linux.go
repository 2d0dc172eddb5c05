package postgres

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// unacknowledgedMax bounds the time for which sent bytes may stay without the peer's acknowledgement.
const unacknowledgedMax = 10 * time.Second

// boundUnacknowledged makes a socket fail after its peer has vanished. The keep-alive does not notice that while bytes
// are under way.
func boundUnacknowledged(network, _ string, raw syscall.RawConn) (err error) {
	if network == "unix" {
		return nil
	}
	failed := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unacknowledgedMax.Milliseconds()))
	})
	if failed != nil {
		return failed
	}
	return err
}
