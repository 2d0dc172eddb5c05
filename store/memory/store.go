package memory

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Store is a store in memory, for one relay or several. Its methods are safe for concurrent use.
type Store struct {
	*states
	reader
	files
	shared
	options Options
	commits sync.Mutex // held from Stage to Sync by Commit

	// Guarded by the lock of states:

	lives int // the number of epochs so far
	// sent holds the times of sends in slow mode. A Close forgets them.
	sent map[sender]protocol.Time
}

// reader reads the durable state.
type reader struct {
	*states
	now func() time.Time // decides which sanctions are in force
}

var (
	_ rules.Store      = (*Store)(nil)
	_ rules.Directory  = (*Store)(nil)
	_ rules.Moderation = (*Store)(nil)
	_ rules.Files      = (*Store)(nil)
	_ rules.Locks      = (*Store)(nil)
	_ rules.Shared     = (*Store)(nil)
)

// sender is a user in a room of an epoch.
type sender struct{ epoch, user string }

// Options hold the parameters of New; the zero Options are the default.
type Options struct {
	// Epoch returns the epoch of the n-th created room.
	Epoch func(room string, n int) string
	// ReactionUsers limits the users whom a reaction names.
	ReactionUsers int
	// ClearMax limits the messages that one op clears.
	ClearMax int
	// Now decides which sanctions are in force when they are listed.
	Now func() time.Time
}

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
	kept := &states{state: newState()}
	return &Store{
		states: kept, reader: reader{kept, o.Now}, files: files{states: kept},
		shared:  shared{kept, o.Now, make(map[string]lease)},
		options: o, sent: make(map[sender]protocol.Time),
	}
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

// Stage carries out ops in a transaction, which replaces an earlier staged one. Readers see the changes after Sync.
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

// Sync makes the staged transaction durable.
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

// Rollback drops the staged transaction.
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

// Ready returns an error after Close; see [rules.Store].
func (s *Store) Ready(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	return nil
}

// Close closes the store; see [rules.Store].
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

// Restore replaces the content by a snapshot. Each room gets another epoch.
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
