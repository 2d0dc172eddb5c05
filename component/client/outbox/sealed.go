package outbox

import (
	"hallway/component/client"
	"hallway/protocol"
)

// In a chat that encrypts, an item is sealed once, saved so, and then written. It is sealed
// anew only if that form is certainly not in the room: it was never written, or the relay
// refused it because its key is not the newest any more, which holds for ever.

// seals is what the outbox knows of encryption.
type seals struct {
	On     bool   // the chat encrypts
	kid    string // that is sealed under now; "": none
	stale  string // the kid that the relay has refused last
	rescan bool   // stored items wait to be opened
}

// Encrypt makes it the outbox of a chat that encrypts.
func (o *Outbox) Encrypt() { o.seals.On = true }

// mayWrite reports whether an item may be written as it is.
func (o *Outbox) mayWrite(e *entry) bool {
	return !o.seals.On || o.seals.kid != "" && e.Sealed != nil && (e.written || e.Sealed.Kid == o.seals.kid)
}

// noteStale notes what the refusal of a key proves. The first refusal of a round is about the
// item itself; those behind it may only have been held back.
func (o *Outbox) noteStale(e *entry, f *protocol.Error) {
	if f.Why != protocol.WhyStaleKey || e.Sealed == nil {
		return
	}
	if e.inFlight && o.resendAt.IsZero() {
		o.seals.stale = e.Sealed.Kid
	}
	if e.Sealed.Kid == o.seals.stale {
		e.written = false
	}
}

// Unsealed returns what is to be sealed under a kid, of a user. From then on items sealed
// under it are written.
func (o *Outbox) Unsealed(kid, user string) (contents []client.Content) {
	o.seals.kid = kid
	for _, e := range o.entries {
		switch {
		case kid == "" || e.failed() || e.written && e.Sealed != nil || e.Sealed != nil && e.Sealed.Kid == kid:
		case e.lost:
			o.gaveUp = o.gaveUp || e.onWire
			o.fail(e, protocol.CodeForbidden, "the message cannot be decrypted any more: write it again")
		case e.Text != "" && (o.owns || !e.handed):
			contents = append(contents, client.Content{
				Place: client.Place{ID: e.ID, Sender: user, ReplyTo: e.ReplyTo, SentAt: e.SentAt},
				Text:  e.Text, Mentions: e.Mentions,
			})
		}
	}
	return contents
}

// GaveUp reports, once, that an item was given up for which the relay may hold back what follows
// until the room is joined anew.
func (o *Outbox) GaveUp() bool {
	gaveUp := o.gaveUp
	o.gaveUp = false
	return gaveUp
}

// SetSealed takes the sealed form of an item, and saves it.
func (o *Outbox) SetSealed(id string, sealed protocol.Encrypted) {
	e := o.find(id)
	if e == nil || e.failed() || e.written && e.Sealed != nil {
		return
	}
	e.Sealed, e.written, e.told = &sealed, false, ""
	o.save(e)
}

// Rescan lets stored items be opened whose secrets were missing.
func (o *Outbox) Rescan() { o.seals.rescan = true }

// TakeSealed returns messages in place of the items that are to be opened. They have no Seq.
func (o *Outbox) TakeSealed(user string) (messages []*protocol.Message) {
	if !o.seals.rescan || !o.seals.On {
		return nil
	}
	o.seals.rescan = false
	for _, e := range o.entries {
		if e.Sealed != nil && e.Text == "" && !e.lost {
			e.opening = &protocol.Message{
				ID: e.ID, Sender: protocol.User{ID: user}, ReplyTo: e.ReplyTo, SentAt: e.SentAt, Encrypted: e.Sealed,
			}
			messages = append(messages, e.opening)
		}
	}
	return messages
}

// SetOpened takes what came of an item that was to be opened.
func (o *Outbox) SetOpened(m *protocol.Message, said client.Said) {
	e := o.find(m.ID)
	if e == nil || e.opening != m {
		return
	}
	switch {
	case said.Opened():
		e.Text, e.Mentions = said.Text, said.Mentions
		o.touched, o.step.Changed, e.told = true, true, ""
	case said.Mark != client.MarkWaiting && said.Mark != client.MarkOpening:
		e.lost = true
	}
}
