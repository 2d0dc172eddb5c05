package postgres

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"hallway/store/row"
)

// Export writes all stored data about a user to w, as one JSON object: even while relays use the database, in one
// snapshot, and with little memory. For an unknown user it writes empty lists.
func Export(ctx context.Context, url, user string, w io.Writer) error {
	err := inSnapshot(ctx, url, func(tx pgx.Tx) error {
		return row.Export(w, user, exported, func(each func(row.Scan) error, query string) error {
			return inTransaction{ctx, tx}.Query(each, query, user)
		})
	})
	if err != nil {
		return fmt.Errorf("export from %q: %w", Name(url), err)
	}
	return nil
}

// exported are the lists of an export, about the user $1.
var exported = []row.List{
	{Name: "messages", Object: exportMessage, Query: `SELECT name, ` + messageColumns + ` FROM rooms JOIN messages m ON m.room = rooms.key
		WHERE sender_id = $1 AND name IS NOT NULL ORDER BY m.room, m.seq`},
	{Name: "files", Object: row.FileOfRoom, Query: `SELECT rooms.name, ` + row.FileColumns + ` FROM files f JOIN rooms ON rooms.key = f.room
		WHERE owner = $1 AND rooms.name IS NOT NULL ORDER BY f.room, f.id`},
	{Name: "reactions", Object: row.Reaction, Query: `SELECT name, id, emoji FROM reactions x JOIN rooms ON rooms.key = x.room
		JOIN messages m ON m.room = x.room AND m.seq = x.seq
		WHERE user_id = $1 AND x.rev > 0 AND name IS NOT NULL ORDER BY x.room, x.seq, emoji`},
	{Name: "memberships", Object: row.Membership, Query: `SELECT rooms.name, i.name, role, picture, i.title, joined_at, read FROM members i
		JOIN rooms ON rooms.key = i.room WHERE user_id = $1 AND rooms.name IS NOT NULL ORDER BY i.room`},
	{Name: "sanctions", Object: row.SanctionOfRoom, Query: `SELECT name, user_id, kind, until, reason, by_id, by_name, at FROM sanctions s
		JOIN rooms ON rooms.key = s.room WHERE $1 IN (user_id, by_id) AND name IS NOT NULL ORDER BY s.room, user_id, kind`},
	{Name: "reports", Object: row.ReportOfRoom, Query: `SELECT name, ` + row.ReportColumns + ` FROM reports r JOIN rooms ON rooms.key = r.room
		WHERE $1 IN (by_id, closed_by) AND name IS NOT NULL ORDER BY r.n`},
	{Name: "audit", Object: row.AuditOfRoom, Query: `SELECT room, ` + row.AuditColumns + ` FROM audit WHERE $1 IN (by_id, user_id) ORDER BY n`},
	{Name: "revoked", Object: row.Time, Query: `SELECT at FROM revocations WHERE user_id = $1`},
	{Name: "ranks", Object: row.Text, Query: `SELECT role FROM ranks WHERE user_id = $1`},
	{Name: "devices", Object: row.Device, Query: `SELECT device, deleted FROM devices WHERE user_id = $1`},
	// The turns that the user's devices made, and those that leave the user out.
	{Name: "turns", Object: row.TurnOfRoom, Query: `SELECT name, turn FROM turns JOIN rooms ON rooms.key = turns.room WHERE name IS NOT NULL
		AND (by_device IN (SELECT id FROM devices WHERE user_id = $1) OR turn::jsonb -> 'out' ? $1)`},
}

// exportMessage exports room and messageColumns.
func exportMessage(scan row.Scan) ([]byte, error) {
	var room string
	m, err := newMessageRow(&room).read(scan, "")
	m.Room = room
	return m.Append(nil), err
}
