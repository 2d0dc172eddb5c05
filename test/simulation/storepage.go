package simulation

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Page reads what is durable; see [hub.Store]. It does not search.
func (s *Store) Page(ctx context.Context, room, user string, q hub.Query) (protocol.Page, error) {
	switch {
	case s.closed:
		return protocol.Page{}, errStoreClosed
	case ctx.Err() != nil:
		return protocol.Page{}, ctx.Err()
	case q.Limit < 1 || q.Limit > protocol.PageMessagesMax || q.Kind > hub.QueryPinned:
		return protocol.Page{}, fmt.Errorf("bad query %+v", q)
	}
	h := s.room(room)
	p := protocol.Page{Epoch: h.epoch, Head: h.head}
	all := h.messages
	var found []*protocol.Message
	switch q.Kind {
	case hub.QueryNewest:
		found, p.More = last(all, q.PageShare())
	case hub.QueryBefore:
		found, p.More = last(all[:place(all, q.At)], q.PageShare())
	case hub.QueryAfter:
		found, p.More = first(all[placeAfter(all, q.At):], q.PageShare())
	case hub.QueryAround:
		var moreBefore, moreAfter bool
		found, moreBefore, moreAfter = h.around(q)
		p.MoreBefore, p.MoreAfter, p.More = &moreBefore, &moreAfter, moreBefore || moreAfter
	case hub.QuerySince:
		found, p.More = first(h.since(q.At), q.PageShare())
	case hub.QueryPinned:
		found, p.More = first(h.pinned(q.At), q.PageShare())
	}
	for _, m := range found {
		p.Messages = append(p.Messages, s.view(m, user))
	}
	return p, nil
}

// around is half of the page before a message and half from it on.
func (h *history) around(q hub.Query) (found []*protocol.Message, moreBefore, moreAfter bool) {
	at := q.At
	if q.ID != "" {
		m := h.find(q.ID)
		if m == nil {
			return nil, false, false
		}
		at = m.Seq
	}
	i := place(h.messages, at)
	before, from := q.Halves()
	older, moreBefore := last(h.messages[:i], before)
	newer, moreAfter := first(h.messages[i:], from)
	return slices.Concat(older, newer), moreBefore, moreAfter
}

// since are the messages with a greater rev, ascending by rev.
func (h *history) since(rev int64) []*protocol.Message {
	if !h.changed {
		return h.messages[placeAfter(h.messages, rev):]
	}
	var changed []*protocol.Message
	for _, m := range h.messages {
		if m.Rev > rev {
			changed = append(changed, m)
		}
	}
	slices.SortFunc(changed, func(a, b *protocol.Message) int { return int(a.Rev - b.Rev) })
	return changed
}

// pinned are the pinned messages before a seq, 0: all; the newest first.
func (h *history) pinned(before int64) (found []*protocol.Message) {
	for _, m := range slices.Backward(h.messages) {
		if m.Pinned && (before == 0 || m.Seq < before) {
			found = append(found, m)
		}
	}
	return found
}

// place is where the first message with at least that seq is.
func place(messages []*protocol.Message, seq int64) int {
	return sort.Search(len(messages), func(i int) bool { return messages[i].Seq >= seq })
}

// placeAfter is where the first message with a greater seq is.
func placeAfter(messages []*protocol.Message, seq int64) int {
	return sort.Search(len(messages), func(i int) bool { return messages[i].Seq > seq })
}

// first is as many messages from the start as have a place.
func first(messages []*protocol.Message, share hub.PageShare) (page []*protocol.Message, more bool) {
	for i, m := range messages {
		if !share.Take(m) {
			return messages[:i], true
		}
	}
	return messages, false
}

// last is as many from the end.
func last(messages []*protocol.Message, share hub.PageShare) (page []*protocol.Message, more bool) {
	for i, m := range slices.Backward(messages) {
		if !share.Take(m) {
			return messages[i+1:], true
		}
	}
	return messages, false
}
