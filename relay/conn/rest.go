package conn

import (
	"sync/atomic"
	"time"
)

// rest holds the time until which a connection is not read. Any goroutine may use it.
type rest struct{ at atomic.Int64 } // nanoseconds since 1970; 0: there was no rest

func (r *rest) until(d time.Duration) { r.at.Store(time.Now().Add(d).UnixNano()) }

// left returns the remaining time of the rest; 0 or less: it is over.
func (r *rest) left() time.Duration {
	at := r.at.Load()
	if at == 0 {
		return 0
	}
	return time.Until(time.Unix(0, at))
}
