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
	// upkeepEvery is the time between two checks for work, upkeepPause the least time between two slices.
	upkeepEvery = 500 * time.Millisecond
	upkeepPause = 5 * time.Millisecond
	// indexPauses is the pause after a slice of the index, as a multiple of its time: if the server is too slow for
	// both, messages come first, and a search finds them later.
	indexPauses = 4
	// leftEvery is the time between two checks for work that other relays have left.
	leftEvery = 30 * time.Second
	// deleteRows limits the rows that one slice deletes.
	deleteRows = 1000
	// jobUpkeep names the job of the relay that deletes for all relays, for jobTime at a time.
	jobUpkeep = "upkeep"
	jobTime   = 10 * time.Second
)

// upkeep does the background work. Each relay indexes the rooms that it has changed; one relay for all deletes dropped
// rooms and old messages, and one erases users.
type upkeep struct {
	*db
	holder string // the name of this relay in leases

	running sync.WaitGroup  // the goroutines
	ctx     context.Context // ends when the store is closed
	cancel  context.CancelFunc

	mu        sync.Mutex
	unindexed map[int64]bool   // rooms with changes that are not indexed
	retention *rules.Retention // nil: messages are kept
	failed    error            // the reason why the index is behind; nil: it is not
	unfound   int64            // messages that are not indexed because the index is made anew
}

var _ rules.Upkeep = (*upkeep)(nil)

func (u *upkeep) init(d *db) {
	u.db, u.holder, u.unindexed = d, newEpoch("")+newEpoch(""), make(map[int64]bool)
	u.ctx, u.cancel = context.WithCancel(context.Background())
}

// start starts the work.
func (u *upkeep) start(ctx context.Context) error {
	if err := u.load(ctx); err != nil {
		return err
	}
	if !u.options.idle {
		u.running.Go(u.maintain)
	}
	return nil
}

// close ends the work and gives up this relay's leases. If that fails, they expire.
func (u *upkeep) close() {
	u.cancel()
	u.running.Wait()
	if u.readers == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = u.readers.Exec(ctx, `DELETE FROM leases WHERE holder = $1`, u.holder)
}

// grew notes rooms with changes.
func (u *upkeep) grew(rooms map[int64]bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	maps.Copy(u.unindexed, rooms)
}

// searchable returns the error because of which the index is behind; nil if it is not.
func (u *upkeep) searchable() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failed != nil {
		return fmt.Errorf("the index of words is not up to date: %w", u.failed)
	}
	return nil
}

// load finds the work that an earlier process has left, and starts to replace an index of an older version.
func (u *upkeep) load(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, u.readers, func(tx pgx.Tx) error {
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
	return u.findLeft(ctx)
}

const selectUnindexed = `SELECT key, head - coalesce(rev, 0) FROM rooms LEFT JOIN indexed ON room = key WHERE name IS NOT NULL AND head > coalesce(rev, 0)`

// findLeft finds rooms with unindexed changes that no relay handles.
func (u *upkeep) findLeft(ctx context.Context) error {
	left := make(map[int64]bool)
	var unfound int64
	err := u.each(ctx, func(scan func(...any) error) error {
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

// Reindexing returns an upper bound of the messages that a search did not find at the last check, because they are not
// indexed.
func (u *upkeep) Reindexing() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.unfound
}

// maintain does the work until the store is closed. Failed work is retried at the next check.
func (u *upkeep) maintain() {
	tick := time.NewTicker(upkeepEvery)
	defer tick.Stop()
	looked := time.Now()
	for {
		select {
		case <-tick.C:
		case <-u.ctx.Done():
			return
		}
		ctx := u.ctx
		_ = u.index(ctx)
		if time.Since(looked) < leftEvery {
			continue
		}
		looked = time.Now()
		_ = u.findLeft(ctx)
		if held, err := u.Lease(ctx, jobUpkeep, u.holder, jobTime); err == nil && held {
			_ = u.deleteLeft(ctx)
		}
	}
}

// index puts changed rooms into the index.
func (u *upkeep) index(ctx context.Context) (err error) {
	u.mu.Lock()
	rooms := slices.Sorted(maps.Keys(u.unindexed))
	clear(u.unindexed)
	u.mu.Unlock()
	for i, key := range rooms {
		for more := true; more; {
			began := time.Now()
			if more, err = u.indexSlice(ctx, key); err != nil {
				left := make(map[int64]bool)
				for _, key := range rooms[i:] {
					left[key] = true
				}
				u.grew(left)
				break
			}
			if more && !u.options.idle && !u.pause(indexPauses*time.Since(began)) {
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
	if u.ctx.Err() == nil {
		u.failed = explain(err)
	}
	return err
}

// pause waits, so that the server can do other work. It returns false when the store is being closed.
func (u *upkeep) pause(d time.Duration) bool {
	select {
	case <-time.After(max(d, upkeepPause)):
		return true
	case <-u.ctx.Done():
		return false
	}
}
