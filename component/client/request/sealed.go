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

// noteStale forgets a sealed form whose key the relay has refused.
func (r *request) noteStale(f *protocol.Error) {
	if f.Why == protocol.WhyStaleKey {
		r.sealed, r.written = nil, false
	}
}

// Unsealed returns the edits to seal under a kid. number gives an edit its
// number.
func (q *Queue) Unsealed(kid, user string, number func(id string) int64) (contents []client.Content) {
	for _, r := range slices.Clone(q.list) {
		m := q.messages.Known(r.id)
		if r.kind == edit && (m == nil || m.Encrypted != nil) { // its place is known from the relay alone
			q.end(r)
			q.refuse(r, protocol.CodeNotFound, "the message is not there, or cannot be read")
		} else if r.kind == edit && (r.sealed == nil || !r.written && r.sealed.Kid != kid) {
			contents = append(contents, client.Content{
				Place: client.Place{ID: r.id, Sender: user, ReplyTo: m.ReplyTo, SentAt: m.SentAt},
				Edit:  number(r.id), Text: r.text, Mentions: r.mentions, Files: q.messages.SealedFiles(r.id),
			})
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
