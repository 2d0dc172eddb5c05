package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Store is a store in memory, for one relay or several. Its methods may be called from several goroutines.
type Store struct {
	options Options
	commits sync.Mutex // held from Stage to Sync by Commit

	mu     sync.Mutex
	state  *state // durable
	staged *state // what the transaction makes of it; nil: there is none
	closed bool
	lives  int // of rooms so far
	// filesName is what FilesName returns.
	filesName string
	// sent holds when participants sent in slow mode. It does not outlast a Close.
	sent   map[sender]protocol.Time
	leases map[string]lease // by job
}

// sender is a user in a life of a room.
type sender struct{ epoch, user string }

// Options say how a store differs from the usual; the zero Options are a usual one.
type Options struct {
	// Epoch names the n-th life of all rooms.
	Epoch func(room string, n int) string
	// ReactionUsers limits the users whom a reaction names.
	ReactionUsers int
	// ClearMax limits the messages that one op clears.
	ClearMax int
	// Now tells which sanctions are in force when they are listed.
	Now func() time.Time
}

var errClosed = errors.New("the store is closed")

// New returns an empty store.
func New(o Options) *Store {
	if o.Epoch == nil {
		o.Epoch = func(_ string, n int) string { return fmt.Sprint("life-", n) }
	}
	if o.ReactionUsers == 0 {
		o.ReactionUsers = protocol.ReactionUsersMax
	}
	if o.ClearMax == 0 {
		o.ClearMax = rules.ClearMax
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{options: o, state: newState(), sent: make(map[sender]protocol.Time), leases: make(map[string]lease)}
}

// Commit carries out ops; see [rules.Store].
func (s *Store) Commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	s.commits.Lock()
	defer s.commits.Unlock()
	outcomes, err := s.Stage(now, ops)
	if err != nil {
		return nil, err
	}
	s.Sync()
	return outcomes, nil
}

// Stage carries out ops in a transaction, in place of one that was staged before. Nobody
// reads what they change before Sync.
func (s *Store) Stage(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staged = nil
	if s.closed {
		return nil, errClosed
	}
	parts, err := rules.Parts(ops)
	if err != nil {
		return nil, err
	}
	tx := s.state.begin()
	outcomes := make([]rules.Outcome, 0, len(ops))
	for _, part := range parts {
		set := s.load(tx, protocol.TimeOf(now), rules.KeysOf(part))
		for i := range part {
			outcomes = append(outcomes, set.Do(&part[i]))
		}
		s.save(tx, set)
	}
	s.staged = tx
	return outcomes, nil
}

// Sync makes durable what is staged.
func (s *Store) Sync() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.staged == nil {
		return
	}
	maps.Copy(s.sent, s.staged.sent)
	s.state, s.staged = s.staged, nil
	s.state.end()
}

// Rollback forgets what is staged.
func (s *Store) Rollback() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staged = nil
}

// Staged reports whether a transaction is staged.
func (s *Store) Staged() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.staged != nil
}

// Ready returns an error once the store is closed; see [rules.Store].
func (s *Store) Ready(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	return nil
}

// Close ends the store; see [rules.Store].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.staged = true, nil
	return nil
}

// Reopen opens the store again after Close.
func (s *Store) Reopen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = false
	clear(s.sent)
}

// read returns what is durable.
func (s *Store) read(ctx context.Context) (*state, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	return s.state, ctx.Err()
}

// A Snapshot is all that was durable at a moment.
type Snapshot struct{ state *state }

// Snapshot returns all that is durable now.
func (s *Store) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Snapshot{s.state}
}

// Restore puts a snapshot in the place of what is stored. Each room begins another life.
func (s *Store) Restore(from Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	everywhere := s.state.everywhere + 1
	s.staged, s.state = nil, from.state.begin()
	s.state.everywhere = everywhere
	for _, name := range s.state.names() {
		s.state.own(name).renew(s.newEpoch(name))
	}
	s.state.end()
	clear(s.sent)
}

func (s *Store) newEpoch(room string) string {
	s.lives++
	return s.options.Epoch(room, s.lives)
}
