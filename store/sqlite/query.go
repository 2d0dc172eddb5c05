package sqlite

import (
	"context"
	"database/sql"

	"hallway/store/row"
)

// query calls each for the rows of a statement.
func query(ctx context.Context, stmt *sql.Stmt, each func(scan func(...any) error) error, args ...any) error {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := row.Each(rows, each); err != nil {
		return err
	}
	return rows.Err()
}
