package memory

import (
	"context"
	"fmt"
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/word"
)

// Page returns the page that q asks for; see [rules.Store].
func (s reader) Page(ctx context.Context, room, user string, q rules.Query) (protocol.Page, error) {
	state, err := s.read(ctx)
	switch {
	case err != nil:
		return protocol.Page{}, err
	case q.Limit < 1 || q.Limit > protocol.PageMessagesMax || q.Kind > rules.QuerySearch:
		return protocol.Page{}, fmt.Errorf("bad query %+v", q)
	}
	r := state.rooms[room]
	if r == nil {
		r = &Room{}
	}
	p := protocol.Page{Epoch: r.epoch, Head: r.head}
	var found []*message
	switch q.Kind {
	case rules.QueryNewest:
		found, p.More = last(r.messages, q.PageShare())
	case rules.QueryBefore:
		found, p.More = last(r.messages[:r.place(q.At)], q.PageShare())
	case rules.QueryAfter:
		found, p.More = first(r.after(q.At), q.PageShare())
	case rules.QueryAround:
		var moreBefore, moreAfter bool
		found, moreBefore, moreAfter = r.around(q)
		p.MoreBefore, p.MoreAfter, p.More = &moreBefore, &moreAfter, moreBefore || moreAfter
	case rules.QuerySince:
		found, p.More = first(r.since(q.At), q.PageShare())
	case rules.QueryPinned:
		found, p.More = first(r.newest(q.At, func(m *message) bool { return m.Pinned }), q.PageShare())
	case rules.QuerySearch:
		words := word.Parse(q.Words)
		found, p.More = first(r.newest(q.At, func(m *message) bool { return words.Match(word.Index(m.Text)) }), q.PageShare())
	}
	for _, m := range found {
		p.Messages = append(p.Messages, m.view(user))
	}
	return p, nil
}

// after returns the messages with a greater seq.
func (r *Room) after(seq int64) []*message {
	at := r.place(seq)
	if at < len(r.messages) && r.messages[at].Seq == seq {
		at++
	}
	return r.messages[at:]
}

// around returns half of a page before a message and half from that message on.
func (r *Room) around(q rules.Query) (found []*message, moreBefore, moreAfter bool) {
	at := q.At
	if q.ID != "" {
		m := r.message(q.ID)
		if m == nil {
			return nil, false, false
		}
		at = m.Seq
	}
	i := r.place(at)
	before, from := q.Halves()
	older, moreBefore := last(r.messages[:i], before)
	newer, moreAfter := first(r.messages[i:], from)
	return slices.Concat(older, newer), moreBefore, moreAfter
}

// since returns the messages with a greater rev, ascending by rev.
func (r *Room) since(rev int64) (changed []*message) {
	for _, m := range r.messages {
		if m.Rev > rev {
			changed = append(changed, m)
		}
	}
	slices.SortFunc(changed, func(a, b *message) int { return int(a.Rev - b.Rev) })
	return changed
}

// newest returns the messages before a seq (0: all) for which keep returns true, the newest first.
func (r *Room) newest(before int64, keep func(*message) bool) (found []*message) {
	for _, m := range slices.Backward(r.messages) {
		if (before == 0 || m.Seq < before) && keep(m) {
			found = append(found, m)
		}
	}
	return found
}

// first returns as many messages from the start as fit into the page.
func first(messages []*message, share rules.PageShare) (page []*message, more bool) {
	for i, m := range messages {
		if !share.Take(m.Message.Size()) {
			return messages[:i], true
		}
	}
	return messages, false
}

// last returns as many messages from the end as fit into the page.
func last(messages []*message, share rules.PageShare) (page []*message, more bool) {
	for i, m := range slices.Backward(messages) {
		if !share.Take(m.Message.Size()) {
			return messages[i+1:], true
		}
	}
	return messages, false
}
