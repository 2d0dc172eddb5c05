package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/column"
	"hallway/store/row"
)

// files compares the files in messages with the rows.
func (i *inspection) files() error {
	return i.each(`SELECT name, m.seq, m.more, m.deleted_at > 0, m.files FROM (
			SELECT coalesce(m.room, f.room) AS room, coalesce(m.seq, f.seq) AS seq, coalesce(m.more, '') AS more, coalesce(m.deleted_at, 0) AS deleted_at,
				array_agg(f.id) FILTER (WHERE f.id IS NOT NULL) AS files
			FROM (SELECT room, seq, more, deleted_at FROM messages WHERE more LIKE '{"files":%' UNION
				SELECT m.room, m.seq, more, deleted_at FROM messages m JOIN files f ON f.room = m.room AND f.seq = m.seq) AS m
			FULL JOIN (SELECT room, seq, id FROM files WHERE seq > 0) AS f ON f.room = m.room AND f.seq = m.seq
			GROUP BY 1, 2, 3, 4) AS m JOIN rooms ON key = m.room WHERE name IS NOT NULL`, func(scan func(...any) error) (string, error) {
		var room, more string
		var seq int64
		var deleted bool
		var rows, has []string
		if err := scan(&room, &seq, &more, &deleted, &rows); err != nil {
			return "", err
		}
		var m protocol.Message
		err := column.DecodeMore(&m, more)
		for _, f := range m.Files {
			has = append(has, f.ID)
		}
		slices.Sort(has)
		slices.Sort(rows)
		if err == nil && !(deleted && rows != nil) && slices.Equal(has, rows) {
			return "", nil
		}
		return fmt.Sprintf("message %d of room %q has other files than it says", seq, room), nil
	})
}

// fileBytes compares the numbers and sizes of files with the stored totals.
func (i *inspection) fileBytes() error {
	return i.each(`SELECT coalesce(c.kind, b.kind), coalesce(c.name, b.name), coalesce(b.bytes, 0), coalesce(c.bytes, 0) FROM (
			SELECT '' AS kind, '' AS name, count(*) AS files, coalesce(sum(size), 0)::bigint AS bytes FROM files
			UNION ALL SELECT 'r', room::text, count(*), sum(size)::bigint FROM files GROUP BY room
			UNION ALL SELECT 'u', owner, count(*), sum(size)::bigint FROM files GROUP BY owner) AS c
		FULL JOIN file_bytes b ON b.kind = c.kind AND b.name = c.name WHERE b.files IS DISTINCT FROM c.files OR b.bytes IS DISTINCT FROM c.bytes`,
		row.FileBytesFinding)
}

// FileRows calls each for every file in the database, in one snapshot, with the number of all files, even while relays
// use the database. It returns the name of the database at the place of its files; "" if it has none.
func FileRows(ctx context.Context, url string, each func(f rules.StoredFile, all int) error) (name string, err error) {
	err = inSnapshot(ctx, url, func(tx pgx.Tx) error {
		var all int
		err := tx.QueryRow(ctx, `SELECT files_name, (SELECT count(*) FROM files f JOIN rooms ON key = f.room WHERE rooms.name IS NOT NULL) FROM database`).Scan(&name, &all)
		if err != nil {
			return err
		}
		return inTransaction{ctx, tx}.Query(row.Stored(all, each),
			`SELECT rooms.name, `+row.FileColumns+` FROM files f JOIN rooms ON key = f.room WHERE rooms.name IS NOT NULL`)
	})
	if err != nil {
		return "", fmt.Errorf("list the files of %q: %w", Name(url), err)
	}
	return name, nil
}
