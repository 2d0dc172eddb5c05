package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hallway/store/row"
)

// query calls each for the rows of a statement.
func query(ctx context.Context, stmt *sql.Stmt, each func(scan func(...any) error) error, args ...any) error {
	rows, err := stmt.QueryContext(ctx, args...) //nolint:rowserrcheck // row.Each returns the error
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	return row.Each(rows, each)
}

// readAll reads the rows of a statement. doing describes the work in an error.
func readAll[T any](ctx context.Context, stmt *sql.Stmt, doing string, read func(row.Scan) (T, error), args ...any) (all []T, err error) {
	if err = query(ctx, stmt, row.Into(&all, read), args...); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return all, nil
}

// asks is a database or a transaction.
type asks interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// ask calls each for the rows of a query.
func ask(ctx context.Context, db asks, each func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...) //nolint:rowserrcheck // row.Each returns the error
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	return row.Each(rows, each)
}

// found reports whether a row exists, from the error of its Scan.
func found(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
