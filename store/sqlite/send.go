package sqlite

import (
	"bytes"
	"database/sql"
	"errors"

	"hallway/protocol"
	"hallway/relay/hub"
)

// send stores the op's message at the room's next rev, or finds the one that
// has its id.
func (b *batch) send(r *room, op *hub.Op) (hub.Outcome, error) {
	if op.FindOnly {
		return b.resendOr(r, op, notFound(op))
	}
	madeAs := fingerprint(&op.Send)
	next := r.head + 1
	m := protocol.Message{
		Room:      r.name,
		ID:        op.Send.ID,
		Seq:       next,
		Rev:       next,
		Sender:    op.Sender,
		CreatedAt: max(b.now, r.lastAt+1),
		SentAt:    op.Send.SentAt,
		Text:      op.Send.Text,
		Encrypted: op.Send.Encrypted,
		ReplyTo:   op.Send.ReplyTo,
	}
	values, err := messageValues(&m)
	if err != nil {
		return hub.Outcome{}, err
	}
	added, err := b.insertMessage.Exec(append([]any{r.key, madeAs}, values...)...)
	if err != nil {
		return hub.Outcome{}, err
	}
	if n, err := added.RowsAffected(); err != nil {
		return hub.Outcome{}, err
	} else if n == 0 {
		return b.resend(r, op, madeAs)
	}
	r.head, r.lastAt, r.grown = next, m.CreatedAt, true
	b.noteSent(r, op.Sender)
	return hub.Outcome{Message: m, New: true}, nil
}

// resendOr answers a send whose id is taken, and one whose id is not by refused.
func (b *batch) resendOr(r *room, op *hub.Op, refused hub.Outcome) (hub.Outcome, error) {
	out, err := b.resend(r, op, fingerprint(&op.Send))
	switch {
	case !errors.Is(err, sql.ErrNoRows):
		return out, err
	case op.FindOnly:
		return notFound(op), nil
	}
	return refused, nil
}

// resend answers a send whose id is taken; sql.ErrNoRows: it is not.
func (b *batch) resend(r *room, op *hub.Op, madeAs []byte) (hub.Outcome, error) {
	m, storedAs, err := b.message(r, op.Send.ID)
	if err != nil {
		return hub.Outcome{}, err
	}
	switch {
	case m.Sender.ID != op.Sender.ID:
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "another sender has used this id"}, nil
	case !bytes.Equal(storedAs, madeAs):
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "this id was sent with other content"}, nil
	}
	return hub.Outcome{Message: m}, nil
}

// message is the one with the id and the fingerprint that it was made with;
// sql.ErrNoRows: there is none.
func (b *batch) message(r *room, id string) (m protocol.Message, madeAs []byte, err error) {
	m, err = scanMessage(b.tx.Stmt(b.write.selectMessage).QueryRow(r.key, id), r.name, &madeAs)
	return m, madeAs, err
}
