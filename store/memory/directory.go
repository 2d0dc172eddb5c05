package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/word"
)

// RoomNames lists names of rooms; see [rules.Directory].
func (s reader) RoomNames(ctx context.Context, span rules.Span, limit int) ([]string, error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	names := slices.DeleteFunc(state.names(), func(name string) bool {
		return name < span.From || span.To != "" && name >= span.To
	})
	return names[:min(len(names), limit)], nil
}

// Rooms reads rooms; see [rules.Directory].
func (s reader) Rooms(ctx context.Context, user string, names []string) (rooms []rules.RoomEntry, err error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if r := state.rooms[name]; r != nil {
			rooms = append(rooms, r.outside(user))
		}
	}
	return rooms, nil
}

// Room reads one room; see [rules.Directory].
func (s reader) Room(ctx context.Context, room, user string) (r rules.RoomEntry, ok bool, err error) {
	rooms, err := s.Rooms(ctx, user, []string{room})
	if len(rooms) == 0 {
		return r, false, err
	}
	return rooms[0], true, err
}

// Settings returns the settings of a room; see [rules.Directory].
func (s reader) Settings(ctx context.Context, room string) (settings protocol.RoomSettings, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return settings, err
	}
	return state.rooms[room].rules(), nil
}

// Members lists a room's members; see [rules.Directory].
func (s reader) Members(ctx context.Context, room string, part rules.Part) (members []rules.MemberEntry, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return nil, err
	}
	for _, m := range partOf(state.rooms[room].members, part, func(m rules.Member) string { return m.User.ID }) {
		members = append(members, rules.MemberEntry{User: m.User, Read: m.Read, JoinedAt: m.JoinedAt})
	}
	return members, nil
}

// partOf returns a part of a list that is sorted by its keys.
func partOf[T any](all []T, part rules.Part, key func(T) string) (some []T) {
	for _, one := range all {
		if key(one) > part.After && (part.Limit == 0 || len(some) < part.Limit) {
			some = append(some, one)
		}
	}
	return some
}

// outside returns the room as the user sees it from outside.
func (r *Room) outside(user string) rules.RoomEntry {
	room := rules.RoomEntry{
		Name: r.name, Title: r.title, Settings: r.settings, Epoch: r.epoch, Head: r.head, CreatedAt: r.madeAt,
		Members: int64(len(r.members)),
	}
	if at, found := r.member(user); found {
		room.Read = r.members[at].Read
	}
	for _, m := range r.messages {
		if m.Seq > room.Read && !m.Deleted() && m.Sender.ID != user {
			room.Unread = min(room.Unread+1, rules.UnreadMax)
		}
	}
	room.Mentions = r.mentions(user, room.Read)
	if n := len(r.messages); n > 0 {
		view := r.messages[n-1].view(user)
		room.Last = &view
	}
	return room
}

// mentions counts others' messages after a seq that mention the user or everybody.
func (r *Room) mentions(user string, read int64) (n int64) {
	for _, m := range r.messages[r.place(read+1):] {
		if m.Sender.ID != user && protocol.MentionsUser(m.Mentions, user) {
			n = min(n+1, rules.UnreadMax)
		}
	}
	return n
}

// FindMembers finds members by their names; see [rules.Directory].
func (s reader) FindMembers(ctx context.Context, room, query string, limit int) (found []rules.MemberEntry, err error) {
	state, err := s.read(ctx)
	prefix := word.NamePrefix(query)
	if err != nil || state.rooms[room] == nil || prefix == "" {
		return nil, err
	}
	r := state.rooms[room]
	inForce := r.inForce(s.now())
	folded := make(map[string]string) // by user id
	for _, m := range r.members {
		terms := word.NameTerms(m.User.Name)
		_, banned := inForce[sanctioned{m.User.ID, protocol.ActBan}]
		begins := func(term string) bool { return strings.HasPrefix(term, prefix) }
		if !banned && slices.ContainsFunc(terms, begins) {
			found = append(found, rules.MemberEntry{User: m.User, Read: m.Read, JoinedAt: m.JoinedAt})
			folded[m.User.ID] = terms[0]
		}
	}
	slices.SortFunc(found, func(a, b rules.MemberEntry) int {
		return cmp.Or(cmp.Compare(folded[a.User.ID], folded[b.User.ID]), cmp.Compare(a.User.Name, b.User.Name), cmp.Compare(a.User.ID, b.User.ID))
	})
	return found[:min(len(found), limit)], nil
}

// Reactors lists the users of a reaction; see [rules.Directory].
func (s reader) Reactors(ctx context.Context, room, id, emoji string, part rules.Part) (users []protocol.User, found bool, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return nil, false, err
	}
	r := state.rooms[room]
	m := r.message(id)
	if m == nil {
		return nil, false, nil
	}
	found = part.After == ""
	for _, one := range m.reactions { // ascending by rev
		switch {
		case one.Rev == 0 || one.Emoji != emoji:
		case !found:
			found = one.User == part.After
		case part.Limit == 0 || len(users) < part.Limit:
			users = append(users, r.user(one.User))
		}
	}
	return users, found, nil
}
