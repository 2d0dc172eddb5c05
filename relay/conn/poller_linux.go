package conn

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// eventsMax bounds the sockets of one poll.
const eventsMax = 256

// poller reports the sockets of a set that have input or can be written. It waits in Go's own poller, as for any file,
// so that a waiting shard needs no thread and no processor. Other goroutines may only call wake and ready.
type poller struct {
	fd       int      // epoll's descriptor
	file     *os.File // the same descriptor, for Go's poller
	raw      syscall.RawConn
	deadline time.Time // of the next wait

	look   func(fd uintptr) bool // polls once, and reports whether to wait no longer
	events [eventsMax]unix.EpollEvent
	found  int
	err    error
}

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	err = unix.SetNonblock(fd, true) // Go's poller accepts no other
	p := &poller{fd: fd, file: os.NewFile(uintptr(fd), "epoll")}
	p.look = func(uintptr) bool {
		p.found, p.err = unix.EpollWait(p.fd, p.events[:], 0)
		return p.found != 0
	}
	if err == nil {
		p.raw, err = p.file.SyscallConn()
	}
	if err == nil {
		err = p.file.SetReadDeadline(time.Time{}) // fails if Go's poller has not accepted it
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// poll returns the events so far.
func (p *poller) poll() ([]unix.EpollEvent, error) {
	p.look(0)
	return p.result()
}

// until sets the latest end of the next wait; zero: none. It cancels an earlier wake.
func (p *poller) until(deadline time.Time) error {
	if deadline == p.deadline {
		return nil
	}
	p.deadline = deadline
	return p.file.SetReadDeadline(deadline)
}

// wait waits for events, or until its deadline or a wake.
func (p *poller) wait() ([]unix.EpollEvent, error) {
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

// wake ends a wait, even one that is about to begin. Any goroutine may call it, but not concurrently with until. It
// uses only Go's scheduler, so the wait ends at once.
func (p *poller) wake() {
	p.deadline = time.Unix(1, 0)
	_ = p.file.SetReadDeadline(p.deadline)
}

// ready reports whether a wait would return at once. Any goroutine may call it.
func (p *poller) ready() bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, 0)
	return n > 0
}

// add adds a socket to the set. Closing the socket removes it.
func (p *poller) add(fd int32) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: unix.EPOLLIN, Fd: fd})
}

// remove removes a socket from the set.
func (p *poller) remove(fd int32) {
	_ = unix.EpollCtl(p.fd, unix.EPOLL_CTL_DEL, int(fd), nil)
}

// watch sets the events of a socket that the poller reports: input, and that it can be written. It always reports the
// end.
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
}
