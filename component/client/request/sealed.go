package request

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// mayWrite reports whether a change may be written in its present form. An edit in an encrypted chat
// must be sealed once, and again only after the relay has refused its key.
func (s *State) mayWrite(r *request) bool {
	return r.kind != edit || !s.Encrypts || s.Kid != "" && r.sealed != nil && (r.written || r.sealed.Kid == s.Kid)
}

// Repeat handles a message with an older edit than one that was shown. The older edit came late, for example from a lost
// connection, and users who have seen the newer one refuse it. If this page has made one of the two edits, Repeat queues that
// edit again. next is the number of the next edit. oldest is the first turn of the chapter: an edit from before it is not
// repeated, because users who have joined since must not read it.
func (q *Queue) Repeat(m *protocol.Message, next, oldest int64) {
	id := m.ID
	for _, r := range q.list {
		if r.kind == edit && r.id == id {
			return // the waiting edit gets a higher number, or its answer calls Repeat again
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

// StartOver forgets the edits of another epoch of the room.
func (q *Queue) StartOver() { q.edits = nil }

// noteDone remembers the last edit of a message in an encrypted chat.
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

// takeContent fills in the content to seal for an edit, from the shown message. It returns false if that is not decrypted or is
// deleted: then only the relay knows the message's place. It is called at once, because the message may be undecrypted later.
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

// Unsealed returns the edits to seal under a kid. number returns the next edit number of a
// message, or 0 if there are no more: such an edit is refused.
func (q *Queue) Unsealed(kid, user string, number func(id string) int64) (contents []client.Content) {
	for _, r := range slices.Clone(q.list) {
		if r.kind == edit && (r.sealed == nil || !r.written && r.sealed.Kid != kid) {
			if r.content.Sender, r.content.Edit = user, number(r.id); r.content.Edit == 0 {
				q.end(r)
				q.refuse(r, protocol.CodeBadRequest, "this message was edited too often: write a new one")
				continue
			}
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
