package storetest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"

	"hallway/protocol"
	"hallway/relay/hub"
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
		p.Messages, p.More = last(where(func(*modelMessage) bool { return true }), q.Limit)
	case hub.QueryBefore:
		p.Messages, p.More = last(where(below), q.Limit)
	case hub.QueryAfter:
		p.Messages, p.More = first(where(func(m *modelMessage) bool { return m.Seq > q.At }), q.Limit)
	case hub.QuerySince:
		changed := where(func(m *modelMessage) bool { return m.Rev > q.At })
		slices.SortFunc(changed, func(a, b protocol.Message) int { return int(a.Rev - b.Rev) })
		p.Messages, p.More = first(changed, q.Limit)
	case hub.QueryAround:
		var older, newer []protocol.Message
		var moreBefore, moreAfter bool
		if q.ID != "" {
			q.At = 0
			if target := r.message(q.ID); target != nil {
				q.At = target.Seq
			}
		}
		if q.ID == "" || q.At != 0 {
			older, moreBefore = last(where(below), q.Limit/2)
			newer, moreAfter = first(where(func(m *modelMessage) bool { return m.Seq >= q.At }), q.Limit-q.Limit/2)
		}
		p.Messages = slices.Concat(older, newer)
		p.MoreBefore, p.MoreAfter, p.More = &moreBefore, &moreAfter, moreBefore || moreAfter
	case hub.QueryPinned:
		p.Messages, p.More = last(where(func(m *modelMessage) bool { return m.Pinned && paged(m) }), q.Limit)
		slices.Reverse(p.Messages)
	case hub.QuerySearch:
		words := split(q.Words)
		p.Messages, p.More = last(where(func(m *modelMessage) bool { return paged(m) && found(words, m.Text) }), q.Limit)
		slices.Reverse(p.Messages)
	}
	return p
}

// split are the words of a text, without regard to case and to accents; of
// these it knows what the suite uses.
func split(text string) []string {
	return strings.FieldsFunc(unaccented.Replace(strings.ToLower(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}

var unaccented = strings.NewReplacer("ü", "u", "\u0308", "", "\u0301", "")

func found(words []string, text string) bool {
	if len(words) == 0 {
		return false
	}
	for i, word := range words {
		prefix := i == len(words)-1
		if !slices.ContainsFunc(split(text), func(w string) bool { return w == word || prefix && strings.HasPrefix(w, word) }) {
			return false
		}
	}
	return true
}

func first(messages []protocol.Message, n int) ([]protocol.Message, bool) {
	return messages[:min(n, len(messages))], len(messages) > n
}

func last(messages []protocol.Message, n int) ([]protocol.Message, bool) {
	return messages[max(0, len(messages)-n):], len(messages) > n
}

// Rooms lists the rooms; see [hub.Directory].
func (m *Model) Rooms(ctx context.Context, user string, opens func(room string) bool, part hub.Part) ([]hub.Room, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	var rooms []hub.Room
	for name, r := range m.rooms {
		if opens(name) {
			rooms = append(rooms, r.outside(user))
		}
	}
	sort.Slice(rooms, func(i, j int) bool { return rooms[i].Name < rooms[j].Name })
	return partOf(rooms, part, func(r hub.Room) string { return r.Name }), ctx.Err()
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
