package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"hallway/store/word"
)

const (
	// indexMessages and indexBytes limit the texts that are indexed between two checks of the clock.
	indexMessages = 16
	indexBytes    = 4 << 10
	// mergePages limits one merge of the index: 8 pages, of levels with 8 parts or more.
	mergePages = "8,8"
	// mergeSlices is the number of merging slices after each slice that adds a part. With fewer, there are too many
	// parts, and SQLite merges them all at once.
	mergeSlices = 8
)

var (
	indexedUpTo      = writing(`SELECT indexed FROM rooms WHERE key = ? AND dropped = 0`)
	unindexedChanges = writing(since(func(rev string) string { return `seq, ` + rev + `, text` }))
	setIndexedUpTo   = writing(`UPDATE rooms SET indexed = ? WHERE key = ?`)
	insertWords      = writing(`INSERT INTO search (docid, text) VALUES ((?1 << 32) + ?2, ?3)`)
	removeWords      = writing(`DELETE FROM search WHERE docid = (?1 << 32) + ?2`)
	mergeIndex       = writing(`INSERT INTO search (search) VALUES ('merge=` + mergePages + `')`)
	totalChanges     = writing(`SELECT total_changes()`)
)

// indexSlice adds changes to the index of words, room by room and in the order of their revs, and notes each room's
// progress.
func (u *upkeep) indexSlice(ctx context.Context, began time.Time) error {
	var complete []int64
	heard := make(map[int64]int64) // the indexed rev by room
	err := u.inSlice(ctx, func(tx *sql.Tx) error {
		for key := range u.unindexed {
			for more := true; more; {
				if u.over(began, len(heard) > 0) {
					return nil
				}
				var err error
				if heard[key], more, err = u.indexSome(ctx, tx, key); err != nil {
					return fmt.Errorf("index the messages: %w", err)
				}
			}
			complete = append(complete, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range complete {
		delete(u.unindexed, key)
	}
	u.forgets.indexed(heard)
	u.unmerged, u.merges = true, mergeSlices
	return nil
}

// unindexed is a message that has changed since it was indexed.
type unindexed struct {
	seq, rev int64
	text     string
}

// indexSome adds some changes of a room to the index, and returns the rev up to which the room is indexed, and whether
// more changes follow.
func (u *upkeep) indexSome(ctx context.Context, tx *sql.Tx, key int64) (indexed int64, more bool, err error) {
	err = tx.StmtContext(ctx, u.writes[indexedUpTo]).QueryRowContext(ctx, key).Scan(&indexed)
	if errors.Is(err, sql.ErrNoRows) {
		return math.MaxInt64, false, nil // the room was dropped
	}
	if err != nil {
		return 0, false, err
	}
	changes, err := u.changes(ctx, tx, key, indexed)
	if err != nil || len(changes) == 0 {
		return indexed, false, err
	}
	more = len(changes) == indexMessages
	bytes := 0
	for _, m := range changes {
		if bytes >= indexBytes {
			more = true
			break
		}
		if m.rev != m.seq { // the index has its earlier text
			if _, err := tx.StmtContext(ctx, u.writes[removeWords]).ExecContext(ctx, key, m.seq); err != nil {
				return 0, false, err
			}
		}
		if m.text != "" && m.seq <= seqMax {
			if _, err := tx.StmtContext(ctx, u.writes[insertWords]).ExecContext(ctx, key, m.seq, word.Index(m.text)); err != nil {
				return 0, false, err
			}
		}
		indexed, bytes = m.rev, bytes+len(m.text)
	}
	_, err = tx.StmtContext(ctx, u.writes[setIndexedUpTo]).ExecContext(ctx, indexed, key)
	return indexed, more, err
}

// changes returns the next unindexed changes.
func (u *upkeep) changes(ctx context.Context, tx *sql.Tx, key, indexed int64) (changes []unindexed, err error) {
	err = query(ctx, tx.StmtContext(ctx, u.writes[unindexedChanges]), func(scan func(...any) error) error {
		var m unindexed
		err := scan(&m.seq, &m.rev, &m.text)
		changes = append(changes, m)
		return err
	}, key, indexed, indexMessages)
	return changes, err
}

// mergeSlice merges some parts of the index. Otherwise SQLite would finally merge them all at once.
func (u *upkeep) mergeSlice(ctx context.Context) error {
	var before, after int64
	err := u.inSlice(ctx, func(tx *sql.Tx) error {
		if err := tx.StmtContext(ctx, u.writes[totalChanges]).QueryRowContext(ctx).Scan(&before); err != nil {
			return err
		}
		if _, err := tx.StmtContext(ctx, u.writes[mergeIndex]).ExecContext(ctx); err != nil {
			return fmt.Errorf("merge the index of words: %w", err)
		}
		return tx.StmtContext(ctx, u.writes[totalChanges]).QueryRowContext(ctx).Scan(&after)
	})
	if err == nil {
		u.unmerged = after-before >= 2 // by SQLite's documentation
		u.merges--
	}
	return err
}
