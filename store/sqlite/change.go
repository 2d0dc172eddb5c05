package sqlite

import (
	"database/sql"
	"errors"
	"reflect"
	"strconv"

	"hallway/protocol"
	"hallway/relay/hub"
)

// change edits, deletes, reacts to or pins a message. What changes nothing takes
// no rev.
func (b *batch) change(r *room, op *hub.Op) (hub.Outcome, error) {
	m, _, err := b.message(r, op.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound(op), nil
	}
	if err != nil {
		return hub.Outcome{}, err
	}
	if refused := refusal(&m, op); refused.Code != "" {
		return refused, nil
	}
	if refused, err := b.tooMany(r, &m, op); refused.Code != "" || err != nil {
		return refused, err
	}
	changed, sender := false, m.Sender.ID
	switch op.Kind {
	case hub.OpEdit:
		if changed = edit(&m, op, b.now); changed {
			b.noteSent(r, op.Sender)
		}
	case hub.OpDelete:
		if changed = !m.Deleted(); changed {
			err = b.bury(r, &m)
		}
	case hub.OpReact:
		changed, err = b.react(r, &m, op)
	case hub.OpPin:
		changed = m.Pinned != op.On
		m.Pinned = op.On
	}
	if err == nil && changed {
		b.deletes = b.deletes || op.Kind != hub.OpPin && op.Kind != hub.OpReact
		err = b.update(r, &m)
	}
	if err == nil && changed {
		err = b.auditChange(op, sender)
	}
	return hub.Outcome{Message: m, New: changed}, err
}

// auditChange notes what only some may do to the message of sender.
func (b *batch) auditChange(op *hub.Op, sender string) error {
	switch {
	case op.Kind == hub.OpDelete && sender != op.Sender.ID:
		return b.audit(op, "delete", sender, op.ID, nil)
	case op.Kind == hub.OpPin:
		return b.audit(op, "pin", sender, op.ID, details(nil).member("on", strconv.AppendBool(nil, op.On)))
	}
	return nil
}

// refusal is why the message may not be changed so; its Code is "" if it may.
func refusal(m *protocol.Message, op *hub.Op) hub.Outcome {
	own := m.Sender.ID == op.Sender.ID
	switch {
	case op.Kind == hub.OpEdit && !own:
		return hub.Outcome{Code: protocol.CodeForbidden, Reason: "only its sender may edit a message"}
	case op.Kind == hub.OpDelete && !own && !op.Any:
		return hub.Outcome{Code: protocol.CodeForbidden, Reason: "this message is another's"}
	case op.Kind != hub.OpDelete && m.Deleted():
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "the message was deleted"}
	}
	return hub.Outcome{}
}

func edit(m *protocol.Message, op *hub.Op, now protocol.Time) (changed bool) {
	if m.Text == op.Text && reflect.DeepEqual(m.Encrypted, op.Encrypted) {
		return false
	}
	m.Text, m.Encrypted, m.EditedAt = op.Text, op.Encrypted, max(now, m.CreatedAt)
	return true
}

// bury leaves of the message what a tombstone has.
func (b *batch) bury(r *room, m *protocol.Message) error {
	b.deletes = true
	if len(m.Reactions) > 0 {
		if _, err := b.tx.Stmt(b.write.deleteReactions).Exec(r.key, m.Seq); err != nil {
			return err
		}
	}
	*m = protocol.Message{
		Room: m.Room, ID: m.ID, Seq: m.Seq, Sender: m.Sender, CreatedAt: m.CreatedAt, DeletedAt: max(b.now, m.CreatedAt),
	}
	return nil
}

// update stores the changed message at the room's next rev.
func (b *batch) update(r *room, m *protocol.Message) error {
	m.Rev = r.head + 1
	encrypted, err := encodeEncrypted(m.Encrypted)
	if err != nil {
		return err
	}
	reactions, err := encodeReactions(m.Reactions)
	if err != nil {
		return err
	}
	_, err = b.tx.Stmt(b.write.updateMessage).Exec(m.Rev, m.SentAt, m.Text, encrypted, m.ReplyTo,
		int64(m.EditedAt), int64(m.DeletedAt), m.Pinned, reactions, r.key, m.Seq)
	r.head, r.grown = m.Rev, true
	return err
}
