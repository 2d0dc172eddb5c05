package server

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
)

const (
	// readyFor is how long an answer of the store about itself holds: it writes
	// to find out, and whoever may ask needs no token.
	readyFor     = time.Second
	readyTimeout = 2 * time.Second
)

// readiness remembers what the store said last.
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

// healthz tells that the process lives.
func (s *Server) healthz(c *fiber.Ctx) error {
	return answer(c, fiber.StatusOK, []byte(`{"status":"ok"}`))
}

// readyz tells whether new clients should be sent here.
func (s *Server) readyz(c *fiber.Ctx) error {
	if s.backend.Draining() {
		return errDraining
	}
	if err := s.ready.check(s.now(), s.history.Ready); err != nil {
		s.log.Error("the store is not ready", "error", err)
		return refuse(protocol.CodeUnavailable, "the store cannot be written at present")
	}
	return answer(c, fiber.StatusOK, []byte(`{"status":"ready"}`))
}
