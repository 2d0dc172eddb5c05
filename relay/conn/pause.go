package conn

import (
	"sync/atomic"
	"time"
)

// pause holds the time until which a connection is not read. Any goroutine may use it.
type pause struct{ at atomic.Int64 } // nanoseconds since 1970; 0: there was no pause

func (p *pause) until(d time.Duration) { p.at.Store(time.Now().Add(d).UnixNano()) }

// left returns the remaining time of the pause; 0 or less if it is over.
func (p *pause) left() time.Duration {
	at := p.at.Load()
	if at == 0 {
		return 0
	}
	return time.Until(time.Unix(0, at))
}
