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
	staged *state // the state after the transaction; nil: there is none
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

// A Snapshot is all that was durable at a moment.
type Snapshot struct{ state *state }

// Snapshot returns all that is durable now.
func (s *states) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Snapshot{s.state}
}

// Life returns the present life of a room as it is durable; a room that does not exist has no epoch. It does not
// change.
func (s *states) Life(room string) *Room {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.state.rooms[room]; r != nil {
		return r
	}
	return &Room{name: room}
}
