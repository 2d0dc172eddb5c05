package sqlite

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hallway/protocol"
	"hallway/store/column"
)

// createdColumns are the columns of a new message; messageColumns are all that a messageRow reads, in order. The last one
// combines the values that are empty for most messages, and a sender's picture is with the role, because reading a column
// costs a page about as much as the content of a small message. Files, if any, stand before the encrypted text, with a line
// break between.
const (
	createdColumns = `id, seq, rev, sender_id, sender_name, sender_role, created_at, sent_at, text, encrypted, reply_to, mentions, sender_picture`
	messageColumns = `id, seq, rev, sender_id, sender_name,
		CASE WHEN sender_picture = '' THEN sender_role ELSE sender_role || ' ' || sender_picture END, created_at, sent_at, text,
		CASE WHEN messages.rev = messages.seq AND reply_to = '' AND encrypted = '' AND mentions = '' AND attached = '' THEN ''
		ELSE reply_to || ' ' || edited_at || ' ' || deleted_at || ' ' || pinned || ' ' || reactions || char(10) ||
		CASE attached WHEN '' THEN '' ELSE attached || char(10) END || encrypted || mentions END`
)

// messageRow receives the scanned columns of a row; one serves all rows of a query.
type messageRow struct {
	m    protocol.Message
	rare string // the last of messageColumns
	into []any
}

// newMessageRow returns a messageRow for rows with the columns before, then messageColumns.
func newMessageRow(before ...any) *messageRow {
	r := &messageRow{}
	m := &r.m
	// With plain pointers, Scan needs no reflection.
	r.into = append(before,
		&m.ID, &m.Seq, &m.Rev, &m.Sender.ID, &m.Sender.Name, (*string)(&m.Sender.Role),
		(*int64)(&m.CreatedAt), &m.SentAt, &m.Text, &r.rare)
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
	if r.rare != "" {
		err = decodeRare(&m, r.rare)
	}
	return m, err
}

// decodeRare reads the last of messageColumns.
func decodeRare(m *protocol.Message, rare string) error {
	later, more, _ := strings.Cut(rare, "\n")
	parts := strings.SplitN(later, " ", 5)
	if len(parts) != 5 {
		return fmt.Errorf("the later state of a message is %q", later)
	}
	edited, err := strconv.ParseInt(parts[1], 10, 64)
	deleted, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	m.ReplyTo, m.EditedAt, m.DeletedAt, m.Pinned = parts[0], protocol.Time(edited), protocol.Time(deleted), parts[3] != "0"
	if m.Reactions, err = column.DecodeReactions(parts[4]); err != nil {
		return err
	}
	return column.DecodeMore(m, more)
}

// scanMessage reads a single row with the columns before, then messageColumns.
func scanMessage(row interface{ Scan(...any) error }, room string, before ...any) (protocol.Message, error) {
	return newMessageRow(before...).read(row, room)
}
