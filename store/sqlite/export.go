package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"hallway/protocol"
)

// Export writes everything that the database at path knows of a user to w, as one
// JSON object: beside a relay or without one, as of one moment, and in little memory
// whatever there is. Of a user that is not known it writes empty lists.
func Export(ctx context.Context, path, user string, w io.Writer) error {
	if err := export(ctx, path, user, w); err != nil {
		return fmt.Errorf("export from %q: %w", path, explain(err))
	}
	return nil
}

func export(ctx context.Context, path, user string, w io.Writer) error {
	db, err := openExisting(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var version int
	if err := tx.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&version); err != nil {
		return err
	}
	if version != schema {
		return fmt.Errorf("its schema is %d, this hallway's %d: start the relay once", version, schema)
	}
	out := bufio.NewWriter(w)
	e := exporter{ctx: ctx, tx: tx, out: out, user: user}
	_, _ = out.WriteString(`{"user":` + string(quote(user)))
	for _, part := range []func() error{
		e.messages, e.files, e.reactions, e.members, e.sanctions, e.reports, e.audit, e.revocations, e.ranks, e.devices, e.turns,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	_, _ = out.WriteString("\n}\n")
	return out.Flush()
}

// exporter writes one list after the other, each row as it is read. What out
// cannot write shows at its Flush.
type exporter struct {
	ctx  context.Context
	tx   *sql.Tx
	out  *bufio.Writer
	user string
}

// list writes what object makes of the rows that sql has for the user (?1).
func (e *exporter) list(name, sql string, object func(scan func(...any) error) ([]byte, error)) error {
	stmt, err := e.tx.PrepareContext(e.ctx, sql)
	if err != nil {
		return err
	}
	_, _ = e.out.WriteString(",\n" + string(quote(name)) + ":[")
	separator := "\n"
	err = query(e.ctx, stmt, func(scan func(...any) error) error {
		o, err := object(scan)
		if err != nil {
			return err
		}
		_, _ = e.out.WriteString(separator)
		_, err = e.out.Write(o)
		separator = ",\n"
		return err
	}, e.user)
	_, _ = e.out.WriteString("]")
	return errors.Join(err, stmt.Close())
}

func (e *exporter) messages() error {
	return e.list("messages", `SELECT name, `+messageColumns+` FROM rooms JOIN messages ON messages.room = rooms.key
		WHERE sender_id = ? AND dropped = 0`, func(scan func(...any) error) ([]byte, error) {
		var room string
		m, err := scanMessage(scanned(scan), "", &room)
		m.Room = room
		return m.Append(nil), err
	})
}

// scanned is a row by its Scan.
type scanned func(...any) error

func (s scanned) Scan(into ...any) error { return s(into...) }

func (e *exporter) reactions() error {
	return e.list("reactions", `SELECT name, id, emoji FROM reactions JOIN rooms ON rooms.key = reactions.room
		JOIN messages ON messages.room = reactions.room AND messages.seq = reactions.seq
		WHERE user_id = ? AND reactions.rev > 0 AND dropped = 0`, func(scan func(...any) error) ([]byte, error) {
		var o struct {
			Room  string `json:"room"`
			ID    string `json:"id"`
			Emoji string `json:"emoji"`
		}
		err := scan(&o.Room, &o.ID, &o.Emoji)
		return encode(o, err)
	})
}

func (e *exporter) members() error {
	return e.list("memberships", `SELECT rooms.name, members.name, role, picture, members.title, joined_at, read FROM members
		JOIN rooms ON rooms.key = members.room WHERE user_id = ? AND dropped = 0`, func(scan func(...any) error) ([]byte, error) {
		var o struct {
			Room     string `json:"room"`
			Name     string `json:"name"`
			Role     string `json:"role"`
			Picture  string `json:"picture,omitempty"`
			Title    string `json:"title,omitempty"`
			JoinedAt string `json:"joined_at"`
			Read     int64  `json:"read"`
		}
		var at protocol.Time
		err := scan(&o.Room, &o.Name, &o.Role, &o.Picture, &o.Title, (*int64)(&at), &o.Read)
		o.JoinedAt = at.String()
		return encode(o, err)
	})
}

// in adds the room's name to an object.
func in(room string, object []byte) []byte {
	return append(append([]byte(`{"room":`), quote(room)...), append([]byte{','}, object[1:]...)...)
}

func (e *exporter) sanctions() error {
	return e.list("sanctions", `SELECT name, user_id, kind, until, reason, by_id, by_name, at FROM sanctions
		JOIN rooms ON rooms.key = sanctions.room WHERE ?1 IN (user_id, by_id) AND dropped = 0`, func(scan func(...any) error) ([]byte, error) {
		var room string
		var s protocol.Sanction
		err := scan(&room, &s.User.ID, (*string)(&s.Kind), (*int64)(&s.Until), &s.Reason, &s.By.ID, &s.By.Name, (*int64)(&s.At))
		return in(room, s.Append(nil)), err
	})
}

func (e *exporter) reports() error {
	return e.list("reports", `SELECT name, `+reportColumns+` FROM reports
		JOIN rooms ON rooms.key = reports.room WHERE ?1 IN (by_id, closed_by) AND dropped = 0`, func(scan func(...any) error) ([]byte, error) {
		var room string
		r, err := scanReport(func(into ...any) error { return scan(append([]any{&room}, into...)...) })
		return in(room, r.Append(nil)), err
	})
}

func (e *exporter) audit() error {
	return e.list("audit", `SELECT room, `+auditColumns+` FROM audit WHERE ?1 IN (by_id, user_id)`, func(scan func(...any) error) ([]byte, error) {
		var room string
		entry, err := scanAudit(func(into ...any) error { return scan(append([]any{&room}, into...)...) })
		return in(room, entry.Append(nil)), err
	})
}

func (e *exporter) revocations() error {
	return e.list("revoked", `SELECT at FROM revocations WHERE user_id = ?`, func(scan func(...any) error) ([]byte, error) {
		var at protocol.Time
		err := scan((*int64)(&at))
		return strconv.AppendQuote(nil, at.String()), err
	})
}

func (e *exporter) ranks() error {
	return e.list("ranks", `SELECT role FROM ranks WHERE user_id = ?`, func(scan func(...any) error) ([]byte, error) {
		var role string
		err := scan(&role)
		return quote(role), err
	})
}

func encode(object any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(object)
}

func quote(text string) []byte {
	quoted, _ := json.Marshal(text) // never fails with a string
	return quoted
}
