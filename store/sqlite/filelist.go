package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"hallway/relay/rules"
	"hallway/store/row"
)

// FileRows calls each for every file in the database at path, in one snapshot, with the number of all files, even while
// a relay uses the database. It returns the name of the database at the place of its files; "" if it has none, as in a
// database of an earlier version.
func FileRows(ctx context.Context, path string, each func(f rules.StoredFile, all int) error) (name string, err error) {
	var failed error // the error of each, which is returned unchanged
	err = inSnapshot(ctx, path, func(tx *sql.Tx) error {
		var known bool
		err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'files_name'`).Scan(&known)
		if err != nil || !known {
			return err
		}
		var all int
		err = tx.QueryRowContext(ctx, `SELECT coalesce((SELECT name FROM files_name), ''),
			(SELECT count(*) FROM files JOIN rooms ON rooms.key = files.room WHERE dropped = 0)`).Scan(&name, &all)
		if err != nil {
			return err
		}
		failed = ask(ctx, tx, row.Stored(all, each), `SELECT rooms.name, `+row.FileColumns+`
			FROM files f JOIN rooms ON rooms.key = f.room WHERE dropped = 0`)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("list the files of %q: %w", path, explain(err))
	}
	return name, failed
}

// fileBytes compares the numbers and sizes of files with the stored totals.
func (i *inspection) fileBytes() error {
	return i.each(`SELECT coalesce(c.kind, b.kind), coalesce(c.name, b.name), coalesce(b.bytes, 0), coalesce(c.bytes, 0) FROM (
			SELECT '' AS kind, '' AS name, count(*) AS files, coalesce(sum(size), 0) AS bytes FROM files
			UNION ALL SELECT 'r', CAST(room AS TEXT), count(*), sum(size) FROM files GROUP BY room
			UNION ALL SELECT 'u', owner, count(*), sum(size) FROM files GROUP BY owner) AS c
		FULL JOIN file_bytes b ON b.kind = c.kind AND b.name = c.name WHERE b.files IS NOT c.files OR b.bytes IS NOT c.bytes`, row.FileBytesFinding)
}
