package conn

import "time"

// NewHasty makes an Epoll that waits no longer than that for a peer.
func NewHasty(frameBytesMax int64, timeout time.Duration) *Epoll {
	e := NewEpoll(frameBytesMax)
	e.writeTimeout, e.closeTimeout = timeout, timeout
	return e
}

func (e *Epoll) ofHalves() *halves { return e.portable.halves }
