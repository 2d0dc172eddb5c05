package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"hallway/protocol"
	"hallway/relay/hub"
)

// readStatements are prepared on the readers' connections. The last four take
// room, position and limit, and read away from the position.
type readStatements struct {
	room  *sql.Stmt
	older *sql.Stmt
	newer *sql.Stmt
	from  *sql.Stmt
	since *sql.Stmt
}

func prepareReads(ctx context.Context, db *sql.DB) (r readStatements, err error) {
	const messages = `SELECT ` + messageColumns + ` FROM messages WHERE room = ?`
	err = prepare(ctx, db, map[**sql.Stmt]string{
		&r.room:  `SELECT key, epoch, head FROM rooms WHERE name = ?`,
		&r.older: messages + ` AND seq < ? ORDER BY seq DESC LIMIT ?`,
		&r.newer: messages + ` AND seq > ? ORDER BY seq LIMIT ?`,
		&r.from:  messages + ` AND seq >= ? ORDER BY seq LIMIT ?`,
		&r.since: messages + ` AND rev > ? ORDER BY rev LIMIT ?`,
	})
	return r, err
}

// Page reads a part of a room's history; see [hub.Store].
func (s *SQLite) Page(ctx context.Context, room, _ string, q hub.Query) (protocol.Page, error) {
	page, err := s.page(ctx, room, q)
	if err != nil {
		return protocol.Page{}, fmt.Errorf("read a page: %w", err)
	}
	return page, nil
}

func (s *SQLite) page(ctx context.Context, name string, q hub.Query) (page protocol.Page, err error) {
	if q.Limit < 1 || q.Limit > protocol.PageMessagesMax {
		return page, fmt.Errorf("limit %d is not 1…%d", q.Limit, protocol.PageMessagesMax)
	}
	// The first read fixes the snapshot for all that follow.
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return page, err
	}
	defer func() { _ = tx.Rollback() }()

	v := view{ctx: ctx, tx: tx, name: name}
	err = tx.StmtContext(ctx, s.read.room).QueryRowContext(ctx, name).Scan(&v.key, &page.Epoch, &page.Head)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return page, err
	}
	switch q.Kind {
	case hub.QueryNewest:
		page.Messages, page.More, err = v.before(s.read.older, math.MaxInt64, q.Limit)
	case hub.QueryBefore:
		page.Messages, page.More, err = v.before(s.read.older, q.At, q.Limit)
	case hub.QueryAfter:
		page.Messages, page.More, err = v.run(s.read.newer, q.At, q.Limit)
	case hub.QuerySince:
		page.Messages, page.More, err = v.run(s.read.since, q.At, q.Limit)
	case hub.QueryAround:
		err = v.around(&s.read, &page, q)
	default:
		err = fmt.Errorf("unknown kind of query %d", q.Kind)
	}
	return page, err
}

// view is one room in one snapshot.
type view struct {
	ctx  context.Context
	tx   *sql.Tx
	key  int64 // 0, which no room has: there is no such room
	name string
}

// around reads half of the page before q.At and the other half from it on. A
// side that has fewer is not made up for on the other.
func (v *view) around(read *readStatements, page *protocol.Page, q hub.Query) error {
	older, moreBefore, err := v.before(read.older, q.At, q.Limit/2)
	if err != nil {
		return err
	}
	newer, moreAfter, err := v.run(read.from, q.At, q.Limit-q.Limit/2)
	if err != nil {
		return err
	}
	page.Messages = append(older, newer...)
	page.MoreBefore, page.MoreAfter = &moreBefore, &moreAfter
	page.More = moreBefore || moreAfter
	return nil
}

// before is run for a statement that reads backwards; the messages ascend.
func (v *view) before(older *sql.Stmt, at int64, limit int) ([]protocol.Message, bool, error) {
	messages, more, err := v.run(older, at, limit)
	slices.Reverse(messages)
	return messages, more, err
}

// run reads up to limit messages in the statement's order, and whether there
// are more.
func (v *view) run(stmt *sql.Stmt, at int64, limit int) (messages []protocol.Message, more bool, err error) {
	rows, err := v.tx.StmtContext(v.ctx, stmt).QueryContext(v.ctx, v.key, at, limit+1)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if len(messages) == limit {
			return messages, true, nil
		}
		m, err := scanMessage(rows, v.name)
		if err != nil {
			return nil, false, err
		}
		messages = append(messages, m)
	}
	return messages, false, rows.Err()
}
