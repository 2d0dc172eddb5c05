package conn

import (
	"sync/atomic"
	"time"
)

// rest is until when nothing is read from a connection. Any goroutine may use it.
type rest struct{ at atomic.Int64 } // in ns since 1970; 0: it was never told to rest

func (r *rest) until(d time.Duration) { r.at.Store(time.Now().Add(d).UnixNano()) }

// left is how long it still rests; 0 or less: it does not.
func (r *rest) left() time.Duration {
	at := r.at.Load()
	if at == 0 {
		return 0
	}
	return time.Until(time.Unix(0, at))
}
