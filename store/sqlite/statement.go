package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// A write is a statement that is prepared on the writer's connection at the opening of the database. Each stands beside
// its use.
type write int

// writes are the texts of all writes.
var writes []string

// writing registers a statement.
func writing(query string) write {
	writes = append(writes, query)
	return write(len(writes) - 1)
}

// writingAll registers statements.
func writingAll(queries []string) (all []write) {
	for _, query := range queries {
		all = append(all, writing(query))
	}
	return all
}

// A readStmt is a statement that is prepared on the readers' connections at the opening of the database. Each stands
// beside its use.
type readStmt int

// reads are the texts of all reads.
var reads []string

// reading registers a statement.
func reading(query string) readStmt {
	reads = append(reads, query)
	return readStmt(len(reads) - 1)
}

// prepare prepares the queries.
func prepare(ctx context.Context, db *sql.DB, queries []string) (stmts []*sql.Stmt, err error) {
	stmts = make([]*sql.Stmt, len(queries))
	for i, query := range queries {
		if stmts[i], err = db.PrepareContext(ctx, query); err != nil {
			return nil, fmt.Errorf("prepare %q: %w", query, err)
		}
	}
	return stmts, nil
}

// transaction carries out writes in a transaction of the writer.
type transaction struct {
	tx     *sql.Tx
	writes []*sql.Stmt // prepared on the connection
	stmts  []*sql.Stmt // of the transaction; nil: not prepared yet
}

// begin begins a transaction; stmts has an element for each write.
func begin(d *db, stmts []*sql.Stmt) (t transaction, err error) {
	t = transaction{writes: d.writes, stmts: stmts}
	t.tx, err = d.writer.Begin()
	return t, err
}

// stmt returns a write in the transaction.
func (t *transaction) stmt(w write) *sql.Stmt {
	if t.stmts[w] == nil {
		t.stmts[w] = t.tx.Stmt(t.writes[w])
	}
	return t.stmts[w]
}

// exec carries out a write.
func (t *transaction) exec(w write, args ...any) error {
	_, err := t.stmt(w).Exec(args...)
	return err
}

// query calls each for the rows that a write returns.
func (t *transaction) query(w write, each func(scan func(...any) error) error, args ...any) error {
	return query(context.Background(), t.stmt(w), each, args...)
}

// A bulk is a statement that takes many rows of parameters at once: one statement for each of bulkRows.
type bulk [len(bulkRows)]write

// bulkRows are the numbers of rows that one statement can take.
var bulkRows = [...]int{64, 16, 4, 1}

// bulkWriting registers a statement around a list of rows with so many columns. A statement that changes many rows
// should use OR FAIL: an error ends the transaction anyway, and SQLite then need not log how to undo a half-done
// statement.
func bulkWriting(before string, columns int, after string) bulk {
	row := "(?" + strings.Repeat(", ?", columns-1) + ")"
	return bulkOfRows(before, func(int) string { return row }, after)
}

// bulkOfRows registers a statement around a list of rows; row returns the n-th, from 0 on.
func bulkOfRows(before string, row func(n int) string, after string) (b bulk) {
	for i, rows := range bulkRows {
		list := make([]string, rows)
		for n := range list {
			list[n] = row(n)
		}
		b[i] = writing(before + " VALUES " + strings.Join(list, ", ") + after)
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

// execAll carries out a write for all rows of parameters in args, one after another.
func (t *transaction) execAll(all bulk, columns int, args []any) error {
	return all.parts(len(args)/columns, columns, args, func(w write, args []any) error { return t.exec(w, args...) })
}

// queryAll calls each for the rows that a write returns for all rows of parameters.
func (t *transaction) queryAll(all bulk, columns int, args []any, each func(scan func(...any) error) error) error {
	return all.parts(len(args)/columns, columns, args, func(w write, args []any) error { return t.query(w, each, args...) })
}
