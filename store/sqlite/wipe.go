package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A transaction that deletes content marks the database as unwiped, by its user_version, so that the next process knows
// it after a crash. Some seconds later the store wipes the database of all content that was deleted until then: it
// merges the index of words into one part, cuts the log and scrubs the file. Then it marks the database as wiped. A
// database of an earlier version counts as unwiped.
const (
	// wipeAfter is the time for which deletions are collected before a wipe.
	wipeAfter = 10 * time.Second
	// wipePause is the pause after a wipe as a multiple of its time: in a large database a wipe is expensive, because
	// the index is rewritten.
	wipePause = 20
	// wipeLook is the time between two checks whether a wipe is due.
	wipeLook = time.Second
	// wipeClosedBytes limits the size of a database that is wiped at its closing: it is rewritten then, which takes
	// less than half a second. A larger one is wiped after its next opening.
	wipeClosedBytes = 64 << 20
	// wipeClosedTime limits the time of the wipe at closing.
	wipeClosedTime = 3 * time.Second

	unwiped = `PRAGMA user_version = 0`
	wiped   = `PRAGMA user_version = 1`
)

// wiping notes whether the file has deleted content. Only the current writer may use it.
type wiping struct {
	unwiped bool      // content was deleted since the last wipe began
	since   time.Time // the time of the first such deletion
	marked  bool      // the database is marked as unwiped
}

// load reads the mark that an earlier process has left.
func (w *wiping) load(ctx context.Context, db *sql.DB) error {
	var version int
	err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version)
	w.unwiped, w.marked, w.since = version == 0, version == 0, time.Now()
	return err
}

// markUnwiped marks the database in a transaction that deletes something.
func (w *wiping) markUnwiped(ctx context.Context, tx *sql.Tx) error {
	if w.marked {
		return nil
	}
	_, err := tx.ExecContext(ctx, unwiped)
	return err
}

// deleted notes that such a transaction may have been committed.
func (w *wiping) deleted() {
	if !w.unwiped {
		w.since = time.Now()
	}
	w.unwiped, w.marked = true, true
}

// inDeletingSlice is inSlice for a transaction that deletes content.
func (u *upkeep) inDeletingSlice(ctx context.Context, do func(*sql.Tx) error) error {
	w := &u.wiping
	err := u.inSlice(ctx, func(tx *sql.Tx) error {
		if err := w.markUnwiped(ctx, tx); err != nil {
			return err
		}
		return do(tx)
	})
	w.deleted()
	w.marked = err == nil
	return err
}

// wiper removes deleted content from the file.
type wiper struct {
	*db
	upkeep     *upkeep
	scrubber   *scrubber
	forgetting chan struct{} // a lock: one caller at a time makes the index forget

	// Set by tests:

	wipeAfter     time.Duration
	wipeClosedMax int64 // the largest database that is wiped at its closing
	wipeClosedFor time.Duration
	vacuumMax     int64 // the largest database that is rewritten after an erasure
}

func newWiper(d *db, u *upkeep) wiper {
	return wiper{
		db: d, upkeep: u, forgetting: make(chan struct{}, 1),
		wipeAfter: wipeAfter, wipeClosedMax: wipeClosedBytes, wipeClosedFor: wipeClosedTime, vacuumMax: vacuumBytes,
	}
}

// runWipes wipes the database when a wipe is due, until the store is closed.
func (w *wiper) runWipes() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.running.Go(func() {
		<-w.stop
		cancel()
	})
	tick := time.NewTicker(wipeLook)
	defer tick.Stop()
	var next time.Time
	for {
		select {
		case <-tick.C:
		case <-w.stop:
			return
		}
		w.turn.Lock()
		due := w.upkeep.wiping.unwiped && time.Since(w.upkeep.wiping.since) >= w.wipeAfter
		w.turn.Unlock()
		if !due || time.Now().Before(next) {
			continue
		}
		began := time.Now()
		_ = w.wipe(ctx) // a failed wipe is retried
		next = time.Now().Add(wipePause * time.Since(began))
	}
}

// wipe removes all content that was deleted so far from the file.
func (w *wiper) wipe(ctx context.Context) (err error) {
	state := &w.upkeep.wiping
	w.turn.Lock()
	state.unwiped = false
	w.turn.Unlock()
	defer func() {
		if err != nil {
			w.turn.Lock()
			defer w.turn.Unlock()
			state.deleted()
		}
	}()
	if err := w.forgetIndex(ctx, mergedStep); err != nil {
		return err
	}
	if err := w.emptyLog(ctx); err != nil {
		return err
	}
	if err := w.scrubFile(ctx); err != nil {
		return err
	}
	return w.inTurn(func() error {
		if state.unwiped {
			return nil
		}
		_, err := w.writer.ExecContext(ctx, wiped)
		state.marked = err != nil
		return err
	})
}

// wipeClosed wipes a database before its closing, if that is quick. After a failure the next process does it.
func (w *wiper) wipeClosed(ctx context.Context) {
	u := w.upkeep
	if w.writes == nil || !u.wiping.marked || u.reindex.outdated || len(u.reindex.rooms) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, w.wipeClosedFor)
	defer cancel()
	var small bool
	err := w.writer.QueryRowContext(ctx, `SELECT page_count * page_size <= ? FROM pragma_page_count, pragma_page_size`, w.wipeClosedMax).Scan(&small)
	if err != nil || !small {
		return
	}
	for more := true; more && err == nil; { // the index still has deleted texts
		var pause time.Duration
		pause, err = u.runSlice(ctx)
		more = pause > 0
	}
	for _, step := range []string{`INSERT INTO search (search) VALUES ('optimize')`, `VACUUM`, wiped} {
		if err == nil {
			_, err = w.writer.ExecContext(ctx, step)
		}
	}
}

var roomsBehind = writing(`SELECT key, head FROM rooms WHERE indexed < head AND dropped = 0`)

// forgetIndex removes all content that was deleted so far from the index of words, and runs the first of forgetSteps.
func (w *wiper) forgetIndex(ctx context.Context, steps int) error {
	select {
	case w.forgetting <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-w.forgetting }()
	f := &forgetting{unindexed: make(map[int64]int64), steps: steps, done: make(chan struct{})}
	err := w.inTurn(func() error {
		err := query(ctx, w.writes[roomsBehind], func(scan func(...any) error) error {
			var room, head int64
			err := scan(&room, &head)
			f.unindexed[room] = head
			return err
		})
		if err == nil {
			w.upkeep.forgets = f
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("forget what was deleted: %w", err)
	}
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return errors.Join(ctx.Err(), w.inTurn(func() error {
			if w.upkeep.forgets == f {
				w.upkeep.forgets = nil
			}
			return nil
		}))
	}
}
