package postgres

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/store/column"
)

// Export writes everything that the database knows of a user to w, as one JSON object: beside relays or without one, as
// of one moment, and in little memory whatever there is. Of a user that is not known it writes empty lists.
func Export(ctx context.Context, url, user string, w io.Writer) error {
	err := inSnapshot(ctx, url, func(tx pgx.Tx) error {
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
	})
	if err != nil {
		return fmt.Errorf("export from %q: %w", Name(url), err)
	}
	return nil
}

// exporter writes one list after the other, each row as it is read. What out cannot write shows at its Flush.
type exporter struct {
	ctx  context.Context
	tx   pgx.Tx
	out  *bufio.Writer
	user string
}

// list writes what object makes of the rows that a query has for the user ($1).
func (e *exporter) list(name, query string, object func(scan func(...any) error) ([]byte, error)) error {
	rows, err := e.tx.Query(e.ctx, query, e.user)
	if err != nil {
		return err
	}
	defer rows.Close()
	_, _ = e.out.WriteString(",\n" + string(quote(name)) + ":[")
	separator := "\n"
	for rows.Next() {
		o, err := object(rows.Scan)
		if err != nil {
			return err
		}
		_, _ = e.out.WriteString(separator)
		_, _ = e.out.Write(o)
		separator = ",\n"
	}
	_, _ = e.out.WriteString("]")
	return rows.Err()
}

func (e *exporter) files() error {
	return e.list("files", `SELECT rooms.name, `+fileColumns+` FROM files f JOIN rooms ON rooms.key = f.room
		WHERE owner = $1 AND rooms.name IS NOT NULL ORDER BY f.room, f.id`, func(scan func(...any) error) ([]byte, error) {
		var room string
		f, err := scanFile(scan, &room)
		if err != nil {
			return nil, err
		}
		return column.ExportFile(room, f.File, f.UploadedAt, f.Seq)
	})
}

func (e *exporter) messages() error {
	var room string
	row := newMessageRow(&room)
	return e.list("messages", `SELECT name, `+messageColumns+` FROM rooms JOIN messages m ON m.room = rooms.key
		WHERE sender_id = $1 AND name IS NOT NULL ORDER BY m.room, m.seq`, func(scan func(...any) error) ([]byte, error) {
		m, err := row.read(scan, "")
		m.Room = room
		return m.Append(nil), err
	})
}

func (e *exporter) reactions() error {
	return e.list("reactions", `SELECT name, id, emoji FROM reactions x JOIN rooms ON rooms.key = x.room
		JOIN messages m ON m.room = x.room AND m.seq = x.seq
		WHERE user_id = $1 AND x.rev > 0 AND name IS NOT NULL ORDER BY x.room, x.seq, emoji`, func(scan func(...any) error) ([]byte, error) {
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
	return e.list("memberships", `SELECT rooms.name, i.name, role, picture, i.title, joined_at, read FROM members i
		JOIN rooms ON rooms.key = i.room WHERE user_id = $1 AND rooms.name IS NOT NULL ORDER BY i.room`, func(scan func(...any) error) ([]byte, error) {
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
	return e.list("sanctions", `SELECT name, user_id, kind, until, reason, by_id, by_name, at FROM sanctions s
		JOIN rooms ON rooms.key = s.room WHERE $1 IN (user_id, by_id) AND name IS NOT NULL ORDER BY s.room, user_id, kind`,
		func(scan func(...any) error) ([]byte, error) {
			var room string
			var s protocol.Sanction
			err := scan(&room, &s.User.ID, (*string)(&s.Kind), (*int64)(&s.Until), &s.Reason, &s.By.ID, &s.By.Name, (*int64)(&s.At))
			return in(room, s.Append(nil)), err
		})
}

func (e *exporter) reports() error {
	return e.list("reports", `SELECT name, `+reportColumns+` FROM reports r JOIN rooms ON rooms.key = r.room
		WHERE $1 IN (by_id, closed_by) AND name IS NOT NULL ORDER BY r.n`, func(scan func(...any) error) ([]byte, error) {
		var room string
		r, err := scanReport(func(into ...any) error { return scan(append([]any{&room}, into...)...) })
		return in(room, r.Append(nil)), err
	})
}

func (e *exporter) audit() error {
	return e.list("audit", `SELECT room, `+auditColumns+` FROM audit WHERE $1 IN (by_id, user_id) ORDER BY n`, func(scan func(...any) error) ([]byte, error) {
		var room string
		entry, err := scanAudit(func(into ...any) error { return scan(append([]any{&room}, into...)...) })
		return in(room, entry.Append(nil)), err
	})
}

func (e *exporter) revocations() error {
	return e.list("revoked", `SELECT at FROM revocations WHERE user_id = $1`, func(scan func(...any) error) ([]byte, error) {
		var at protocol.Time
		err := scan((*int64)(&at))
		return strconv.AppendQuote(nil, at.String()), err
	})
}

func (e *exporter) ranks() error {
	return e.list("ranks", `SELECT role FROM ranks WHERE user_id = $1`, func(scan func(...any) error) ([]byte, error) {
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
