package server

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"hallway/relay/guard"
)

// TestSocketsAreBounded checks the system's buffers of a connection.
func TestSocketsAreBounded(t *testing.T) {
	bare, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	dialled, err := net.Dial("tcp", bare.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	accepted, err := (&listener{Listener: bare, places: guard.NewPlaces(0, nil)}).Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	raw, err := accepted.(*httpConn).Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		for _, option := range []int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
			// Linux doubles the value, for its own use.
			if n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, option); err != nil || n != 2*socketBytes {
				t.Errorf("option %d is %d, %v", option, n, err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
