package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A room is in memory while it has a member.
type room struct {
	name    string
	members int // sessions that have joined or are joining
	streams int // sessions that have joined
	here    int // users that have joined
	group   Group
	users   map[*user]*presence

	open  bool // epoch and told are known
	epoch string
	told  int64    // the last rev that the members were told
	out   [][]byte // frames to tell at the end of the call

	window *Window

	settings protocol.RoomSettings // known while it is open, as is reports
	reports  int64                 // that are open
	staff    []*member             // who has joined and moderates

	announced  int   // the number of users that every member knows; -1: they differ
	presenceAt int64 // when it was told last
	restless   bool  // is in Hub.restless

	typedAt [TypistsPerSecondMax]int64 // when typing was told last; a ring
	typed   int                        // the oldest of them
}

// A presence is a user in a room: what the user's connections there share.
type presence struct {
	room    *room
	members []*member // the connections that have joined or are joining
	read    int64     // the user's read marker; known once one of them has joined
	acts    *acts     // nil: the user has only listened
	mute    *mute     // nil: none
}

// A member is a session's place in a room.
type member struct {
	session  *Session
	presence *presence
	role     protocol.Role
	block    *block // of the lane: what holds the sends back
	opening  int32  // Opens queued or under way
	joined   bool   // was told joined
	turned   bool   // what it sends next has another role than what is queued
}

// here reports whether one of the user's connections has joined.
func (p *presence) here() bool {
	return p != nil && slices.ContainsFunc(p.members, func(m *member) bool { return m.joined })
}

// join answers from memory where the user has joined the open room before, by
// this connection or another; else it asks the store, which makes the user one of
// the room's members and knows the read marker. Sends may follow without waiting:
// they queue behind the Open.
func (h *Hub) join(now time.Time, s *Session, name string) {
	role, ok := s.grants.Role(name)
	if !ok {
		s.send(forbidden(name, ""))
		return
	}
	h.See(&Identity{User: protocol.User{ID: s.user.id}, Grants: s.grants}) // again
	m, r := s.member(name), h.rooms[name]
	ask := r == nil || !r.open || !r.users[s.user].here()
	switch {
	case m == nil && len(s.members) >= RoomsPerSessionMax:
		s.send(protocol.Error{Code: protocol.CodeBadRequest, Message: "too many rooms on this connection", Room: name})
		return
	case ask && h.full(s, opBytes):
		s.send(refusalFrame(unavailable(), name, ""))
		return
	case r == nil && len(h.rooms) >= h.cfg.Rooms:
		s.send(refusalFrame(tooManyRooms(), name, ""))
		return
	case m == nil:
		m = h.enter(s, name)
	}
	h.setRole(m, role)
	m.block = nil
	if !ask {
		h.joined(now, m)
		return
	}
	m.opening++
	h.enqueue(pending{
		op:      rules.Op{Room: name, Sender: m.sender(), Do: rules.Open{}},
		session: s, member: m,
	})
}

// sender is who the member is in the room.
func (m *member) sender() protocol.User {
	return protocol.User{ID: m.session.user.id, Name: m.session.name, Role: m.role}
}

// enter gives a session a place in a room, which is not yet to have joined it.
func (h *Hub) enter(s *Session, name string) *member {
	r := h.rooms[name]
	if r == nil {
		r = &room{
			name: name, group: h.transport.NewGroup(name), users: map[*user]*presence{},
			window: h.windows.open(name),
		}
		h.rooms[name] = r
	}
	p := r.users[s.user]
	if p == nil {
		p = &presence{room: r}
		r.users[s.user] = p
	}
	m := &member{session: s, presence: p}
	p.members = append(p.members, m)
	r.members++
	s.members = append(s.members, m)
	h.stats.Members++
	return m
}

