package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A Table holds rows from a database of another kind.
type Table struct {
	Name    string
	Columns []string
	Count   int
	// Rows calls each for the values of each row; they are int64, string or []byte.
	Rows func(each func([]any) error) error
}

// Fill copies tables into the database, which must have no rooms, in one transaction. At its end Fill reads all rows
// back and compares their numbers and checksums. The rooms keep their epochs, so clients go on. reports is the number
// of the last report, filesName the name of the database at the place of its files. The first relay makes the index of
// words.
func Fill(ctx context.Context, url string, tables []Table, reports int64, filesName string, progress Progress) error {
	s, err := Open(ctx, Options{URL: url, idle: true})
	if err != nil {
		return NotBegunError{err}
	}
	defer func() { _ = s.Close() }()
	f := filler{ctx: ctx, progress: progress}
	for _, t := range tables {
		f.total += 2 * t.Count // to write and to read
	}
	err = pgx.BeginFunc(ctx, s.readers, func(tx pgx.Tx) error {
		f.tx = tx
		return f.fill(tables, reports, filesName)
	})
	if err == nil {
		err = s.checkNames(ctx)
	}
	if err != nil {
		return fmt.Errorf("copy to %q: %w", Name(url), explain(err))
	}
	return nil
}

// filler copies tables in one transaction.
type filler struct {
	ctx         context.Context
	tx          pgx.Tx
	progress    Progress
	done, total int
}

func (f *filler) fill(tables []Table, reports int64, filesName string) error {
	var empty bool
	err := f.tx.QueryRow(f.ctx, `SELECT NOT EXISTS (SELECT 1 FROM rooms) AND NOT EXISTS (SELECT 1 FROM audit) FROM database FOR UPDATE`).Scan(&empty)
	if err != nil {
		return err
	}
	if !empty {
		return NotBegunError{errors.New("the database has rooms already: copy to an empty one")}
	}
	if _, err := f.tx.Exec(f.ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return err
	}
	sums := make([]checksum, len(tables))
	for i, t := range tables {
		if err := f.copy(t, &sums[i]); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	for i, t := range tables {
		var back checksum
		if err := f.read(t, &back); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if back != sums[i] || back.rows != t.Count {
			return fmt.Errorf("table %s has %d rows with the checksum %x, not %d with %x", t.Name, back.rows, back.sum, sums[i].rows, sums[i].sum)
		}
	}
	for _, step := range []string{
		`SELECT setval(pg_get_serial_sequence('rooms', 'key'), greatest(1, (SELECT max(key) FROM rooms)))`,
		`SELECT setval(pg_get_serial_sequence('audit', 'n'), greatest(1, (SELECT max(n) FROM audit)), EXISTS (SELECT 1 FROM audit))`,
	} {
		if _, err := f.tx.Exec(f.ctx, step); err != nil {
			return err
		}
	}
	_, err = f.tx.Exec(f.ctx, `UPDATE database SET reports = $1, revocations = revocations + 1, names = 0, files_name = $2`, reports, filesName)
	return err
}

// step reports one more finished row.
func (f *filler) step() {
	if f.done++; f.progress != nil {
		f.progress(f.done, f.total)
	}
}

// copy copies a table.
func (f *filler) copy(t Table, sum *checksum) error {
	booleans, err := f.booleans(t)
	if err != nil {
		return err
	}
	// After an error the source must stop filling the channel.
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	rows := make(chan []any)
	failed := make(chan error, 1)
	go func() {
		defer close(rows)
		failed <- t.Rows(func(values []any) error {
			select {
			case rows <- values:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	_, err = f.tx.CopyFrom(ctx, pgx.Identifier{t.Name}, t.Columns, pgx.CopyFromFunc(func() ([]any, error) {
		values, ok := <-rows
		if !ok {
			return nil, <-failed
		}
		for _, i := range booleans {
			values[i] = values[i] == int64(1)
		}
		sum.add(values)
		f.step()
		return values, nil
	}))
	return err
}

// booleans returns the indexes of boolean columns.
func (f *filler) booleans(t Table) (places []int, err error) {
	rows, err := f.tx.Query(f.ctx, `SELECT `+strings.Join(t.Columns, ", ")+` FROM `+pgx.Identifier{t.Name}.Sanitize()+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	for i, d := range rows.FieldDescriptions() {
		if d.DataTypeOID == 16 { // boolean
			places = append(places, i)
		}
	}
	rows.Close()
	return places, rows.Err()
}

// read reads a table back.
func (f *filler) read(t Table, sum *checksum) error {
	rows, err := f.tx.Query(f.ctx, `SELECT `+strings.Join(t.Columns, ", ")+` FROM `+pgx.Identifier{t.Name}.Sanitize())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		sum.add(values)
		f.step()
	}
	return rows.Err()
}

// A checksum does not depend on the order of rows.
type checksum struct {
	rows int
	sum  [sha256.Size]byte
}

// add adds a row.
func (c *checksum) add(values []any) {
	var row []byte
	for _, v := range values {
		var text []byte
		switch v := v.(type) {
		case []byte:
			text = v
		case string:
			text = []byte(v)
		default:
			text = fmt.Append(nil, v)
		}
		row = append(binary.AppendUvarint(row, uint64(len(text))), text...)
	}
	c.rows++
	for i, b := range sha256.Sum256(row) {
		c.sum[i] ^= b
	}
}
