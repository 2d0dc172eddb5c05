package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// since returns the query for the selected columns of the messages with rev > ?2 in the room ?1, ascending by rev.
// Unchanged messages are read by their seq, changed ones by the index of revs, and the two are merged; for that, seq
// stands in for the rev of an unchanged message.
func since(selected func(rev string) string) string {
	return `SELECT ` + selected(`seq AS rev`) + ` FROM messages WHERE room = ?1 AND seq > ?2 AND rev = seq
		UNION ALL
		SELECT ` + selected(`rev`) + ` FROM messages INDEXED BY messages_changed WHERE room = ?1 AND rev > ?2 AND rev <> seq
		ORDER BY rev LIMIT ?3`
}

const (
	messagesOfRoom = `SELECT ` + messageColumns + ` FROM messages WHERE room = ?`
	pinnedQuery    = `SELECT ` + messageColumns + ` FROM messages INDEXED BY messages_pinned
		WHERE room = ? AND pinned = 1 AND seq < ? ORDER BY seq DESC LIMIT ?`
)

var sinceQuery = since(func(rev string) string { return strings.Replace(messageColumns, "rev", rev, 1) })

// The statements that read messages take room, position and limit, and read away from the position.
var (
	pageRoom    = reading(`SELECT key, epoch, head FROM rooms WHERE name = ?`)
	placeOf     = reading(`SELECT seq FROM messages WHERE room = ? AND id = ?`)
	olderThan   = reading(messagesOfRoom + ` AND seq < ? ORDER BY seq DESC LIMIT ?`)
	newerThan   = reading(messagesOfRoom + ` AND seq > ? ORDER BY seq LIMIT ?`)
	fromOn      = reading(messagesOfRoom + ` AND seq >= ? ORDER BY seq LIMIT ?`)
	sinceRev    = reading(sinceQuery)
	pinnedBelow = reading(pinnedQuery)
)

// Page reads a part of a room's history; see [rules.Store].
func (s reader) Page(ctx context.Context, room, user string, q rules.Query) (protocol.Page, error) {
	page, err := s.page(ctx, room, user, q)
	if err != nil {
		return protocol.Page{}, fmt.Errorf("read a page: %w", err)
	}
	return page, nil
}

func (s reader) page(ctx context.Context, room, user string, q rules.Query) (page protocol.Page, err error) {
	if q.Limit < 1 || q.Limit > protocol.PageMessagesMax {
		return page, fmt.Errorf("limit %d is not 1…%d", q.Limit, protocol.PageMessagesMax)
	}
	// The first read fixes the snapshot for all later ones.
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return page, err
	}
	defer func() { _ = tx.Rollback() }()

	v := view{ctx: ctx, tx: tx, reads: s.reads, name: room, user: user}
	err = v.stmt(pageRoom).QueryRowContext(ctx, room).Scan(&v.key, &page.Epoch, &page.Head)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return page, err
	}
	switch q.Kind {
	case rules.QueryNewest:
		page.Messages, page.More, err = v.before(olderThan, math.MaxInt64, q.PageShare())
	case rules.QueryBefore:
		page.Messages, page.More, err = v.before(olderThan, q.At, q.PageShare())
	case rules.QueryAfter:
		page.Messages, page.More, err = v.run(newerThan, q.At, q.PageShare())
	case rules.QuerySince:
		page.Messages, page.More, err = v.run(sinceRev, q.At, q.PageShare())
	case rules.QueryAround:
		err = v.around(&page, q)
	case rules.QueryPinned:
		page.Messages, page.More, err = v.run(pinnedBelow, row.Below(q.At), q.PageShare())
	case rules.QuerySearch:
		if err = s.searchable(); err == nil {
			page.Messages, page.More, err = v.search(q)
		}
	default:
		err = fmt.Errorf("unknown kind of query %d", q.Kind)
	}
	if err == nil {
		err = v.mine(page.Messages)
	}
	return page, err
}

// view reads one room in one snapshot.
type view struct {
	ctx   context.Context
	tx    *sql.Tx
	reads []*sql.Stmt
	key   int64 // 0, which no room has: the room does not exist
	name  string
	user  string
}

func (v *view) stmt(r readStmt) *sql.Stmt { return v.tx.StmtContext(v.ctx, v.reads[r]) }

// around reads half of the page before q.At, or the message q.ID, and the other half from it on. If one side has fewer
// messages, the other does not get more.
func (v *view) around(page *protocol.Page, q rules.Query) error {
	page.MoreBefore, page.MoreAfter = new(bool), new(bool)
	if q.ID != "" {
		err := v.stmt(placeOf).QueryRowContext(v.ctx, v.key, q.ID).Scan(&q.At)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	before, from := q.Halves()
	older, moreBefore, err := v.before(olderThan, q.At, before)
	if err != nil {
		return err
	}
	newer, moreAfter, err := v.run(fromOn, q.At, from)
	if err != nil {
		return err
	}
	page.Messages = append(older, newer...)
	page.MoreBefore, page.MoreAfter = &moreBefore, &moreAfter
	page.More = moreBefore || moreAfter
	return nil
}

// before runs a statement that reads backwards, and returns the messages in ascending order.
func (v *view) before(older readStmt, at int64, share rules.PageShare) ([]protocol.Message, bool, error) {
	messages, more, err := v.run(older, at, share)
	slices.Reverse(messages)
	return messages, more, err
}

// run reads as many messages as fit, in the statement's order, and whether more follow.
func (v *view) run(stmt readStmt, at int64, share rules.PageShare) (messages []protocol.Message, more bool, err error) {
	rows, err := v.stmt(stmt).QueryContext(v.ctx, v.key, at, share.Messages()+1)
	if err != nil {
		return nil, false, err
	}
	return v.scan(rows, share)
}

// fewMessages is the number of messages below which a page may soon end.
const fewMessages = 64

// scan reads as many messages as fit from rows, which it closes, and whether more follow.
func (v *view) scan(rows *sql.Rows, share rules.PageShare) (messages []protocol.Message, more bool, err error) {
	defer func() { _ = rows.Close() }()
	row := newMessageRow()
	for rows.Next() {
		if len(messages) == fewMessages {
			messages = slices.Grow(messages, share.Messages()) // the page will be full
		}
		m, err := row.read(rows, v.name)
		if err != nil {
			return nil, false, err
		}
		if !share.Take(m.Size()) {
			return messages, true, nil
		}
		messages = append(messages, m)
	}
	return messages, false, rows.Err()
}
