package storetest

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/store/word"
)

// Page is the page that q asks for; see [hub.Store].
func (m *Model) Page(ctx context.Context, room, user string, q hub.Query) (protocol.Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return protocol.Page{}, errClosed
	}
	if err := ctx.Err(); err != nil {
		return protocol.Page{}, err
	}
	if q.Limit < 1 || q.Limit > protocol.PageMessagesMax || q.Kind > hub.QuerySearch {
		return protocol.Page{}, fmt.Errorf("bad query %+v", q)
	}
	r := m.rooms[room]
	if r == nil {
		r = &modelRoom{}
	}
	return r.page(user, q), nil
}

func (r *modelRoom) page(user string, q hub.Query) protocol.Page {
	p := protocol.Page{Epoch: r.epoch, Head: r.head}
	where := func(keep func(*modelMessage) bool) (kept []protocol.Message) {
		for _, m := range r.messages {
			if keep(m) {
				kept = append(kept, m.view(user))
			}
		}
		return kept
	}
	below := func(m *modelMessage) bool { return m.Seq < q.At }
	paged := func(m *modelMessage) bool { return q.At == 0 || m.Seq < q.At }
	switch q.Kind {
	case hub.QueryNewest:
		p.Messages, p.More = last(where(func(*modelMessage) bool { return true }), q.PageShare())
	case hub.QueryBefore:
		p.Messages, p.More = last(where(below), q.PageShare())
	case hub.QueryAfter:
		p.Messages, p.More = first(where(func(m *modelMessage) bool { return m.Seq > q.At }), q.PageShare())
	case hub.QuerySince:
		changed := where(func(m *modelMessage) bool { return m.Rev > q.At })
		slices.SortFunc(changed, func(a, b protocol.Message) int { return int(a.Rev - b.Rev) })
		p.Messages, p.More = first(changed, q.PageShare())
	case hub.QueryAround:
		var older, newer []protocol.Message
		var moreBefore, moreAfter bool
		if q.ID != "" {
			q.At = 0
			if target := r.message(q.ID); target != nil {
				q.At = target.Seq
			}
		}
		before, from := q.Halves()
		if q.ID == "" || q.At != 0 {
			older, moreBefore = last(where(below), before)
			newer, moreAfter = first(where(func(m *modelMessage) bool { return m.Seq >= q.At }), from)
		}
		p.Messages = slices.Concat(older, newer)
		p.MoreBefore, p.MoreAfter, p.More = &moreBefore, &moreAfter, moreBefore || moreAfter
	case hub.QueryPinned:
		p.Messages, p.More = last(where(func(m *modelMessage) bool { return m.Pinned && paged(m) }), q.PageShare())
		slices.Reverse(p.Messages)
	case hub.QuerySearch:
		words := word.Parse(q.Words)
		p.Messages, p.More = last(where(func(m *modelMessage) bool { return paged(m) && words.Match(word.Index(m.Text)) }), q.PageShare())
		slices.Reverse(p.Messages)
	}
	return p
}

// first is as many messages from the start as have a place.
func first(messages []protocol.Message, share hub.PageShare) (page []protocol.Message, more bool) {
	for i := range messages {
		if !share.Take(&messages[i]) {
			return messages[:i], true
		}
	}
	return messages, false
}

// last is as many from the end.
func last(messages []protocol.Message, share hub.PageShare) (page []protocol.Message, more bool) {
	for i := len(messages) - 1; i >= 0; i-- {
		if !share.Take(&messages[i]) {
			return messages[i+1:], true
		}
	}
	return messages, false
}

// RoomNames lists names of rooms; see [hub.Directory].
func (m *Model) RoomNames(ctx context.Context, span hub.Span, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	var names []string
	for name := range m.rooms {
		if name >= span.From && (span.To == "" || name < span.To) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names[:min(len(names), limit)], ctx.Err()
}

// Rooms reads rooms; see [hub.Directory].
func (m *Model) Rooms(ctx context.Context, user string, names []string) ([]hub.Room, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	var rooms []hub.Room
	for _, name := range names {
		if r, ok := m.rooms[name]; ok {
			rooms = append(rooms, r.outside(user))
		}
	}
	return rooms, ctx.Err()
}

// Settings are those of a room; see [hub.Directory].
func (m *Model) Settings(ctx context.Context, room string) (s protocol.RoomSettings, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return s, errClosed
	}
	if r, ok := m.rooms[room]; ok {
		s, _ = protocol.ReadSettings(r.settings)
	}
	return s, ctx.Err()
}

// partOf is the part of a list that is in the order of its keys.
func partOf[T any](all []T, part hub.Part, key func(T) string) (some []T) {
	for _, one := range all {
		if key(one) > part.After && (part.Limit == 0 || len(some) < part.Limit) {
			some = append(some, one)
		}
	}
	return some
}

// Room is one of them; see [hub.Directory].
func (m *Model) Room(ctx context.Context, room, user string) (hub.Room, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rooms[room]
	switch {
	case m.closed:
		return hub.Room{}, false, errClosed
	case !ok:
		return hub.Room{}, false, ctx.Err()
	}
	return r.outside(user), true, ctx.Err()
}

// Members lists who has joined; see [hub.Directory].
func (m *Model) Members(ctx context.Context, room string, part hub.Part) ([]hub.Member, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rooms[room]
	switch {
	case m.closed:
		return nil, errClosed
	case !ok:
		return nil, ctx.Err()
	}
	return partOf(r.members, part, func(m hub.Member) string { return m.User.ID }), ctx.Err()
}

func (r *modelRoom) outside(user string) hub.Room {
	room := hub.Room{
		Name: r.name, Title: r.title, Settings: r.settings, Epoch: r.epoch, Head: r.head, CreatedAt: r.madeAt,
		Members: int64(len(r.members)),
	}
	if at, found := r.member(user); found {
		room.Read = r.members[at].Read
	}
	for _, m := range r.messages {
		if m.Seq > room.Read && !m.Deleted() && m.Sender.ID != user {
			room.Unread++
		}
		view := m.view(user)
		room.Last = &view
	}
	return room
}
