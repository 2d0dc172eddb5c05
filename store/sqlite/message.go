package sqlite

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hallway/protocol"
	"hallway/store/column"
)

// createdColumns are the columns of a new message; messageColumns are all that a messageRow reads, in order. Some
// columns combine values that are empty for most messages (later changes; a sender's picture; encrypted text and
// mentions), because reading a column costs a page about as much as the content of a small message. Files, if any,
// stand before the encrypted text, with a line break between.
const (
	createdColumns = `id, seq, rev, sender_id, sender_name, sender_role, created_at, sent_at, text, encrypted, reply_to, mentions, sender_picture`
	messageColumns = `id, seq, rev, sender_id, sender_name,
		CASE WHEN sender_picture = '' THEN sender_role ELSE sender_role || ' ' || sender_picture END, created_at, sent_at, text,
		CASE attached WHEN '' THEN '' ELSE attached || char(10) END || encrypted || mentions, reply_to, CASE WHEN messages.rev = messages.seq THEN ''
		ELSE edited_at || ' ' || deleted_at || ' ' || pinned || ' ' || reactions END`
)

// messageRow receives the scanned columns of a row; one serves all rows of a query.
type messageRow struct {
	m           protocol.Message
	more, later string // more: the encrypted content, a JSON object, or mentions, a list
	into        []any
}

// newMessageRow returns a messageRow for rows with the columns before, then messageColumns.
func newMessageRow(before ...any) *messageRow {
	r := &messageRow{}
	m := &r.m
	// With plain pointers, Scan needs no reflection.
	r.into = append(before,
		&m.ID, &m.Seq, &m.Rev, &m.Sender.ID, &m.Sender.Name, (*string)(&m.Sender.Role),
		(*int64)(&m.CreatedAt), &m.SentAt, &m.Text, &r.more, &m.ReplyTo, &r.later)
	return r
}

// read reads the message of a row.
func (r *messageRow) read(row interface{ Scan(...any) error }, room string) (m protocol.Message, err error) {
	return r.readBy(row.Scan, room)
}

// readBy reads the message of a row with scan.
func (r *messageRow) readBy(scan func(...any) error, room string) (m protocol.Message, err error) {
	if err = scan(r.into...); err != nil {
		return m, err
	}
	m = r.m
	m.Room = room
	column.ReadRole(&m.Sender)
	if err = column.DecodeMore(&m, r.more); err != nil {
		return m, err
	}
	if r.later != "" {
		err = decodeLater(&m, r.later)
	}
	return m, err
}

// decodeLater reads the last of messageColumns.
func decodeLater(m *protocol.Message, later string) error {
	parts := strings.SplitN(later, " ", 4)
	if len(parts) != 4 {
		return fmt.Errorf("the later state of a message is %q", later)
	}
	edited, err := strconv.ParseInt(parts[0], 10, 64)
	deleted, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	m.EditedAt, m.DeletedAt, m.Pinned = protocol.Time(edited), protocol.Time(deleted), parts[2] != "0"
	m.Reactions, err = column.DecodeReactions(parts[3])
	return err
}

// scanMessage reads a single row with the columns before, then messageColumns.
func scanMessage(row interface{ Scan(...any) error }, room string, before ...any) (protocol.Message, error) {
	return newMessageRow(before...).read(row, room)
}
