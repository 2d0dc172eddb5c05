package conn

import (
	"sync/atomic"
	"time"
)

// restedBytes is how much is read at once from a connection that was told to
// rest: what is read is no longer to be slowed down.
const restedBytes = 2 << 10

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

// crop is the part of buffer to read into.
func (r *rest) crop(buffer []byte) []byte {
	if r.at.Load() == 0 {
		return buffer
	}
	return buffer[:restedBytes]
}
