package outbox

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/e2ee"
	"hallway/protocol"
)

// In a chat that encrypts, an item is sealed once, saved in that form, and then written. It is sealed anew only if
// that form is certainly not in the room: it was never written, or the relay has refused it because its key is not the
// newest any more. The relay never takes a message under an old key later. Without a key an item is sealed for this device
// alone, under e2ee.OwnKid, and saved: that form is never written.

// Seals seals the messages that wait, and opens stored ones: it names what is to be sealed or opened, and takes
// what came of it.
type Seals struct {
	step  *step.Step
	queue *queue
	tabs  *Tabs

	kid   string // the kid of the secret that seals now; "": none
	stale string // the kid that the relay has refused last
}

// Encrypt makes it the outbox of a chat that encrypts.
func (s *Seals) Encrypt() { s.queue.encrypts = true }

// mayWrite reports whether an item may be written as it is.
func (s *Seals) mayWrite(e *entry) bool {
	return !s.queue.encrypts || s.kid != "" && (e.isFixed() || e.Sealed != nil && e.Sealed.Kid == s.kid)
}

// noteStale notes what the refusal of a key proves. The relay does not have the item. Its key is stale for certain if it is of
// an earlier turn than the newest secret. Otherwise only the first refusal of a round is about the item itself; those behind it
// may only have been held back.
func (s *Seals) noteStale(e *entry, f *protocol.Error, first bool) {
	if f.Why != protocol.WhyStaleKey || e.Sealed == nil {
		return
	}
	if first {
		s.stale = e.Sealed.Kid
	}
	if e.Sealed.Kid == s.stale || client.KidTurn(e.Sealed.Kid) < client.KidTurn(s.kid) {
		e.written = false
	}
}

// Unsealed returns what is to be sealed under a kid, of a user: that of the room's newest secret or, if room is "", the
// device's own, if it has one. From then on items sealed under room are written.
func (s *Seals) Unsealed(room, kid, user string) (contents []client.Content) {
	q := s.queue
	s.kid = room
	for _, e := range q.entries {
		switch {
		case q.isPlain(e):
			if !e.failed() {
				e.Why = protocol.WhyEncrypted
				q.fail(e, protocol.CodeForbidden, "the files were attached before the chat encrypted: attach them again")
			}
		case e.lost && !e.failed() && !e.isFixed() && s.tabs.writes():
			q.gaveUp = q.gaveUp || e.onWire
			q.fail(e, client.CodeLost, "the message cannot be decrypted any more: write it again")
		case e.Sealed != nil && (room == "" || e.Sealed.Kid == kid):
		case kid != "" && known(&e.Item) && s.maySeal(e):
			c := client.Content{
				Place: client.Place{ID: e.ID, Sender: user, ReplyTo: e.ReplyTo, SentAt: e.SentAt},
				Text:  e.Text, Mentions: e.Mentions,
			}
			for i := range e.Files {
				c.Files = append(c.Files, *e.Files[i].Sealed())
			}
			contents = append(contents, c)
		}
	}
	return contents
}

// maySeal reports whether this page may seal an item, for the first time or anew. It seals nothing anew of which the storage may
// still get an earlier form, or which the page that owns the outbox may have sealed anew and written.
func (s *Seals) maySeal(e *entry) bool {
	if e.Sealed == nil {
		return s.tabs.owns || !e.handed
	}
	return e.stored && !e.failed() && !e.isFixed() && (s.tabs.writes() || !e.written)
}

// SetSealed takes the sealed form of an item, and saves it.
func (s *Seals) SetSealed(c client.Content, sealed protocol.Encrypted) {
	q := s.queue
	e := q.find(c.ID)
	if e == nil || e.Sealed != nil && (sealed.Kid == e2ee.OwnKid || !s.maySeal(e)) || len(e.Files) != len(c.Files) { // a file was taken out meanwhile
		return
	}
	e.Sealed, e.written, e.told = &sealed, false, ""
	q.save(e)
}

// Rescan lets stored items be opened whose secrets were missing.
func (s *Seals) Rescan() { s.queue.unread = true }

// TakeSealed returns messages in place of the items that are to be opened. They have no Seq.
func (s *Seals) TakeSealed(user string) (messages []*protocol.Message) {
	q := s.queue
	if !q.unread || !q.encrypts {
		return nil
	}
	q.unread = false
	for _, e := range q.entries {
		if e.Sealed != nil && !known(&e.Item) && !e.lost {
			e.opening = &protocol.Message{
				ID: e.ID, Sender: protocol.User{ID: user}, ReplyTo: e.ReplyTo, SentAt: e.SentAt, Encrypted: e.Sealed,
			}
			messages = append(messages, e.opening)
		}
	}
	return messages
}

// SetOpened takes what came of an item that was to be opened.
func (s *Seals) SetOpened(m *protocol.Message, said client.Said) {
	q := s.queue
	e := q.find(m.ID)
	if e == nil || e.opening != m {
		return
	}
	switch {
	case said.Opened():
		e.Text, e.Mentions = said.Text, said.Mentions
		e.open(said.Files)
		q.touched, s.step.Changed, e.told = true, true, ""
	case said.Mark != client.MarkWaiting && said.Mark != client.MarkOpening:
		e.lost = true
	}
}

// known reports whether this page has the content of an item of a chat that encrypts. It has all of the content or none.
func known(item *client.Item) bool {
	if len(item.Files) > 0 {
		return item.Files[0].Key != ""
	}
	return item.Text != ""
}

// isPlain reports whether an item has files that must not leave: the chat encrypts, and they were stored by one that
// did not.
func (q *queue) isPlain(e *entry) bool {
	return q.encrypts && e.Sealed == nil && len(e.Files) > 0 && !known(&e.Item)
}

// bare returns what is stored of the files of a sealed item: all else is inside.
func bare(files []client.Attachment) (all []client.Attachment) {
	for _, f := range files {
		all = append(all, client.Attachment{ID: f.ID, Size: f.Size, State: f.State, Code: f.Code, Reason: f.Reason, Why: f.Why})
	}
	return all
}

// takeFiles takes the files of an item as another page has it. The content may be known here, or come with the item.
func (e *entry) takeFiles(item *client.Item) {
	if !known(&e.Item) && known(item) {
		e.Text, e.Mentions = item.Text, item.Mentions
	}
	e.Files = merged(item.Files, e.Files)
}

// merged returns files; the name and the key of a bare one are taken from others.
func merged(files, others []client.Attachment) []client.Attachment {
	files = slices.Clone(files)
	for i := range files {
		f := &files[i]
		if at := place(others, f.ID); at >= 0 && f.Key == "" && others[at].Key != "" {
			other := others[at]
			other.State, other.Sent, other.Code, other.Reason, other.Why = f.State, f.Sent, f.Code, f.Reason, f.Why
			*f = other
		}
	}
	return files
}

// open takes what a sealed item says of its files.
func (e *entry) open(files []protocol.SealedFile) {
	inside := make([]client.Attachment, len(files))
	for i, f := range files {
		inside[i] = client.Attachment{
			ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Alt: f.Alt, Key: f.Key, IV: f.IV,
		}
	}
	e.Files = merged(e.Files, inside)
}
