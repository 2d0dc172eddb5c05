package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

const (
	// indexMessages and indexBytes limit the changes that one slice adds to the index.
	indexMessages = 200
	indexBytes    = 256 << 10
)

const (
	// One relay at a time indexes a room. The locked row is not the room's, so no commit waits.
	lockIndexed = `INSERT INTO indexed (room, rev) SELECT key, 0 FROM rooms WHERE key = $1 AND name IS NOT NULL
		ON CONFLICT (room) DO UPDATE SET rev = indexed.rev WHERE EXISTS (SELECT 1 FROM rooms WHERE key = $1 AND name IS NOT NULL) RETURNING rev`
	selectChanges = `SELECT seq, rev, text FROM ((SELECT seq, rev, text FROM messages WHERE room = $1 AND seq > $2 AND rev = seq ORDER BY seq LIMIT $3) UNION ALL
		(SELECT seq, rev, text FROM messages WHERE room = $1 AND rev > $2 AND rev <> seq ORDER BY rev LIMIT $3)) AS changed ORDER BY rev LIMIT $3`
	deleteTerms = `DELETE FROM search WHERE room = $1 AND seq = ANY ($2::bigint[])`
	insertTerms = `INSERT INTO search (room, seq, terms) VALUES ($1, $2, array_to_tsvector($3::text[]))
		ON CONFLICT (room, seq) DO UPDATE SET terms = excluded.terms`
	setIndexed = `UPDATE indexed SET rev = $2 WHERE room = $1`
)

// indexSlice adds some changes of a room to the index of words, in the order of their revs, and notes its progress.
// more reports whether others follow. The upkeep repeats changes that a crash loses, so nothing waits for the disk.
func (u *upkeep) indexSlice(ctx context.Context, key int64) (more bool, err error) {
	err = pgx.BeginFunc(ctx, u.readers, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
			return err
		}
		var rev int64
		err := tx.QueryRow(ctx, lockIndexed, key).Scan(&rev)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // the room was dropped
		}
		if err != nil {
			return err
		}
		more, err = u.indexSome(ctx, tx, key, rev)
		return err
	})
	return more, err
}

// indexSome adds changes after a rev to the index.
func (u *upkeep) indexSome(ctx context.Context, tx pgx.Tx, key, rev int64) (more bool, err error) {
	var writes pgx.Batch
	var gone []int64
	rows, err := tx.Query(ctx, selectChanges, key, rev, indexMessages)
	if err != nil {
		return false, err
	}
	var seq, last int64
	var text string
	n, bytes := 0, 0
	_, err = pgx.ForEachRow(rows, []any{&seq, &last, &text}, func() error {
		if n++; bytes >= indexBytes {
			more = true
			return nil
		}
		rev, bytes = last, bytes+len(text)
		terms := lexemes(key, seq, text)
		if len(terms) == 0 {
			gone = append(gone, seq)
		} else {
			writes.Queue(insertTerms, key, seq, terms)
		}
		return nil
	})
	if err != nil || n == 0 {
		return false, err
	}
	if len(gone) > 0 {
		writes.Queue(deleteTerms, key, gone)
	}
	writes.Queue(setIndexed, key, rev)
	return more || n == indexMessages, tx.SendBatch(ctx, &writes).Close()
}
