package server

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
)

const (
	// readyFor is the time for which an answer of the store holds: the store writes to find out, and every caller may
	// ask without a token.
	readyFor     = time.Second
	readyTimeout = 2 * time.Second
)

// readiness remembers the store's last answer.
type readiness struct {
	mu    sync.Mutex
	asked time.Time
	err   error
}

func (r *readiness) check(now time.Time, ask func(context.Context) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked.IsZero() || now.Sub(r.asked) >= readyFor {
		ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
		defer cancel()
		r.asked, r.err = now, ask(ctx)
	}
	return r.err
}

// health answers the probes of liveness and readiness.
type health struct {
	*problems
	history History
	ready   readiness
	busUp   func() bool // nil: there is no bus
	now     func() time.Time
}

// healthz answers that the process is alive.
func (s *health) healthz(c *fiber.Ctx) error {
	return answer(c, fiber.StatusOK, []byte(`{"status":"ok"}`))
}

// readyz answers whether a balancer should send new clients here. It says yes even while the bus is down: otherwise all
// relays would become unready together.
func (s *health) readyz(c *fiber.Ctx) error {
	if s.draining() {
		return errDraining
	}
	if err := s.ready.check(s.now(), s.history.Ready); err != nil {
		s.log.Error("the store is not ready", "error", err)
		return refuse(protocol.CodeUnavailable, "the store cannot be written at present")
	}
	switch {
	case s.busUp == nil:
		return answer(c, fiber.StatusOK, []byte(`{"status":"ready"}`))
	case s.busUp():
		return answer(c, fiber.StatusOK, []byte(`{"status":"ready","bus":"up"}`))
	}
	return answer(c, fiber.StatusOK, []byte(`{"status":"ready","bus":"down"}`))
}
