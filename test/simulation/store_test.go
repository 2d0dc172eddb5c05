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
	stores := map[string]*suited{}
	storetest.Run(t, storetest.Kind{
		Open: func(_ *testing.T, dir string) storetest.Store {
			s := stores[dir]
			if s == nil {
				s = &suited{Model: storetest.NewModel(), store: NewStore()}
				stores[dir] = s
			}
			s.store.Reopen()
			s.Model.Reopen()
			return s
		},
		Settle:      func(storetest.Store) {},
		Unmoderated: true,
	})
}

// suited is a store that several goroutines may use. What a world never asks
// for, searches and the directory, is the suite's own model's to answer.
type suited struct {
	*storetest.Model
	mu    sync.Mutex
	store *Store
}

func (s *suited) Commit(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	outcomes, err := s.store.Commit(now, ops)
	if err == nil {
		_, err = s.Model.Commit(now, ops)
	}
	return outcomes, err
}

func (s *suited) Page(ctx context.Context, room, user string, q hub.Query) (protocol.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Kind != hub.QuerySearch {
		return s.store.Page(ctx, room, user, q)
	}
	page, err := s.Model.Page(ctx, room, user, q)
	page.Epoch = s.store.room(room).epoch
	return page, err
}

func (s *suited) Rooms(ctx context.Context, user string, names []string) ([]hub.Room, error) {
	rooms, err := s.Model.Rooms(ctx, user, names)
	for i := range rooms {
		rooms[i].Epoch = s.store.room(rooms[i].Name).epoch
	}
	return rooms, err
}

func (s *suited) Room(ctx context.Context, room, user string) (hub.Room, bool, error) {
	r, ok, err := s.Model.Room(ctx, room, user)
	r.Epoch = s.store.room(room).epoch
	return r, ok, err
}

func (s *suited) Ready(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.Ready(ctx)
}

func (s *suited) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.Model.Close()
	return s.store.Close()
}
