package sqlite

import (
	"context"
	"database/sql"
)

// query has each take the rows that stmt brings.
func query(ctx context.Context, stmt *sql.Stmt, each func(scan func(...any) error) error, args ...any) error {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
