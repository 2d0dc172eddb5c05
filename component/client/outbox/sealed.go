package outbox

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/e2ee"
	"hallway/protocol"
)

// In an encrypted chat an item is sealed once, saved in its sealed form, and then written. It is sealed again only if
// that form is certainly not in the room: it was never written, or the relay has refused it because its key is no longer the
// newest one. The relay never takes a message under an old key later. Without a key of the room an item is sealed for this
// device alone, under e2ee.OwnKid, and saved. That form is never written. An item that is sealed for the room is also saved in that form:
// after a reload this device may not get the room's key again.

// Seals hands out the waiting messages to seal and the stored messages to open, and takes the results.
type Seals struct {
	step  *step.Step
	queue *queue
	tabs  *Tabs

	kid   string // the kid of the newest secret of the room; "": none
	stale string // the last kid that the relay has refused as stale
}

// Encrypt makes the outbox seal all messages.
func (s *Seals) Encrypt() { s.queue.encrypts = true }

// mayWrite reports whether an item may be written in its present form.
func (s *Seals) mayWrite(e *entry) bool {
	return !s.queue.encrypts || s.kid != "" && (e.isFixed() || e.Sealed != nil && e.Sealed.Kid == s.kid)
}

// noteStale handles a refusal because of a stale key: the item may be sealed again. The refusal is certainly about this item if
// its key is older than the newest secret. Otherwise only the first refusal of a round counts, because the relay may have refused
// the others only for following it.
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

// Unsealed returns the user's contents to seal under a kid. room is the kid of the room's newest secret, or "" if there is none:
// then kid is the device's own. Items that are sealed under room may be written from now on.
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
			q.rejoin = q.rejoin || e.onWire
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

// maySeal reports whether this page may seal an item, for the first time or again. It must not seal an item again while an earlier
// form is being saved, or if the owner may have sealed it again and written it.
func (s *Seals) maySeal(e *entry) bool {
	if e.Sealed == nil {
		return s.tabs.owns || !e.handed
	}
	return e.stored && !e.failed() && !e.isFixed() && (s.tabs.writes() || !e.written)
}

// SetSealed takes the sealed forms of an item, for the room and for this device alone, and saves both.
func (s *Seals) SetSealed(c client.Content, sealed, own *protocol.Encrypted) {
	q := s.queue
	e := q.find(c.ID)
	if e == nil || e.Sealed != nil && (sealed.Kid == e2ee.OwnKid || !s.maySeal(e)) || len(e.Files) != len(c.Files) { // a file was removed meanwhile
		return
	}
	e.Sealed, e.Own, e.written, e.told = sealed, own, false, ""
	q.save(e)
}

// Rescan makes the next TakeSealed return the unopened items again.
func (s *Seals) Rescan() { s.queue.unread = true }

// TakeSealed returns a message for each item to be opened. These messages have no Seq.
func (s *Seals) TakeSealed(user string) (messages []*protocol.Message) {
	q := s.queue
	if !q.unread || !q.encrypts {
		return nil
	}
	q.unread = false
	for _, e := range q.entries {
		if e.Sealed != nil && !known(&e.Item) && !e.lost {
			sealed := e.Own
			if sealed == nil {
				sealed = e.Sealed
			}
			e.opening = &protocol.Message{
				ID: e.ID, Sender: protocol.User{ID: user}, ReplyTo: e.ReplyTo, SentAt: e.SentAt, Encrypted: sealed,
			}
			messages = append(messages, e.opening)
		}
	}
	return messages
}

// SetOpened takes the result of opening an item.
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
	case said.Mark == client.MarkWaiting || said.Mark == client.MarkOpening:
	case m.Encrypted == e.Own: // the device has other keys now: the room's key may open the item
		e.Own, q.unread = nil, true
	default:
		e.lost = true
	}
}

// known reports whether this page has the content of an item of an encrypted chat. It has all of the content or nothing.
func known(item *client.Item) bool {
	if len(item.Files) > 0 {
		return item.Files[0].Key != ""
	}
	return item.Text != ""
}

// isPlain reports whether an item has files that must not be sent: they were stored before the chat was encrypted.
func (q *queue) isPlain(e *entry) bool {
	return q.encrypts && e.Sealed == nil && len(e.Files) > 0 && !known(&e.Item)
}

// bare returns the files of a sealed item as they are stored. Names, types and keys are only in the sealed content.
func bare(files []client.Attachment) (all []client.Attachment) {
	for _, f := range files {
		all = append(all, client.Attachment{ID: f.ID, Size: f.Size, State: f.State, Code: f.Code, Reason: f.Reason, Why: f.Why})
	}
	return all
}

// takeFiles takes the files of another page's item. If this page lacks the content, it takes that, too.
func (e *entry) takeFiles(item *client.Item) {
	if !known(&e.Item) && known(item) {
		e.Text, e.Mentions = item.Text, item.Mentions
	}
	e.Files = merged(item.Files, e.Files)
}

// merged returns files, with the names and keys that are missing taken from others.
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

// open takes the names and keys of the files from a sealed content.
func (e *entry) open(files []protocol.SealedFile) {
	inside := make([]client.Attachment, len(files))
	for i, f := range files {
		inside[i] = client.Attachment{
			ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Alt: f.Alt, Key: f.Key, IV: f.IV,
		}
	}
	e.Files = merged(e.Files, inside)
}
