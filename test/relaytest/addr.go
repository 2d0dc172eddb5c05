package relaytest

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

// The ports that FreeAddr returns are below the range of outgoing connections: a client that dials while the relay is down could
// otherwise be given that very port, and connect to itself.
const portMin, portMax = 20000, 29999

// ports are the ports that this process has reserved. A reservation is a lock on a byte of a file, which other processes see and
// which ends with the process.
var ports = struct {
	sync.Mutex
	file  *os.File
	taken map[int]bool
}{taken: make(map[int]bool)}

// FreeAddr returns an unused loopback address, and reserves it until the process ends: no other process that asks here gets it
// before its server has started, or while the server is down.
func FreeAddr() (string, error) {
	ports.Lock()
	defer ports.Unlock()
	if ports.file == nil {
		name := filepath.Join(os.TempDir(), fmt.Sprintf("hallway-ports-%d", os.Getuid()))
		file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return "", err
		}
		ports.file = file
	}
	for range 100 {
		port := portMin + rand.IntN(portMax-portMin+1)
		lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: int64(port), Len: 1}
		if ports.taken[port] || syscall.FcntlFlock(ports.file.Fd(), syscall.F_SETLK, &lock) != nil {
			continue
		}
		ports.taken[port] = true
		listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			addr := listener.Addr().String()
			return addr, listener.Close()
		}
	}
	return "", errors.New("no port is free")
}
