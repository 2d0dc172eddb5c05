package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"hallway/protocol"
	"hallway/store/vault"
)

// jsonRows reads a list in JSON as rows.
func jsonRows(parameter string) string { return `json_each(` + parameter + `)` }

// inTransaction is a [vault.Conn] in the transaction of a batch.
type inTransaction struct{ tx *sql.Tx }

func (c inTransaction) List(parameter string) string { return jsonRows(parameter) }

func (c inTransaction) Exec(query string, args ...any) error {
	_, err := c.tx.Exec(query, args...)
	return err
}

func (c inTransaction) Query(each func(scan func(...any) error) error, query string, args ...any) error {
	return ask(context.Background(), c.tx, each, query, args...)
}

// durable is a [vault.Conn] that reads the durable state.
type durable struct {
	ctx context.Context
	db  asks
}

func (c durable) List(parameter string) string { return jsonRows(parameter) }

func (c durable) Exec(query string, _ ...any) error {
	return fmt.Errorf("%q on a connection that reads", query)
}

func (c durable) Query(each func(scan func(...any) error) error, query string, args ...any) error {
	return ask(c.ctx, c.db, each, query, args...)
}

// Turns lists turns of a room; see [rules.Locks].
func (s reader) Turns(ctx context.Context, room string, before int64, limit int) (turns []protocol.Turn, more bool, err error) {
	if turns, more, err = vault.Turns(durable{ctx, s.readers}, room, before, limit); err != nil {
		return nil, false, fmt.Errorf("list turns: %w", err)
	}
	return turns, more, nil
}

// Devices lists devices of a room; see [rules.Locks].
func (s reader) Devices(ctx context.Context, room string, ids []string) ([]protocol.Device, error) {
	devices, err := vault.Devices(durable{ctx, s.readers}, room, ids)
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	return devices, nil
}

// vault looks for turns, wraps and devices that do not belong together.
func (i *inspection) vault() error {
	return vault.Check(durable{i.ctx, i.tx}, func(line string) { i.found(line) })
}

// emptyVault returns the statements of emptyRoom for end-to-end encrypted rooms.
func emptyVault() (steps []string) {
	for _, t := range vault.Tables {
		steps = append(steps, `DELETE FROM `+t.Name+` WHERE (room, `+t.Key+`) IN (SELECT room, `+t.Key+` FROM `+t.Name+` WHERE room = ?1 LIMIT ?2)`)
	}
	return steps
}
