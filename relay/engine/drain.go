package engine

import (
	"context"
	"time"
)

// Draining reports whether Drain was called.
func (e *Engine) Draining() bool { return e.draining.Load() }

// Drain ends the engine; it may be called once. It refuses new connections, asks all clients to go, and closes the
// remaining connections a little later. It returns when all connections have ended and every accepted op is committed,
// or with ctx's error.
func (e *Engine) Drain(ctx context.Context) error {
	e.draining.Store(true)
	defer e.transport.Close()
	if e.cluster != nil {
		defer e.cluster.end()
	}
	defer close(e.ended)

	e.do(func(now time.Time) { e.hub.Drain(now) })
	leave, cancel := context.WithTimeout(ctx, e.goaway())
	defer cancel()
	if e.awaitIdle(leave) == nil {
		return nil
	}
	e.do(func(now time.Time) { e.hub.CloseAll(now) })
	return e.awaitIdle(ctx)
}

// goaway returns how long a drain lets clients go by themselves.
func (e *Engine) goaway() time.Duration { return time.Duration(e.config.GoawayMs) * time.Millisecond }

// awaitIdle returns nil once no connection and no op is left.
func (e *Engine) awaitIdle(ctx context.Context) error {
	idle := make(chan struct{})
	e.do(func(time.Time) { e.idle = append(e.idle, idle) })
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// announceIdle wakes the callers of awaitIdle when no work is left.
func (e *Engine) announceIdle() {
	if e.links > 0 || e.hub.Pending() > 0 {
		return
	}
	for _, c := range e.idle {
		close(c)
	}
	e.idle = nil
}
