package conn

import (
	"time"

	"hallway/relay/guard"
)

// NewHasty makes an Epoll that waits for a peer at most that long.
func NewHasty(frameBytesMax int64, timeout time.Duration) *Epoll {
	e := NewEpoll(frameBytesMax)
	e.writeTimeout, e.closeTimeout = timeout, timeout
	return e
}

func (e *Epoll) limitHalves(h *guard.Halves[bool]) { e.portable.limitHalves(h) }
