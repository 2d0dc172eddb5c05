package timeline

import (
	"hallway/component/client"
	"hallway/protocol"
)

// seals is what the table knows of encryption.
type seals struct {
	Encrypts bool // the chat does
	pending  []*protocol.Message
	rescan   bool
}

// came looks at a message that has come in place of old, which may be nil. If it is encrypted
// it waits to be opened, unless it says what was opened before.
func (t *table) came(e *entry, old *protocol.Message) {
	m := e.m
	switch {
	case !t.Encrypts:
	case m.Deleted():
		e.sealed, e.mark = nil, client.MarkNone
	case m.Encrypted == nil:
		e.sealed, e.mark = nil, client.MarkPlain
	case e.sealed == nil || *e.sealed != *m.Encrypted || !samePlace(m, old):
		e.sealed, e.mark = m.Encrypted, client.MarkOpening
		t.pending = append(t.pending, m)
	case old.Encrypted != nil: // it was tried before
		t.pending = append(t.pending, m)
	default:
		c := *m
		c.Text, c.Mentions, c.Encrypted = old.Text, old.Mentions, nil
		c.Sender.Name, c.Sender.Role = old.Sender.Name, old.Sender.Role
		e.m = &c
	}
}

// Rescan lets the messages whose secrets were missing be opened.
func (t *table) Rescan() { t.rescan = true }

// TakeSealed returns the messages that are to be opened.
func (t *table) TakeSealed() []*protocol.Message {
	if t.rescan {
		t.rescan, t.pending = false, nil
		for _, l := range t.lists {
			for _, e := range l.entries {
				if e.m.Encrypted != nil && e.mark != client.MarkAltered {
					t.pending = append(t.pending, e.m)
				}
			}
		}
	}
	pending := t.pending
	t.pending = nil
	return pending
}

// SetOpened takes what came of a message that was to be opened, and returns it as it is shown
// now. It is nil if the message has changed meanwhile, or if nothing is new.
func (t *Timeline) SetOpened(m *protocol.Message, said client.Said) *protocol.Message {
	e := t.entries[m.ID]
	if e == nil || e.m != m || !said.Opened() && e.mark == said.Mark {
		return nil
	}
	c := *m
	if said.Opened() {
		c.Text, c.Mentions, c.Encrypted = said.Text, said.Mentions, nil
	}
	if said.Author != nil {
		c.Sender = *said.Author
	}
	e.m, e.mark = &c, said.Mark
	t.follow(e)
	return e.m
}

// marks returns the marks of all messages that are marked.
func (t *Timeline) marks() (marks map[string]client.Mark) {
	if !t.Encrypts {
		return nil
	}
	for id, e := range t.entries {
		if e.mark != client.MarkNone {
			if marks == nil {
				marks = map[string]client.Mark{}
			}
			marks[id] = e.mark
		}
	}
	return marks
}

// samePlace reports whether what a message says is bound to the same place as before.
func samePlace(a, b *protocol.Message) bool {
	return a.EditedAt == b.EditedAt && a.Sender.ID == b.Sender.ID && a.ReplyTo == b.ReplyTo && a.SentAt == b.SentAt
}
