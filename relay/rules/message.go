package rules

import (
	"reflect"
	"slices"
	"strconv"

	"hallway/protocol"
)

// send stores a message at the room's next rev, or finds the message with its id.
func send(s *Set, r *Room, op *Op, do Send) Outcome {
	if m := r.messages[do.ID]; m != nil || do.FindOnly {
		return resend(m, op, do)
	}
	if refused := s.locks(r).refuseOpen(do.Encrypted, do.Files); refused.Code != "" {
		return refused
	}
	files, refused := r.attach(op, do)
	if refused.Code != "" {
		return refused
	}
	rev := s.grow(r)
	sender := op.Sender
	sender.Title = "" // a message does not hold the title
	r.LastAt = max(s.Now, r.LastAt+1)
	m := r.AddMessage(Message{
		Message: protocol.Message{
			Room: r.Name, ID: do.ID, Seq: rev, Rev: rev, Sender: sender, CreatedAt: r.LastAt,
			SentAt: do.SentAt, Text: do.Text, Encrypted: do.Encrypted, Mentions: do.Mentions, ReplyTo: do.ReplyTo,
		},
		MadeAs: fingerprint(&do.Send),
		made:   true,
	})
	attachTo(s, m, files, do.Files)
	s.list(m)
	noteSent(s, r, op.Sender)
	out := Outcome{Result: Stored{Message: m.Message, New: true}}
	if book := s.locks(r); book.noteTraffic() {
		out.DueNow, out.Due = book.newest().IsDue()
	}
	return out
}

// resend answers a send whose id may be stored already.
func resend(m *Message, op *Op, do Send) Outcome {
	switch {
	case m == nil:
		return notFound(op)
	case m.Sender.ID != op.Sender.ID:
		return refuse(protocol.CodeConflict, "another sender has used this id")
	case m.MadeAs != fingerprint(&do.Send):
		return refuse(protocol.CodeConflict, "this id was sent with other content")
	}
	return Outcome{Result: Stored{Message: m.Message}}
}

// change edits, deletes, pins or unpins a message, or changes a reaction. An op without an effect takes no rev.
func change(s *Set, r *Room, op *Op) Outcome {
	m := r.messages[op.ID()]
	if m == nil {
		return notFound(op)
	}
	if refused := refusal(m, op); refused.Code != "" {
		return refused
	}
	changed, sender := false, m.Sender.ID
	switch do := op.Do.(type) {
	case Edit:
		if changed = m.AutoText || m.Text != do.Text || !reflect.DeepEqual(m.Encrypted, do.Encrypted) || !slices.Equal(m.Mentions, do.Mentions); changed {
			if refused := s.locks(r).refuseOpen(do.Encrypted, nil); refused.Code != "" {
				return refused
			}
			m.Text, m.Encrypted, m.Mentions, m.EditedAt, m.AutoText = do.Text, do.Encrypted, do.Mentions, max(s.Now, m.CreatedAt), false
			noteSent(s, r, op.Sender)
		}
	case Delete:
		if changed = !m.Deleted(); changed {
			makeTombstone(s, m)
		}
	case React:
		changed = react(s, m, op.Sender.ID, do.Emoji, do.On)
	case Pin:
		changed = m.Pinned != do.On
		m.Pinned = do.On
	}
	if changed {
		update(s, m)
		auditChange(s, op, sender)
	}
	return Outcome{Result: Stored{Message: m.Message, New: changed}}
}

// refusal refuses a change that the message does not allow; otherwise its Code is "". It checks for forbidden before
// conflict.
func refusal(m *Message, op *Op) Outcome {
	own := m.Sender.ID == op.Sender.ID
	const deleted = "the message was deleted"
	switch do := op.Do.(type) {
	case Edit:
		if !own {
			return refuse(protocol.CodeForbidden, "only its sender may edit a message")
		}
	case Delete:
		if !own && !do.Any {
			return refuse(protocol.CodeForbidden, "this message belongs to another user")
		}
		return Outcome{} // a tombstone may be deleted again
	case React:
		if !m.Deleted() && do.On {
			return m.tooMany(op.Sender.ID, do.Emoji)
		}
	}
	if m.Deleted() {
		return refuse(protocol.CodeConflict, deleted)
	}
	return Outcome{}
}

// auditChange adds a change to the audit if the change needs a moderator's rights.
func auditChange(s *Set, op *Op, sender string) {
	switch do := op.Do.(type) {
	case Edit:
		s.Forgets = true
	case Delete:
		if sender != op.Sender.ID {
			s.audit(op, "delete", sender, do.ID, nil)
		}
	case Pin:
		s.audit(op, "pin", sender, do.ID, details(nil).member("on", strconv.AppendBool(nil, do.On)))
	}
}

// makeTombstone deletes all content of a message.
func makeTombstone(s *Set, m *Message) {
	s.Forgets = true
	m.unfiled = m.unfiled || len(m.Files) > 0
	if len(m.Reactions) > 0 {
		m.bare, m.reactions, m.unnamed, m.emptied = !m.made, nil, nil, nil
	}
	m.Message = protocol.Message{
		Room: m.Message.Room, ID: m.ID, Seq: m.Seq, Sender: m.Sender, CreatedAt: m.CreatedAt, DeletedAt: max(s.Now, m.CreatedAt),
	}
}

// update gives a changed message the room's next rev.
func update(s *Set, m *Message) {
	m.Rev, m.changed = s.grow(m.room), true
	s.list(m)
}
