package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
	"hallway/store/vault"
)

// asks is a connection, a pool of connections, or a transaction.
type asks interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
}

// inTransaction is a [vault.Conn] on a connection.
type inTransaction struct {
	ctx context.Context
	db  asks
}

func (c inTransaction) List(parameter string) string {
	return `jsonb_array_elements(` + parameter + `::jsonb) AS list (value)`
}

func (c inTransaction) Exec(query string, args ...any) error {
	_, err := c.db.Exec(c.ctx, query, args...)
	return err
}

func (c inTransaction) Query(each func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := c.db.Query(c.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return row.Each(rows, each)
}

// ruled gives the rules of a room a new version. The transaction may not have locked the room: if another relay waits
// for this one meanwhile, the server ends one of the two transactions, and that relay retries.
func (b *batch) ruled(room int64) error {
	_, err := b.conn.Exec(b.ctx, `UPDATE rooms SET rules = rules + 1 WHERE key = $1`, room)
	return err
}

// lockOf returns the newest turn of a room.
func (d *db) lockOf(ctx context.Context, room string) (*rules.Lock, error) {
	var key int64
	err := d.readers.QueryRow(ctx, `SELECT coalesce((SELECT key FROM rooms WHERE name = $1), 0)`, room).Scan(&key)
	if err != nil {
		return nil, err
	}
	lock, err := vault.LockOf(inTransaction{ctx, d.readers}, key)
	return &lock, err
}

// Turns lists turns of a room; see [rules.Locks].
func (s reader) Turns(ctx context.Context, room string, before int64, limit int) (turns []protocol.Turn, more bool, err error) {
	if turns, more, err = vault.Turns(inTransaction{ctx, s.readers}, room, before, limit); err != nil {
		return nil, false, fmt.Errorf("list turns: %w", explain(err))
	}
	return turns, more, nil
}

// Devices lists devices of a room; see [rules.Locks].
func (s reader) Devices(ctx context.Context, room string, ids []string) ([]protocol.Device, error) {
	devices, err := vault.Devices(inTransaction{ctx, s.readers}, room, ids)
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", explain(err))
	}
	return devices, nil
}

// vault looks for turns, wraps and devices that do not belong together.
func (i *inspection) vault() error {
	return vault.Check(inTransaction{i.ctx, i.tx}, func(line string) { i.found(line) })
}

// emptyVault returns the statements of emptySteps for end-to-end encrypted rooms.
func emptyVault() (steps []string) {
	for _, t := range vault.Tables {
		steps = append(steps, `DELETE FROM `+t.Name+` WHERE ctid = ANY (ARRAY(SELECT ctid FROM `+t.Name+` WHERE room = $1 LIMIT $2))`)
	}
	return steps
}
