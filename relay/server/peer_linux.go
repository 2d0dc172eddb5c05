package server

import (
	"net"

	"golang.org/x/sys/unix"
)

// acked returns the number of bytes that the peer has acknowledged; 0 if unknown.
func acked(c net.Conn) (bytes uint64) {
	control(c, func(fd int) {
		if info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			bytes = info.Bytes_acked
		}
	})
	return bytes
}

// hungUp reports whether the peer has stopped writing or closed the connection.
func hungUp(c net.Conn) (up bool) {
	known := control(c, func(fd int) {
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		if n, err := unix.Poll(poll, 0); err == nil && n > 0 {
			up = poll[0].Revents&(unix.POLLRDHUP|unix.POLLHUP|unix.POLLERR) != 0
		}
	})
	return up || !known
}

// control calls do with a connection's descriptor. It returns false if the connection is closed.
func control(c net.Conn, do func(fd int)) bool {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return true
	}
	raw, err := tcp.SyscallConn()
	return err == nil && raw.Control(func(fd uintptr) { do(int(fd)) }) == nil
}
