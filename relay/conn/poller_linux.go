package conn

import (
	"encoding/binary"
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// eventsMax is how many sockets one look yields.
const eventsMax = 256

// poller tells what sockets of a set have something to read or room to write.
// It waits in Go's own poller, as for any file, so that a waiting shard holds no
// thread and no processor. All but wake belong to one goroutine.
type poller struct {
	fd       int      // of epoll
	file     *os.File // the same, for Go's poller
	raw      syscall.RawConn
	waker    int // an eventfd
	deadline time.Time

	look   func(fd uintptr) bool // looks once; whether to wait no longer
	events [eventsMax]unix.EpollEvent
	found  int
	err    error
}

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	waker, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(fd)
		return nil, os.NewSyscallError("eventfd", err)
	}
	// Go's poller takes a file that does not block. With edges the waker need
	// not be read.
	err = errors.Join(
		unix.SetNonblock(fd, true),
		unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, waker, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(waker)}),
	)
	p := &poller{fd: fd, waker: waker, file: os.NewFile(uintptr(fd), "epoll")}
	p.look = func(uintptr) bool {
		p.found, p.err = unix.EpollWait(p.fd, p.events[:], 0)
		return p.found != 0
	}
	if err == nil {
		p.raw, err = p.file.SyscallConn()
	}
	if err == nil {
		err = p.file.SetReadDeadline(time.Time{}) // fails where Go's poller has not taken it
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// poll returns what there is at once.
func (p *poller) poll() ([]unix.EpollEvent, error) {
	p.look(0)
	return p.result()
}

// wait waits until there is something, at most until deadline; zero: for ever.
func (p *poller) wait(deadline time.Time) ([]unix.EpollEvent, error) {
	if deadline != p.deadline {
		p.deadline = deadline
		if err := p.file.SetReadDeadline(deadline); err != nil {
			return nil, err
		}
	}
	switch err := p.raw.Read(p.look); {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return p.result()
}

func (p *poller) result() ([]unix.EpollEvent, error) {
	switch {
	case errors.Is(p.err, unix.EINTR):
		return nil, nil
	case p.err != nil:
		return nil, os.NewSyscallError("epoll_wait", p.err)
	}
	return p.events[:p.found], nil
}

// wake ends a wait. Any goroutine may call it.
func (p *poller) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(p.waker, one[:])
}

// add takes a socket into the set. Closing the socket takes it out.
func (p *poller) add(fd int32) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: unix.EPOLLIN, Fd: fd})
}

// watch says of what of a socket the poller tells: that there is something to
// read, that there is room to write. It always tells of the end.
func (p *poller) watch(fd int32, input, room bool) error {
	var events uint32
	if input {
		events |= unix.EPOLLIN
	}
	if room {
		events |= unix.EPOLLOUT
	}
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_MOD, int(fd), &unix.EpollEvent{Events: events, Fd: fd})
}

func (p *poller) close() {
	_ = p.file.Close()
	_ = unix.Close(p.waker)
}
