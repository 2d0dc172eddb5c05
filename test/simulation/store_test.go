package simulation

import (
	"context"
	"sync"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/store/storetest"
)

// TestStore holds the simulated store to the suite of the real one.
func TestStore(t *testing.T) {
	stores := map[string]*lockedStore{}
	storetest.Run(t, func(_ *testing.T, dir string) hub.Store {
		s := stores[dir]
		if s == nil {
			s = &lockedStore{store: NewStore()}
			stores[dir] = s
		}
		s.store.Reopen()
		return s
	})
}

// lockedStore lets several goroutines use a store, which a world never does.
type lockedStore struct {
	mu    sync.Mutex
	store *Store
}

func (l *lockedStore) Commit(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.Commit(now, ops)
}

func (l *lockedStore) Page(ctx context.Context, room, user string, q hub.Query) (protocol.Page, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.Page(ctx, room, user, q)
}

func (l *lockedStore) Ready(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.Ready(ctx)
}

func (l *lockedStore) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.Close()
}
