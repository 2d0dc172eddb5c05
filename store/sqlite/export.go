package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"hallway/store/row"
)

// Export writes all stored data about a user in the database at path to w, as one JSON object: even while a relay uses
// the database, in one snapshot, and with little memory. For an unknown user it writes empty lists.
func Export(ctx context.Context, path, user string, w io.Writer) error {
	err := inSnapshot(ctx, path, func(tx *sql.Tx) error {
		version, err := schemaOf(ctx, tx)
		if err != nil {
			return err
		}
		if version != schema {
			return NotBegunError{fmt.Errorf("its schema is %d, this hallway's %d: start the relay once", version, schema)}
		}
		return row.Export(w, user, exported, func(each func(row.Scan) error, query string) error { return ask(ctx, tx, each, query, user) })
	})
	if err != nil {
		return fmt.Errorf("export from %q: %w", path, explain(err))
	}
	return nil
}

// inSnapshot calls do with a transaction that reads the present state of the database at path, even while a relay uses
// it.
func inSnapshot(ctx context.Context, path string, do func(*sql.Tx) error) error {
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
	return do(tx)
}

// schemaOf returns the version of a database's schema.
func schemaOf(ctx context.Context, db querier) (version int, err error) {
	err = db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&version)
	return version, err
}

// exported are the lists of an export, about the user ?1.
var exported = []row.List{
	{Name: "messages", Object: exportMessage, Query: `SELECT name, ` + messageColumns + ` FROM rooms JOIN messages ON messages.room = rooms.key
		WHERE sender_id = ?1 AND dropped = 0`},
	{Name: "files", Object: row.FileOfRoom, Query: `SELECT rooms.name, ` + row.FileColumns + ` FROM files f JOIN rooms ON rooms.key = f.room
		WHERE owner = ?1 AND dropped = 0`},
	{Name: "reactions", Object: row.Reaction, Query: `SELECT name, id, emoji FROM reactions JOIN rooms ON rooms.key = reactions.room
		JOIN messages ON messages.room = reactions.room AND messages.seq = reactions.seq
		WHERE user_id = ?1 AND reactions.rev > 0 AND dropped = 0`},
	{Name: "memberships", Object: row.Membership, Query: `SELECT rooms.name, members.name, role, picture, members.title, joined_at, read
		FROM members JOIN rooms ON rooms.key = members.room WHERE user_id = ?1 AND dropped = 0`},
	{Name: "sanctions", Object: row.SanctionOfRoom, Query: `SELECT name, user_id, kind, until, reason, by_id, by_name, at FROM sanctions
		JOIN rooms ON rooms.key = sanctions.room WHERE ?1 IN (user_id, by_id) AND dropped = 0`},
	{Name: "reports", Object: row.ReportOfRoom, Query: `SELECT name, ` + row.ReportColumns + ` FROM reports r
		JOIN rooms ON rooms.key = r.room WHERE ?1 IN (by_id, closed_by) AND dropped = 0`},
	{Name: "audit", Object: row.AuditOfRoom, Query: `SELECT room, ` + row.AuditColumns + ` FROM audit WHERE ?1 IN (by_id, user_id)`},
	{Name: "revoked", Object: row.Time, Query: `SELECT at FROM revocations WHERE user_id = ?1`},
	{Name: "ranks", Object: row.Text, Query: `SELECT role FROM ranks WHERE user_id = ?1`},
	{Name: "devices", Object: row.Device, Query: `SELECT device, deleted FROM devices WHERE user_id = ?1`},
	// The turns that the user's devices made, and those that leave the user out.
	{Name: "turns", Object: row.TurnOfRoom, Query: `SELECT name, turn FROM turns JOIN rooms ON rooms.key = turns.room WHERE dropped = 0
		AND (by_device IN (SELECT id FROM devices WHERE user_id = ?1) OR ?1 IN (SELECT value FROM json_each(turn, '$.out')))`},
}

// exportMessage exports room and messageColumns.
func exportMessage(scan row.Scan) ([]byte, error) {
	var room string
	m, err := newMessageRow(&room).readBy(scan, "")
	m.Room = room
	return m.Append(nil), err
}
