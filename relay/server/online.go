package server

import (
	"context"
	"time"
)

// Online is who is in a room now: the number of connections by user id. The
// error is ctx's.
func (e *Engine) Online(ctx context.Context, room string) (map[string]int, error) {
	done := make(chan map[string]int, 1)
	e.do(func(time.Time) { done <- e.hub.Online(room) })
	select {
	case users := <-done:
		return users, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.stop:
		return nil, nil // nobody is connected any more
	}
}