// opened ends an Open.
func (h *Hub) opened(now time.Time, m *member, o rules.Outcome) {
	m.opening--
	s, r := m.session, m.presence.room
	if s.ended || s.member(r.name) != m {
		return // left meanwhile
	}
	if o.Code != "" {
		if was := m.joined; o.Why == protocol.WhyBanned { // who is still here: the ban's result was lost
			h.putOut(r, s.user.id, o.Refusal)
			if was {
				return
			}
		}
		s.send(refusalFrame(o.Refusal, r.name, ""))
		if !m.joined && m.opening == 0 {
			h.part(m)
		}
		return
	}
	if !r.open {
		r.open, r.epoch, r.told = true, o.Epoch, o.Head
	}
	h.windows.took(r.window, &o)
	opened := o.Result.(rules.Opened)
	m.presence.read = max(m.presence.read, opened.Read)
	m.presence.mute = muteOf(opened.Mute)
	h.setRules(r, opened.Settings)
	h.setReports(r, opened.Reports)
	h.joined(now, m)
}

// joined answers a join; the first time the stream begins.
func (h *Hub) joined(now time.Time, m *member) {
	s, p := m.session, m.presence
	r := p.room
	h.tell(r) // what this batch has brought so far is not above the head
	first := !m.joined
	if first {
		if !p.here() {
			r.here++
		}
		m.joined = true
		r.streams++
	}
	f := protocol.Joined{Room: r.name, Epoch: r.epoch, Head: r.told, Members: int64(r.here), Read: p.read, Role: m.role}
	if !p.mute.over(now) {
		f.Muted, f.MutedUntil, f.MutedReason = true, p.mute.until, p.mute.reason
	}
	s.send(f)
	if first {
		r.group.Add(s.conn)
		if leads(m.role) {
			r.staff = append(r.staff, m)
		}
	}
	h.tellRules(m)
	switch {
	case r.streams == 1: // nobody else is here
		r.announced = r.here
	case r.announced != r.here:
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
	role, ok := s.role(room)
	if !ok {
		return forbidden(room, id)
	}
	if until, banned := s.hub.bans.Of(time.Unix(0, s.heard), Ban{room, s.user.id}, role); banned {
		return refusalFrame(bannedUntil(until), room, id)
	}
	return notJoined(room, id)
}

func notJoined(room, id string) protocol.Error {
	return protocol.Error{Code: protocol.CodeBadRequest, Message: "the room is not joined", Room: room, ID: id}
}

// part takes a member out of its room, and the room out of memory when it was
// the last.
func (h *Hub) part(m *member) {
	s, p := m.session, m.presence
	r := p.room
	h.endStream(m)
	s.members = slices.DeleteFunc(s.members, func(x *member) bool { return x == m })
	p.members = slices.DeleteFunc(p.members, func(x *member) bool { return x == m })
	if len(p.members) == 0 {
		delete(r.users, s.user)
	}
	h.stats.Members--
	if r.members--; r.members == 0 {
		delete(h.rooms, r.name)
		h.windows.close(r.window)
	}
}

// endStream ends what the member hears of the room.
func (h *Hub) endStream(m *member) {
	if !m.joined {
		return
	}
	r := m.presence.room
	m.joined = false
	r.streams--
	r.group.Remove(m.session.conn)
	r.staff = slices.DeleteFunc(r.staff, func(x *member) bool { return x == m })
	if !m.presence.here() {
		r.here--
		h.unrest(r)
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
	at := now.UnixNano()
	kept := h.restless[:0]
	for _, r := range h.restless {
		switch {
		case r.members > 0 && at-r.presenceAt < int64(presenceEvery):
			kept = append(kept, r)
			continue
		case r.members > 0 && r.announced != r.here:
			r.announced, r.presenceAt = r.here, at
			frames := [][]byte{protocol.Presence{Room: r.name, Members: int64(r.here)}.Append(nil)}
			r.group.Send(frames)
			h.stats.told(r, frames)
		}
		r.restless = false
	}
	clear(h.restless[len(kept):])
	h.restless = kept
}
