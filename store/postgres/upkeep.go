package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"hallway/relay/rules"
	"hallway/store/word"
)

const (
	// upkeepEvery is the time between two looks for something to do, upkeepPause the least time between two slices.
	upkeepEvery = 500 * time.Millisecond
	upkeepPause = 5 * time.Millisecond
	// indexPauses is how many times as long as a slice of the index the commits have for themselves after it: where both
	// cannot be done at once, the messages come first, and a search finds them later.
	indexPauses = 4
	// leftEvery is the time between two looks for what other relays have left.
	leftEvery = 30 * time.Second
	// deleteRows limits the rows that one slice deletes.
	deleteRows = 1000
	// jobUpkeep is the job of the relay that deletes for all, for jobTime at a time.
	jobUpkeep = "upkeep"
	jobTime   = 10 * time.Second
)

// upkeep is the work that commits leave undone. Each relay indexes the rooms that it has changed; one for all deletes
// what is dropped or too old.
type upkeep struct {
	holder string // this relay, in leases

	mu        sync.Mutex
	unindexed map[int64]bool   // rooms with changes that a search does not find
	retention *rules.Retention // nil: messages are kept
	failed    error            // why the index lags behind; nil: it does not
	unfound   int64            // messages that the index lacks because it is made anew
}

// grew notes rooms with changes.
func (u *upkeep) grew(rooms map[int64]bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	maps.Copy(u.unindexed, rooms)
}

// searchable returns the error for which the index lags behind, nil if it does not.
func (u *upkeep) searchable() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failed != nil {
		return fmt.Errorf("the index of words is not up to date: %w", u.failed)
	}
	return nil
}

// load finds the work that an earlier process has left, and begins to make an index of an older version anew.
func (u *upkeep) load(ctx context.Context, s *Store) error {
	u.holder, u.unindexed = newEpoch("")+newEpoch(""), make(map[int64]bool)
	err := pgx.BeginFunc(ctx, s.readers, func(tx pgx.Tx) error {
		var version int
		if err := tx.QueryRow(ctx, `SELECT words FROM database FOR UPDATE`).Scan(&version); err != nil || version >= word.Version {
			return err
		}
		for _, step := range []string{`TRUNCATE search`, `UPDATE indexed SET rev = 0`} {
			if _, err := tx.Exec(ctx, step); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE database SET words = $1`, word.Version)
		return err
	})
	if err != nil {
		return err
	}
	return u.findLeft(ctx, s)
}

const selectUnindexed = `SELECT key, head - coalesce(rev, 0) FROM rooms LEFT JOIN indexed ON room = key WHERE name IS NOT NULL AND head > coalesce(rev, 0)`

// findLeft finds rooms with changes that nobody has put into the index.
func (u *upkeep) findLeft(ctx context.Context, s *Store) error {
	left := make(map[int64]bool)
	var unfound int64
	err := s.each(ctx, func(scan func(...any) error) error {
		var key, n int64
		err := scan(&key, &n)
		left[key] = true
		unfound += n
		return err
	}, selectUnindexed)
	u.grew(left)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.unfound = unfound
	return err
}

// Reindexing returns how many messages, at most, a search did not find at the last look because they are not indexed.
func (s *Store) Reindexing() int64 {
	s.upkeep.mu.Lock()
	defer s.upkeep.mu.Unlock()
	return s.upkeep.unfound
}

// tend does the work until the store is closed. What failed is tried again at the next look.
func (s *Store) tend() {
	tick := time.NewTicker(upkeepEvery)
	defer tick.Stop()
	looked := time.Now()
	for {
		select {
		case <-tick.C:
		case <-s.stop:
			return
		}
		ctx := s.stopping
		_ = s.index(ctx)
		if time.Since(looked) < leftEvery {
			continue
		}
		looked = time.Now()
		_ = s.upkeep.findLeft(ctx, s)
		if held, err := s.Lease(ctx, jobUpkeep, s.upkeep.holder, jobTime); err == nil && held {
			_ = s.deleteLeft(ctx)
		}
	}
}

// index puts into the index what the rooms have that changed.
func (s *Store) index(ctx context.Context) (err error) {
	u := &s.upkeep
	u.mu.Lock()
	rooms := slices.Sorted(maps.Keys(u.unindexed))
	clear(u.unindexed)
	u.mu.Unlock()
	for i, key := range rooms {
		for more := true; more; {
			began := time.Now()
			if more, err = s.indexSlice(ctx, key); err != nil {
				left := make(map[int64]bool)
				for _, key := range rooms[i:] {
					left[key] = true
				}
				u.grew(left)
				break
			}
			if more && !s.options.idle && !s.pause(indexPauses*time.Since(began)) {
				break
			}
		}
		if err != nil {
			break
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failed = nil
	if s.stopping.Err() == nil {
		u.failed = explain(err)
	}
	return err
}

// pause leaves the server to others for a moment, and returns false when the store is being closed.
func (s *Store) pause(d time.Duration) bool {
	select {
	case <-time.After(max(d, upkeepPause)):
		return true
	case <-s.stop:
		return false
	}
}
