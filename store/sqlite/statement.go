package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// A write is a statement that is prepared on the writer's connection when the database is
// opened. Each stands beside its use.
type write int

// writes are the texts of all writes.
var writes []string

// writing registers a statement.
func writing(query string) write {
	writes = append(writes, query)
	return write(len(writes) - 1)
}

func prepareWrites(ctx context.Context, db *sql.DB) (stmts []*sql.Stmt, err error) {
	stmts = make([]*sql.Stmt, len(writes))
	for i, query := range writes {
		if stmts[i], err = db.PrepareContext(ctx, query); err != nil {
			return nil, fmt.Errorf("prepare %q: %w", query, err)
		}
	}
	return stmts, nil
}

// stmt returns a write in the batch's transaction.
func (b *batch) stmt(w write) *sql.Stmt {
	if b.stmts[w] == nil {
		b.stmts[w] = b.tx.Stmt(b.s.writes[w])
	}
	return b.stmts[w]
}

// exec carries out a write.
func (b *batch) exec(w write, args ...any) error {
	_, err := b.stmt(w).Exec(args...)
	return err
}

// query calls each for the rows that a write returns.
func (b *batch) query(w write, each func(scan func(...any) error) error, args ...any) error {
	return query(context.Background(), b.stmt(w), each, args...)
}

// A bulk is a statement that takes many rows of parameters at once: a statement of its own
// for each of bulkRows.
type bulk [len(bulkRows)]write

// bulkRows are how many rows one statement takes.
var bulkRows = [...]int{64, 16, 4, 1}

// bulkWriting registers a statement around a list of rows with so many columns. One that changes
// many rows does so OR FAIL: an error ends the transaction anyway, and SQLite need not write
// down how to undo a half-done statement.
func bulkWriting(before string, columns int, after string) (b bulk) {
	row := "(?" + strings.Repeat(", ?", columns-1) + ")"
	for i, n := range bulkRows {
		b[i] = writing(before + " VALUES " + row + strings.Repeat(", "+row, n-1) + after)
	}
	return b
}

// parts calls do with parts of rows, each for one of the statements.
func (b bulk) parts(rows int, columns int, args []any, do func(w write, args []any) error) error {
	for i, n := range bulkRows {
		for rows >= n {
			if err := do(b[i], args[:n*columns]); err != nil {
				return err
			}
			rows, args = rows-n, args[n*columns:]
		}
	}
	return nil
}

// execAll carries out a write for all rows whose parameters args holds, one after another.
func (b *batch) execAll(all bulk, columns int, args []any) error {
	return all.parts(len(args)/columns, columns, args, func(w write, args []any) error { return b.exec(w, args...) })
}

// queryAll calls each for the rows that a write returns for all rows of parameters.
func (b *batch) queryAll(all bulk, columns int, args []any, each func(scan func(...any) error) error) error {
	return all.parts(len(args)/columns, columns, args, func(w write, args []any) error { return b.query(w, each, args...) })
}
