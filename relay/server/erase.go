package server

import (
	"context"
	"time"

	"hallway/relay/hub"
)

// Erase has parts of the erasing of a user carried out, each a hub.OpErase, and
// returns an outcome each. After an error, which is ctx's, they may or may not be stored.
func (e *Engine) Erase(ctx context.Context, ops []hub.Op) ([]hub.Outcome, error) {
	outcomes := make([]hub.Outcome, len(ops))
	done := make(chan struct{})
	e.do(func(now time.Time) {
		left := len(ops)
		e.hub.Erase(now, ops, func(i int, o hub.Outcome) {
			outcomes[i] = o
			if left--; left == 0 {
				close(done)
			}
		})
	})
	select {
	case <-done:
		return outcomes, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.stop:
		return nil, context.Canceled
	}
}
