package view

import (
	"cmp"
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// row is a message as the log shows it. Two rows that are equal look the same.
type row struct {
	id        string
	seq       int64 // 0: not stored yet
	state     client.ItemState
	own       bool
	deleted   bool
	encrypted bool
	sender    string // "": not known
	at        protocol.Time
	sentAt    string // in place of at while not stored
	text      string
	code      protocol.Code // why it failed
	reason    string
}

// pending is the part of the outbox that the log shows: none where it does not
// reach the end of the room, which is where these rows belong.
func pending(s *client.Snapshot) []client.Own {
	if s.MoreAfter {
		return nil
	}
	return s.Outbox
}

// rowCount is the number of rows of the whole log: all messages loaded, then those
// of one's own that are not stored.
func rowCount(s *client.Snapshot) int { return len(s.Messages) + len(pending(s)) }

// rowsIn makes the rows of a window.
func rowsIn(s *client.Snapshot, w window) []row {
	rows := make([]row, 0, w.hi-w.lo)
	for i := w.lo; i < w.hi; i++ {
		if i < len(s.Messages) {
			rows = append(rows, storedRow(s.Messages[i], s.Me.ID))
		} else {
			rows = append(rows, ownRow(&s.Outbox[i-len(s.Messages)], s.Me.Name))
		}
	}
	return rows
}

func storedRow(m *protocol.Message, me string) row {
	sender := m.Sender.Name
	if sender == "" {
		sender = m.Sender.ID
	}
	return row{
		id: m.ID, seq: m.Seq, state: client.ItemSent, own: me != "" && m.Sender.ID == me,
		deleted: m.Deleted(), encrypted: m.Encrypted != nil,
		sender: sender, at: m.CreatedAt, text: m.Text,
	}
}

func ownRow(o *client.Own, name string) row {
	return row{
		id: o.ID, state: o.State, own: true,
		sender: name, sentAt: o.SentAt, text: o.Text, code: o.Code, reason: o.Reason,
	}
}

// findRow gives the place of a row that was made from an earlier snapshot.
func findRow(s *client.Snapshot, r *row) (index int, ok bool) {
	if r.seq > 0 {
		return slices.BinarySearchFunc(s.Messages, r.seq, func(m *protocol.Message, seq int64) int {
			return cmp.Compare(m.Seq, seq)
		})
	}
	return findID(s, r.id)
}

// findID gives the place of a message by its id, the newest first looked at.
func findID(s *client.Snapshot, id string) (index int, ok bool) {
	for i, own := range pending(s) {
		if own.ID == id {
			return len(s.Messages) + i, true
		}
	}
	for i := len(s.Messages) - 1; i >= 0; i-- {
		if s.Messages[i].ID == id {
			return i, true
		}
	}
	return 0, false
}
