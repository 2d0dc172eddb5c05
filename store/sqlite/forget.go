package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"time"
)

// The store removes deleted content from the file while the file is in use. SQLite overwrites deleted content inside a
// page at once (secure_delete). Three kinds of remains are left: the index of words, which only notes deletions until
// its parts are merged into one; free pages; and the write-ahead log. The store removes each in slices.
//
// FTS4 keeps a row for each part in search_segdir: the levels of its indexes are 1024 apart, older parts are at higher
// levels, and parts of one level are ordered by idx. It merges only the parts of one level, and drops a word without
// documents only if no part is above, not even at the next index's lowest level. So all parts are moved to one level,
// far above those that FTS4 reaches itself, and nothing is indexed until they are merged into one: some seconds for a
// million messages.

const (
	forgetLevel = "500"
	// forgetPages limits the merge of the index between two checks of the clock: 8 pages, of levels with 2 parts or
	// more.
	forgetPages = "8,2"
	// blankBytes is the number of bytes of free pages that are overwritten between two checks of the clock.
	blankBytes = 64 << 10
	// vacuumBytes limits the size of a database that is rewritten at once, which delays the commits for about half a
	// second. Only a rewrite removes the remains of a row that SQLite leaves in unused bytes of a page when it moves
	// rows to other pages.
	vacuumBytes = 64 << 20
)

// forgetting is a running removal of deleted content. Only the current writer may use it.
type forgetting struct {
	unindexed map[int64]int64 // rooms with changes that must be indexed first, each up to a rev
	step      int             // in forgetSteps
	steps     int             // the number of steps to run
	done      chan struct{}   // closed at the end
}

// mergedStep is the first of forgetSteps that does not use the index.
const mergedStep = 2

// forgetSteps run in this order, each until it reports that it is done.
var forgetSteps = []func(context.Context, *sql.Tx) (done bool, err error){gatherParts, mergeParts, takeFree, freeOverwritten}

// ready reports whether a slice can run.
func (f *forgetting) ready(u *upkeep) bool {
	return f != nil && len(f.unindexed) == 0 && len(u.dropped) == 0 && !u.reindex.outdated
}

// alone reports whether no other work may use the index meanwhile.
func (f *forgetting) alone(u *upkeep) bool { return f.ready(u) && f.step < mergedStep }

// indexed notes the revs up to which rooms are indexed.
func (f *forgetting) indexed(heard map[int64]int64) {
	if f == nil {
		return
	}
	maps.DeleteFunc(f.unindexed, func(room, rev int64) bool { return heard[room] >= rev })
}

// forget removes all content that was deleted so far from the file.
func (w *wiper) forget(ctx context.Context) error {
	if err := w.forgetIndex(ctx, len(forgetSteps)); err != nil {
		return err
	}
	if err := w.vacuumSmall(ctx); err != nil {
		return err
	}
	if err := w.emptyLog(ctx); err != nil {
		return err
	}
	return w.scrubFile(ctx)
}

// vacuumSmall rewrites a small database.
func (w *wiper) vacuumSmall(ctx context.Context) error {
	return w.inTurn(func() error {
		var small bool
		err := w.writer.QueryRowContext(ctx, `SELECT page_count * page_size <= ? FROM pragma_page_count, pragma_page_size`, w.vacuumMax).Scan(&small)
		if err == nil && small {
			_, err = w.writer.ExecContext(ctx, `VACUUM`)
		}
		if err != nil {
			return fmt.Errorf("write the database anew: %w", err)
		}
		return nil
	})
}

// forgetSlice runs some of the steps.
func (u *upkeep) forgetSlice(ctx context.Context, began time.Time) error {
	f := u.forgets
	step := f.step
	err := u.inSlice(ctx, func(tx *sql.Tx) error {
		for some := false; step < f.steps && !u.over(began, some); some = true {
			done, err := forgetSteps[step](ctx, tx)
			if err != nil {
				return fmt.Errorf("forget what was deleted: %w", err)
			}
			if done {
				step++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.step = step; step == f.steps {
		u.forgets = nil
		close(f.done)
	}
	return nil
}

// gatherParts moves all parts of the index to one level, the oldest first.
func gatherParts(ctx context.Context, tx *sql.Tx) (done bool, err error) {
	for _, stmt := range []string{
		`UPDATE search_segdir SET level = -1 - search_segdir.level / 1024, idx = place FROM
			(SELECT level, idx, row_number() OVER (PARTITION BY level / 1024 ORDER BY level DESC, idx) - 1 AS place
				FROM search_segdir) AS parts
			WHERE search_segdir.level = parts.level AND search_segdir.idx = parts.idx`,
		`UPDATE search_segdir SET level = (-1 - level) * 1024 + ` + forgetLevel + ` WHERE level < 0`,
		`DELETE FROM search_stat WHERE id = 1`, // the position of the next merge
	} {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return false, err
		}
	}
	return true, nil
}

// mergeParts merges some of the gathered parts, until each index is one part. If a dropped room has added parts
// meanwhile, it gathers all parts again.
func mergeParts(ctx context.Context, tx *sql.Tx) (done bool, err error) {
	var before, after int64
	if err := tx.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&before); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO search (search) VALUES ('merge=`+forgetPages+`')`); err != nil {
		return false, err
	}
	var added bool
	err = tx.QueryRowContext(ctx, `SELECT total_changes(),
		EXISTS (SELECT 1 FROM search_segdir WHERE level % 1024 < `+forgetLevel+`),
		NOT EXISTS (SELECT 1 FROM search_segdir GROUP BY level / 1024 HAVING count(*) > 1)`).Scan(&after, &added, &done)
	stuck := after-before < 2 && !done // by SQLite's documentation, nothing was merged
	if err == nil && (added || stuck) {
		_, err = gatherParts(ctx, tx)
	}
	return done && !added, err
}

// takeFree overwrites some free pages.
func takeFree(ctx context.Context, tx *sql.Tx) (done bool, err error) {
	var free int
	if err := tx.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&free); err != nil || free == 0 {
		return true, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO blanks VALUES (zeroblob(?))`, blankBytes)
	return false, err
}

// freeOverwritten frees some of the overwritten pages again.
func freeOverwritten(ctx context.Context, tx *sql.Tx) (done bool, err error) {
	some, err := affects(tx.ExecContext(ctx, `DELETE FROM blanks WHERE rowid = (SELECT min(rowid) FROM blanks)`))
	return !some, err
}

// emptyLog cuts the write-ahead log, once no reader uses it.
func (w *wiper) emptyLog(ctx context.Context) error {
	for {
		if _, _, err := checkpoint(ctx, w.checkpoints.db, "PASSIVE"); err != nil { // most of it, beside the commits
			return err
		}
		var emptied bool
		err := w.inTurn(func() (err error) {
			emptied, err = w.truncateLog(ctx)
			return err
		})
		if err != nil {
			return err
		}
		if emptied {
			return nil
		}
		if err := sleep(ctx, logBusyPause); err != nil {
			return err
		}
	}
}
