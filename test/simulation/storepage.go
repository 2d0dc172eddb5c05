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
		found, p.More = last(all, q.Limit)
	case hub.QueryBefore:
		found, p.More = last(all[:place(all, q.At)], q.Limit)
	case hub.QueryAfter:
		found, p.More = first(all[placeAfter(all, q.At):], q.Limit)
	case hub.QueryAround:
		var moreBefore, moreAfter bool
		found, moreBefore, moreAfter = h.around(q)
		p.MoreBefore, p.MoreAfter, p.More = &moreBefore, &moreAfter, moreBefore || moreAfter
	case hub.QuerySince:
		found, p.More = first(h.since(q.At), q.Limit)
	case hub.QueryPinned:
		found, p.More = first(h.pinned(q.At), q.Limit)
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
	older, moreBefore := last(h.messages[:i], q.Limit/2)
	newer, moreAfter := first(h.messages[i:], q.Limit-q.Limit/2)
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

func first(messages []*protocol.Message, n int) ([]*protocol.Message, bool) {
	return messages[:min(n, len(messages))], len(messages) > n
}

func last(messages []*protocol.Message, n int) ([]*protocol.Message, bool) {
	return messages[max(0, len(messages)-n):], len(messages) > n
}
