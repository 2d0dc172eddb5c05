package hub

import (
	"slices"
	"time"

	"hallway/protocol"
)

// A room is in memory while it has a member.
type room struct {
	name    string
	members int // sessions that have joined or are joining
	streams int // sessions that have joined
	group   Group
	users   map[string]int // connections of each user that has joined

	open  bool // epoch and told are known
	epoch string
	told  int64    // the last rev that the members were told
	out   [][]byte // frames to tell at the end of the call

	window *Window

	announced  int       // the number of users that every member knows; -1: they differ
	presenceAt time.Time // when it was told last
	restless   bool      // is in Hub.restless
}

// A member is a session's place in a room.
type member struct {
	session *Session
	room    *room
	role    protocol.Role
	joined  bool   // was told joined
	opening int    // OpOpens queued or under way
	block   *block // of the lane: what holds the sends back
}

// join answers from memory where the room is open, else asks the store. Sends
// may follow without waiting: they queue behind the OpOpen.
func (h *Hub) join(s *Session, name string) {
	role, ok := s.who.Grants.Role(name)
	if !ok {
		s.send(forbidden(name, ""))
		return
	}
	m, r := s.member(name), h.rooms[name]
	ask := r == nil || !r.open
	switch {
	case m == nil && len(s.members) >= RoomsPerSessionMax:
		s.send(protocol.Error{Code: protocol.CodeBadRequest, Message: "too many rooms on this connection", Room: name})
		return
	case ask && h.full(s, opBytes):
		s.send(unavailable().frame(name, ""))
		return
	case r == nil && len(h.rooms) >= h.cfg.Rooms:
		s.send(tooManyRooms().frame(name, ""))
		return
	case m == nil:
		m = h.enter(s, name)
	}
	m.role, m.block = role, nil
	if !ask {
		h.joined(m)
		return
	}
	m.opening++
	h.enqueue(pending{
		op:      Op{Kind: OpOpen, Room: name, Sender: m.sender()},
		session: s, member: m,
	})
}

// sender is who the member is in the room.
func (m *member) sender() protocol.User {
	u := m.session.who.User
	u.Role = m.role
	return u
}

// enter gives a session a place in a room, which is not yet to have joined it.
func (h *Hub) enter(s *Session, name string) *member {
	r := h.rooms[name]
	if r == nil {
		r = &room{
			name: name, group: h.transport.NewGroup(name), users: map[string]int{},
			window: h.windows.open(name),
		}
		h.rooms[name] = r
	}
	m := &member{session: s, room: r}
	r.members++
	s.members = append(s.members, m)
	h.stats.Members++
	return m
}

// opened ends an OpOpen.
func (h *Hub) opened(m *member, o Outcome) {
	m.opening--
	s, r := m.session, m.room
	if s.ended || s.member(r.name) != m {
		return // left meanwhile
	}
	if o.Code != "" {
		s.send(refusal{code: o.Code, reason: o.Reason, retryAfter: o.RetryAfter}.frame(r.name, ""))
		if !m.joined && m.opening == 0 {
			h.part(m)
		}
		return
	}
	if !r.open {
		r.open, r.epoch, r.told = true, o.Epoch, o.Head
	}
	h.windows.took(r.window, &o)
	h.joined(m)
}

// joined answers a join; the first time the stream begins.
func (h *Hub) joined(m *member) {
	s, r := m.session, m.room
	h.tell(r) // what this batch has brought so far is not above the head
	first := !m.joined
	if first {
		m.joined = true
		r.streams++
		r.users[s.user.id]++
	}
	n := len(r.users)
	s.send(protocol.Joined{
		Room: r.name, Epoch: r.epoch, Head: r.told, Members: int64(n), Role: m.role,
	})
	if first {
		r.group.Add(s.conn)
	}
	switch {
	case n == 1 && r.users[s.user.id] == 1: // nobody else is here
		r.announced = n
	case r.announced != n:
		r.announced = -1
		h.unrest(r)
	}
}

// leave has no answer where there was a stream to end.
func (h *Hub) leave(s *Session, name string) {
	m := s.member(name)
	if m == nil {
		s.send(notJoined(name, ""))
		return
	}
	h.part(m)
}

// outside refuses a change in a room that the session has not joined.
func (s *Session) outside(room, id string) protocol.Error {
	if _, ok := s.who.Grants.Role(room); !ok {
		return forbidden(room, id)
	}
	return notJoined(room, id)
}

func notJoined(room, id string) protocol.Error {
	return protocol.Error{Code: protocol.CodeBadRequest, Message: "the room is not joined", Room: room, ID: id}
}

// part takes a member out of its room, and the room out of memory when it was
// the last.
func (h *Hub) part(m *member) {
	s, r := m.session, m.room
	s.members = slices.DeleteFunc(s.members, func(x *member) bool { return x == m })
	h.stats.Members--
	if m.joined {
		r.streams--
		r.group.Remove(s.conn)
		if r.users[s.user.id]--; r.users[s.user.id] == 0 {
			delete(r.users, s.user.id)
			h.unrest(r)
		}
	}
	if r.members--; r.members == 0 {
		delete(h.rooms, r.name)
		h.windows.close(r.window)
	}
}

// unrest has the room told its number of users at the next Tick.
func (h *Hub) unrest(r *room) {
	if !r.restless {
		r.restless = true
		h.restless = append(h.restless, r)
	}
}

func (h *Hub) tellPresence(now time.Time) {
	kept := h.restless[:0]
	for _, r := range h.restless {
		switch {
		case r.members > 0 && now.Sub(r.presenceAt) < presenceEvery:
			kept = append(kept, r)
			continue
		case r.members > 0 && r.announced != len(r.users):
			r.announced, r.presenceAt = len(r.users), now
			frames := [][]byte{protocol.Presence{Room: r.name, Members: int64(len(r.users))}.Append(nil)}
			r.group.Send(frames)
			h.stats.told(r, frames)
		}
		r.restless = false
	}
	clear(h.restless[len(kept):])
	h.restless = kept
}
