package postgres

import (
	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/column"
)

// messageColumns are the columns that a messageRow reads, in order.
const messageColumns = `m.id, m.seq, m.rev, m.sender_id, m.sender_name, m.sender_role, m.created_at, m.sent_at, m.text, m.more,
	m.reply_to, m.edited_at, m.deleted_at, m.pinned, m.reactions`

// messageRow receives the scanned columns of a row; one serves all rows of a query.
type messageRow struct {
	m               protocol.Message
	more, reactions string
	into            []any
}

// newMessageRow returns a messageRow for rows with the columns before, then messageColumns.
func newMessageRow(before ...any) *messageRow {
	r := &messageRow{}
	m := &r.m
	r.into = append(before,
		&m.ID, &m.Seq, &m.Rev, &m.Sender.ID, &m.Sender.Name, (*string)(&m.Sender.Role), (*int64)(&m.CreatedAt), &m.SentAt, &m.Text,
		&r.more, &m.ReplyTo, (*int64)(&m.EditedAt), (*int64)(&m.DeletedAt), &m.Pinned, &r.reactions)
	return r
}

// read reads the message of a row with scan.
func (r *messageRow) read(scan func(...any) error, room string) (m protocol.Message, err error) {
	if err = scan(r.into...); err != nil {
		return m, err
	}
	return r.message(room)
}

// message returns the message of the scanned row.
func (r *messageRow) message(room string) (m protocol.Message, err error) {
	m = r.m
	m.Room = room
	column.ReadRole(&m.Sender)
	if err = column.DecodeMore(&m, r.more); err != nil {
		return m, err
	}
	m.Reactions, err = column.DecodeReactions(r.reactions)
	return m, err
}

// newRows are the columns of new messages.
type newRows struct {
	rooms, seqs, revs, createdAt                             []int64
	ids, senders, names, roles, sentAt, texts, more, replyTo []string
	madeAs                                                   [][]byte
}

// add adds a message.
func (r *newRows) add(m *rules.Message) error {
	more, err := encodeMore(&m.Message)
	if err != nil {
		return err
	}
	r.rooms, r.seqs, r.revs, r.createdAt = append(r.rooms, m.In().Key), append(r.seqs, m.Seq), append(r.revs, m.Rev), append(r.createdAt, int64(m.CreatedAt))
	r.ids, r.madeAs, r.senders = append(r.ids, m.ID), append(r.madeAs, m.MadeAs[:]), append(r.senders, m.Sender.ID)
	r.names, r.roles, r.sentAt = append(r.names, m.Sender.Name), append(r.roles, roleColumn(&m.Sender)), append(r.sentAt, m.SentAt)
	r.texts, r.more, r.replyTo = append(r.texts, m.Text), append(r.more, more), append(r.replyTo, m.ReplyTo)
	return nil
}

// encodeMore returns the column more, which is empty for most messages: the files, followed by a line break, and the
// encrypted content or the mentions.
func encodeMore(m *protocol.Message) (more string, err error) {
	if m.Encrypted != nil {
		more, err = column.EncodeEncrypted(m.Encrypted)
	} else {
		more, err = column.EncodeMentions(m.Mentions)
	}
	if err != nil || len(m.Files) == 0 {
		return more, err
	}
	files, err := column.EncodeFiles(m)
	return files + "\n" + more, err
}
