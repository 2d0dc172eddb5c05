package request

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// mayWrite reports whether a change may be written as it is: an edit in a chat that encrypts
// must be sealed once, and again only after the relay has refused its key.
func (s *State) mayWrite(r *request) bool {
	return r.kind != edit || !s.Encrypts || s.Kid != "" && r.sealed != nil && (r.written || r.sealed.Kid == s.Kid)
}

// Repeat takes a message with an older edit than one that was shown: it came late, for example from a connection that was
// lost, and whoever has seen the newer one refuses it. If this page made the newer edit, or the one that came late, it asks
// for that once more. next is the number of the next edit. oldest is the turn with which the chapter began: users who cannot
// read what is before that must not get it by an edit.
func (q *Queue) Repeat(m *protocol.Message, next, oldest int64) {
	id := m.ID
	for _, r := range q.list {
		if r.kind == edit && r.id == id {
			return // it gets a higher number, or the relay tells of it again
		}
	}
	for _, r := range q.edits {
		if r.id == id && (r.content.Edit+1 == next || *r.sealed == *m.Encrypted) && client.KidTurn(r.sealed.Kid) >= oldest &&
			r.repeats < changeTriesMax && len(q.list) < client.ChangesMax {
			again := request{kind: edit, id: id, text: r.text, mentions: r.mentions, content: r.content, repeats: r.repeats + 1}
			q.list = append(q.list, &again)
			q.step.Changed = true
		}
	}
}

// StartOver forgets the edits of another life of the room.
func (q *Queue) StartOver() { q.edits = nil }

// noteDone remembers the last edit of a message, in a chat that encrypts.
func (q *Queue) noteDone(r *request) {
	if r.sealed == nil {
		return
	}
	q.edits = slices.DeleteFunc(q.edits, func(old *request) bool { return old.id == r.id })
	q.edits = append(q.edits[max(0, len(q.edits)+1-editsMax):], r)
}

// noteStale forgets a sealed form whose key the relay has refused.
func (r *request) noteStale(f *protocol.Error) {
	if f.Why == protocol.WhyStaleKey {
		r.sealed, r.written = nil, false
	}
}

// takeContent takes what is to be sealed for an edit from the message as it is shown, and reports whether it can be read: its
// place is known from the relay alone before that, and unknown once it is deleted. Later the message may be under way to be
// opened anew.
func (q *Queue) takeContent(r *request) bool {
	m := q.messages.Known(r.id)
	if m == nil || m.Encrypted != nil || m.Deleted() {
		return false
	}
	r.content = client.Content{
		Place: client.Place{ID: r.id, ReplyTo: m.ReplyTo, SentAt: m.SentAt}, Text: r.text, Mentions: r.mentions, Files: q.messages.SealedFiles(r.id),
	}
	return true
}

// Unsealed returns the edits to seal under a kid. number gives an edit its
// number.
func (q *Queue) Unsealed(kid, user string, number func(id string) int64) (contents []client.Content) {
	for _, r := range q.list {
		if r.kind == edit && (r.sealed == nil || !r.written && r.sealed.Kid != kid) {
			r.content.Sender, r.content.Edit = user, number(r.id)
			contents = append(contents, r.content)
		}
	}
	return contents
}

// SetSealed takes the sealed form of an edit.
func (q *Queue) SetSealed(c client.Content, sealed protocol.Encrypted) {
	for _, r := range q.list {
		if r.kind == edit && r.id == c.ID && r.text == c.Text && !r.written {
			r.sealed = &sealed
			r.frame = protocol.Edit{Room: q.room, ID: r.id, Encrypted: &sealed}
		}
	}
}
