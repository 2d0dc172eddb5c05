package conn

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Sockets of a shard do not block, so reading and writing them takes some
// microseconds. The scheduler is not told of that: to tell it costs about a
// quarter as much as the call, and lets it give the processor away meanwhile.

func readRaw(fd int32, p []byte) (int, error) { return raw(unix.SYS_READ, fd, p) }

func writeRaw(fd int32, p []byte) (int, error) { return raw(unix.SYS_WRITE, fd, p) }

func raw(call uintptr, fd int32, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, _, errno := unix.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
	if errno != 0 {
		return -1, errno
	}
	return int(n), nil
}
