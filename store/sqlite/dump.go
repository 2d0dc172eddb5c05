package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// A Table holds rows for a database of another kind: the content that users and operators have made, without derived
// rows. Columns with few values for many rows are combined as they are in that database.
type Table struct {
	Name    string
	Columns []string
	Count   int
	// Rows calls each for the values of each row; they are int64, string or []byte.
	Rows func(each func([]any) error) error
}

// dumped are the tables of a Dump, each with the query for its columns. It leaves out the content of dropped rooms.
var dumped = []struct{ name, columns, from string }{
	{"rooms", `key, name, epoch, head, last_at, made_at, title, settings, purged`, `rooms WHERE dropped = 0`},
	{"messages", `room, seq, rev, created_at, id, made_as, sender_id, sender_name,
		sender_role || CASE WHEN sender_picture = '' THEN '' ELSE ' ' || sender_picture END AS sender_role,
		sent_at, text, CASE attached WHEN '' THEN '' ELSE attached || char(10) END || encrypted || mentions AS more, reply_to, edited_at, deleted_at, pinned, reactions`, `messages WHERE ` + ofRooms},
	{"reactions", `room, seq, user_id, emoji, rev, brought`, `reactions WHERE ` + ofRooms},
	{"mentions", `room, user_id, seq, by_id`, `mentions WHERE ` + ofRooms},
	{"files", `room, id, owner, name, type, size, width, height, blob, thumb, sum, uploaded_at, seq`, `files WHERE ` + ofRooms},
	{"doomed", `blob`, `(SELECT blob FROM doomed UNION ALL SELECT blob FROM files WHERE NOT ` + ofRooms + `)`},
	{"members", `room, user_id, name, role, joined_at, read, picture, title`, `members WHERE ` + ofRooms},
	{"sanctions", `room, user_id, kind, until, reason, by_id, by_name, by_role, known, at`, `sanctions WHERE ` + ofRooms},
	{"reports", `n, room, message, by_id, by_name, reason, at, state, closed_by, closed_at`, `reports WHERE ` + ofRooms},
	{"audit", `n, room, at, by_id, by_name, by_role, act, user_id, message, details`, `audit`},
	{"revocations", `user_id, at`, `revocations`},
	{"ranks", `user_id, role`, `ranks`},
	{"devices", `id, user_id, device, seen_at, deleted`, `devices`},
	{"room_devices", `room, device, inside`, `room_devices WHERE ` + ofRooms},
	{"turns", `room, n, kid, chapter, at, by_device, turn`, `turns WHERE ` + ofRooms},
	{"wraps", `room, device, n, enc, ct`, `wraps WHERE ` + ofRooms},
	{"dues", `room, user_id`, `dues WHERE ` + ofRooms},
	{"erasures", `user_id, pseudonym, messages, state > 0 AS done`, `erasures`},
}

const ofRooms = `room IN (SELECT key FROM rooms WHERE dropped = 0)`

// Dump passes the tables of the database at path to take, in one snapshot; no relay may use the database meanwhile.
// reports is the number of the last report.
func Dump(ctx context.Context, path string, take func(tables []Table, reports int64) error) error {
	there, err := openExisting(ctx, path)
	if err != nil {
		return fmt.Errorf("read %q: %w", path, err)
	}
	_ = there.Close()
	s, err := Open(ctx, Options{Path: path}) // brings the schema up to date
	if err != nil {
		return NotBegunError{err}
	}
	return errors.Join(s.dump(ctx, take), s.Close())
}

func (s *Store) dump(ctx context.Context, take func([]Table, int64) error) error {
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var reports int64
	err = tx.QueryRowContext(ctx, `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'reports'), 0)`).Scan(&reports)
	if err != nil {
		return err
	}
	tables := make([]Table, len(dumped))
	for i, d := range dumped {
		rows, err := tx.QueryContext(ctx, `SELECT `+d.columns+` FROM `+d.from+` LIMIT 0`)
		if err != nil {
			return err
		}
		t := &tables[i]
		t.Name = d.name
		t.Columns, err = rows.Columns()
		if err = errors.Join(err, rows.Close(), rows.Err()); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM `+d.from).Scan(&t.Count); err != nil {
			return err
		}
		t.Rows = func(each func([]any) error) error {
			return dumpRows(ctx, tx, `SELECT `+d.columns+` FROM `+d.from, len(t.Columns), each)
		}
	}
	return take(tables, reports)
}

// dumpRows calls each for the rows of a query.
func dumpRows(ctx context.Context, tx *sql.Tx, query string, columns int, each func([]any) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	into := make([]any, columns)
	for rows.Next() {
		values := make([]any, columns)
		for i := range into {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if text, ok := v.(string); ok {
				values[i] = strings.Clone(text)
			}
		}
		if err := each(values); err != nil {
			return err
		}
	}
	return rows.Err()
}
