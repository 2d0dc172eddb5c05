package memory

import (
	"context"
	"errors"
	"sync"
)

var errClosed = errors.New("the store is closed")

// states holds the durable and the staged state. All parts of a store share it.
type states struct {
	mu     sync.Mutex
	state  *state // durable
	staged *state // the state after the staged transaction; nil: none is staged
	closed bool
}

// read returns the durable state.
func (s *states) read(ctx context.Context) (*state, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	return s.state, ctx.Err()
}

// change changes the durable state, and drops the staged one.
func (s *states) change(ctx context.Context, do func(*state)) error {
	if _, err := s.read(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.state.begin()
	do(tx)
	s.state, s.staged = tx, nil
	s.state.end()
	return nil
}

// A Snapshot is the complete durable content at one moment.
type Snapshot struct{ state *state }

// Snapshot returns the present durable content.
func (s *states) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Snapshot{s.state}
}

// Life returns the present durable state of a room; a room that does not exist has no epoch. The state does not change.
func (s *states) Life(room string) *Room {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.state.rooms[room]; r != nil {
		return r
	}
	return &Room{name: room}
}
