package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"hallway/store/word"
)

// The index of words is replaced if this version of the program makes other terms. The old table is renamed to
// search_old and emptied in slices, and a new one takes its place. New messages and changes are indexed in the new
// table at once; the old messages follow, a room's newest first. The progress is in the database, so that the next
// process continues there.

// newIndex creates the table search. Its terms are ready-made, separated by spaces.
const newIndex = `CREATE VIRTUAL TABLE search USING fts4 (text, tokenize=simple, matchinfo=fts3, order=desc)`

// checkIndexVersion starts the replacement of an index of another version.
func checkIndexVersion(ctx context.Context, db *sql.DB, version int) error {
	var has int
	if err := db.QueryRowContext(ctx, `SELECT version FROM index_version`).Scan(&has); err != nil || has == version {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	steps := []string{
		`DROP TABLE IF EXISTS search_old`, // rare: the previous table is not empty yet
		`ALTER TABLE search RENAME TO search_old`,
		newIndex,
		`DELETE FROM reindexes`,
		`INSERT INTO reindexes (room, below) SELECT key, head + 1 FROM rooms WHERE dropped = 0 AND head > 0`,
		`UPDATE rooms SET indexed = head WHERE dropped = 0`,
		`UPDATE index_version SET version = ` + fmt.Sprint(version),
	}
	for _, step := range steps {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("make the index of words anew: %w", err)
		}
	}
	var empty bool
	if err := tx.QueryRowContext(ctx, `SELECT count(*) = 0 FROM (SELECT 1 FROM search_old_content LIMIT 1)`).Scan(&empty); err != nil {
		return err
	}
	if empty {
		if _, err := tx.ExecContext(ctx, `DROP TABLE search_old`); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// reindexing is the remaining work of replacing the index. Only the current writer may use it.
type reindexing struct {
	outdated bool // the old index still exists
	rooms    []reindexRoom
}

type reindexRoom struct{ key, below int64 }

// load finds the remaining work.
func (r *reindexing) load(ctx context.Context, db *sql.DB) error {
	err := db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'search_old'`).Scan(&r.outdated)
	if err != nil {
		return err
	}
	return ask(ctx, db, func(scan func(...any) error) error {
		var room reindexRoom
		err := scan(&room.key, &room.below)
		r.rooms = append(r.rooms, room)
		return err
	}, `SELECT room, below FROM reindexes JOIN rooms ON rooms.key = room WHERE dropped = 0 ORDER BY last_at DESC`)
}

// left returns an upper bound of the unindexed messages: it includes deleted ones.
func (r *reindexing) left() (n int64) {
	for _, room := range r.rooms {
		n += room.below - 1
	}
	return n
}

// Reindexing returns an upper bound of the messages that a search does not find because the index of words is being
// replaced.
func (u *upkeep) Reindexing() int64 { return u.unfound.Load() }

var (
	messagesBefore = writing(`SELECT seq, text FROM messages WHERE room = (SELECT key FROM rooms WHERE key = ? AND dropped = 0) AND seq < ?
		ORDER BY seq DESC LIMIT ?`)
	// A change of the message may already be in the index.
	insertNewWords = writing(`INSERT INTO search (docid, text) SELECT (?1 << 32) + ?2, ?3
		WHERE NOT EXISTS (SELECT 1 FROM search WHERE docid = (?1 << 32) + ?2)`)
	setReindexed = writing(`UPDATE reindexes SET below = ?2 WHERE room = ?1`)
	endReindex   = writing(`DELETE FROM reindexes WHERE room = ?1`)
)

// reindexSlice does a part of the remaining work.
func (u *upkeep) reindexSlice(ctx context.Context, began time.Time) error {
	if u.reindex.outdated {
		gone := false
		err := u.inDeletingSlice(ctx, func(tx *sql.Tx) (err error) {
			gone, err = u.emptyOld(ctx, tx, began)
			return err
		})
		u.reindex.outdated = err != nil || !gone
		return err
	}
	rooms := append([]reindexRoom(nil), u.reindex.rooms...)
	err := u.inSlice(ctx, func(tx *sql.Tx) error {
		for some := false; len(rooms) > 0 && !u.over(began, some); some = true {
			more, err := u.reindexSome(ctx, tx, &rooms[0])
			if err != nil {
				return fmt.Errorf("index the messages anew: %w", err)
			}
			if !more {
				rooms = rooms[1:]
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	u.reindex.rooms = rooms
	u.unfound.Store(u.reindex.left())
	u.unmerged, u.merges = true, mergeSlices
	return nil
}

// emptyOld deletes a part of the old index, and finally its table.
func (u *upkeep) emptyOld(ctx context.Context, tx *sql.Tx, began time.Time) (gone bool, err error) {
	some := false
	for _, table := range []string{"content", "segments"} {
		table = "search_old_" + table
		for more := true; more; {
			if u.over(began, some) {
				return false, nil
			}
			at := u.clock()
			more, err = affects(tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE rowid IN (SELECT rowid FROM `+table+` LIMIT ?)`, u.pace.next()))
			if err != nil {
				return false, fmt.Errorf("delete the index of words before: %w", err)
			}
			some = some || more
			u.pace.took(u.clock().Sub(at))
		}
	}
	_, err = tx.ExecContext(ctx, `DROP TABLE search_old`)
	return err == nil, err
}

// reindexSome indexes some messages of a room, the newest of the remaining ones.
func (u *upkeep) reindexSome(ctx context.Context, tx *sql.Tx, room *reindexRoom) (more bool, err error) {
	var messages []unindexed
	err = query(ctx, tx.StmtContext(ctx, u.writes[messagesBefore]), func(scan func(...any) error) error {
		var m unindexed
		err := scan(&m.seq, &m.text)
		messages = append(messages, m)
		return err
	}, room.key, room.below, indexMessages)
	if err != nil {
		return false, err
	}
	more = len(messages) == indexMessages
	bytes := 0
	for _, m := range messages {
		if bytes >= indexBytes {
			more = true
			break
		}
		if m.text != "" && m.seq <= seqMax {
			if _, err := tx.StmtContext(ctx, u.writes[insertNewWords]).ExecContext(ctx, room.key, m.seq, word.Index(m.text)); err != nil {
				return false, err
			}
		}
		room.below, bytes = m.seq, bytes+len(m.text)
	}
	if more {
		_, err = tx.StmtContext(ctx, u.writes[setReindexed]).ExecContext(ctx, room.key, room.below)
	} else {
		_, err = tx.StmtContext(ctx, u.writes[endReindex]).ExecContext(ctx, room.key)
	}
	return more, err
}
