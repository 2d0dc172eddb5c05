package timeline

import (
	"hallway/component/client"
	"hallway/protocol"
)

// seals is the table's state of encryption.
type seals struct {
	Encrypts bool                // the chat is encrypted
	pending  []*protocol.Message // the messages to decrypt next
	rescan   bool                // all undecrypted messages are tried again
}

// replaced handles a message that replaces old, which may be nil. An encrypted message
// waits to be decrypted, unless its content was decrypted before.
func (t *table) replaced(e *entry, old *protocol.Message) {
	m := e.m
	switch {
	case !t.Encrypts:
	case m.Deleted():
		e.sealed, e.mark, e.files = nil, client.MarkNone, nil
	case m.Encrypted == nil:
		e.sealed, e.mark, e.files = nil, client.MarkPlain, nil
	case e.sealed == nil || *e.sealed != *m.Encrypted || !samePlace(m, old):
		e.sealed, e.mark, e.files = m.Encrypted, client.MarkOpening, nil
		t.pending = append(t.pending, m)
	case old.Encrypted != nil: // the same content was not decrypted yet
		t.pending = append(t.pending, m)
	default:
		c := *m
		c.Text, c.Mentions, c.Files, c.AutoText, c.Encrypted = old.Text, old.Mentions, old.Files, old.AutoText, nil
		c.Sender.Name, c.Sender.Role = old.Sender.Name, old.Sender.Role
		e.m = &c
	}
}

// Rescan tries again to decrypt the messages with a missing secret.
func (t *table) Rescan() { t.rescan = true }

// TakeSealed returns the messages to decrypt.
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

// SetOpened takes the result of decrypting a message, and returns the message to show. It returns nil
// if the message has changed meanwhile, or if the result is not new.
func (t *Timeline) SetOpened(m *protocol.Message, said client.Said) *protocol.Message {
	e := t.entries[m.ID]
	if e == nil || e.m != m || !said.Opened() && e.mark == said.Mark {
		return nil
	}
	c := *m
	if said.Opened() {
		c.Text, c.Mentions, c.Files, c.Encrypted = said.Text, said.Mentions, nil, nil // the relay's claims about files do not count
		for i := range said.Files {
			c.Files = append(c.Files, said.Files[i].File)
		}
		if e.files = said.Files; c.Text == "" {
			c.Text, c.AutoText = protocol.AutoText(c.Files), true
		}
	}
	if said.Author != nil {
		c.Sender = *said.Author
	}
	e.m, e.mark = &c, said.Mark
	t.follow(e)
	return e.m
}

// SealedFiles returns the files of a decrypted message, with their keys.
func (t *table) SealedFiles(id string) []protocol.SealedFile {
	if e := t.entries[id]; e != nil {
		return e.files
	}
	return nil
}

// SealedFile returns a file of a decrypted message, with its key, or nil. Of several messages with the file the first one counts:
// another member may send a later one with a wrong key.
func (t *table) SealedFile(id string) (found *protocol.SealedFile) {
	var seq int64
	for _, e := range t.entries {
		for i := range e.files {
			if e.files[i].ID == id && (found == nil || e.m.Seq < seq) {
				found, seq = &e.files[i], e.m.Seq
			}
		}
	}
	return found
}

// marks returns the marks of all marked messages.
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

// samePlace reports whether the contents of two messages are bound to the same place.
func samePlace(a, b *protocol.Message) bool {
	return a.EditedAt == b.EditedAt && a.Sender.ID == b.Sender.ID && a.ReplyTo == b.ReplyTo && a.SentAt == b.SentAt
}
