package main

import (
	"errors"
	"io"
	"unsafe"

	"golang.org/x/sys/unix"
)

// errRefused reports that nobody accepted the connection.
var errRefused = errors.New("refused")

// A peer owns a socket.
type peer interface {
	// opened is called once, when the connection is made.
	opened()
	// received handles the whole frames at the beginning of data and returns their length. The rest comes again, with the bytes that follow.
	// It must not keep data.
	received(data []byte) (taken int, err error)
	// ended is called once, when the connection has failed or ended.
	ended(err error)
}

// A socket is a TCP connection of a [loop].
type socket struct {
	loop       *loop
	fd         int
	peer       peer
	connecting bool
	closed     bool
	deaf       bool   // the peer reads no more
	watched    uint32 // the events that epoll reports
	in         []byte // received and not yet taken
	out        []byte // not yet written
}

// dial begins to connect; peer.ended reports a failure, later.
func (l *loop) dial(addr *unix.SockaddrInet4, p peer) *socket { return l.dialFrom(nil, addr, p) }

// dialFrom is dial from an address of this machine; nil: any.
func (l *loop) dialFrom(from, addr *unix.SockaddrInet4, p peer) *socket {
	s := &socket{loop: l, fd: -1, peer: p, connecting: true, watched: unix.EPOLLIN | unix.EPOLLOUT}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		s.fd = fd
		err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if err == nil && from != nil {
		err = unix.Bind(fd, from)
	}
	if err == nil {
		if err = unix.Connect(fd, addr); errors.Is(err, unix.EINPROGRESS) {
			err = nil
		}
	}
	if err == nil {
		err = unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: s.watched, Fd: int32(fd)})
	}
	if err != nil {
		l.after(0, func() { s.end(err) })
		return s
	}
	for fd >= len(l.sockets) {
		l.sockets = append(l.sockets, make([]*socket, 4096)...)
	}
	l.sockets[fd] = s
	return s
}

// ready reads or writes, when epoll says that it is possible.
func (s *socket) ready(events uint32) {
	if s.connecting {
		if code, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
			s.end(errRefused)
			return
		}
		if events&unix.EPOLLOUT == 0 {
			return
		}
		s.connecting = false
		s.watch(unix.EPOLLIN)
		s.peer.opened()
	}
	if events&unix.EPOLLOUT != 0 && !s.closed {
		s.flush()
	}
	if events&^unix.EPOLLOUT != 0 && !s.closed {
		s.read()
	}
}

// deafen stops reading for good.
func (s *socket) deafen() {
	s.deaf = true
	s.watch(s.watched)
}

func (s *socket) watch(events uint32) {
	if s.deaf {
		events &^= unix.EPOLLIN
	}
	if s.watched == events {
		return
	}
	s.watched = events
	// The descriptor is in the set, so only a wrong argument could make this fail.
	_ = unix.EpollCtl(s.loop.epoll, unix.EPOLL_CTL_MOD, s.fd, &unix.EpollEvent{Events: events, Fd: int32(s.fd)})
}

func (s *socket) read() {
	buf := s.loop.buf
	kept := copy(buf, s.in)
	n, err := readRaw(s.fd, buf[kept:])
	switch {
	case errors.Is(err, unix.EAGAIN):
		return
	case err != nil:
		s.end(err)
		return
	case n == 0:
		s.end(io.EOF)
		return
	}
	data := buf[:kept+n]
	taken, err := s.peer.received(data)
	if err != nil {
		s.end(err)
		return
	}
	if s.closed {
		return
	}
	if taken == 0 && len(data) == len(buf) {
		s.end(errors.New("more than the buffer holds"))
		return
	}
	s.in = append(s.in[:0], data[taken:]...)
	if len(s.in) == 0 {
		s.in = nil
	}
}

// write sends p, now or as soon as the socket takes it.
func (s *socket) write(p []byte) {
	waiting := len(s.out) > 0
	s.out = append(s.out, p...)
	if !waiting && !s.connecting {
		s.flush()
	}
}

func (s *socket) flush() {
	if len(s.out) == 0 {
		return
	}
	n, err := writeRaw(s.fd, s.out)
	switch {
	case errors.Is(err, unix.EAGAIN):
		n = 0
	case err != nil:
		return // a read reports the end
	}
	if s.out = s.out[n:]; len(s.out) == 0 {
		s.out = nil
		s.watch(unix.EPOLLIN)
		return
	}
	s.watch(unix.EPOLLIN | unix.EPOLLOUT)
}

// close ends the connection without telling the peer.
func (s *socket) close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.fd >= 0 {
		_ = unix.Close(s.fd)
		if s.fd < len(s.loop.sockets) && s.loop.sockets[s.fd] == s {
			s.loop.sockets[s.fd] = nil
		}
	}
}

func (s *socket) end(err error) {
	if !s.closed {
		s.close()
		s.peer.ended(err)
	}
}

// readRaw and writeRaw make a system call without Go's scheduler, which would double the cost of a short call. The descriptors never
// block.
func readRaw(fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func writeRaw(fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
