package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
)

// A room is a room in memory. It exists while it has a member.
type room struct {
	name    string
	members int // sessions that have joined or are joining
	streams int // sessions that have joined
	present int // users that have joined
	group   Group
	users   map[*user]*presence

	open  bool // epoch and told are known
	epoch string
	told  int64    // the last rev that the members have
	named int64    // the last rev whose message mentions a user
	out   [][]byte // frames to send at the end of the call

	flushed int64 // the value of told at the last flush

	window *Window
	level  *level // nil: no other relay writes the database

	lock       *lock                 // nil: the room is not end-to-end encrypted
	settings   protocol.RoomSettings // known while the room is open
	reports    int64                 // open reports
	moderators []*member             // those who have joined

	announced     int   // the number of users that all members know; -1: they differ
	presenceAt    int64 // when the number of users was last sent
	presenceDirty bool  // the room is in rooms.presenceDirty

	typedAt [guard.TypistsPerSecondMax]int64 // when typing was last sent; a ring
	typed   int                              // the index of the oldest entry
	typists map[string]int64                 // users who typed at another relay, and when the room was told
}

// A presence is a user in a room: the state that the user's connections share there.
type presence struct {
	room    *room
	user    *user
	members []*member      // the connections that have joined or are joining
	read    int64          // the user's read marker; known once one of them has joined
	counted int64          // the head at which the user's unread mentions were counted
	extra   *presenceExtra // nil: the user has none of it
}

// A presenceExtra holds the state of a user in a room that silent users lack.
type presenceExtra struct {
	acts
	mute     *mute // nil: none
	mentions int64 // the user's unread mentions at the head counted
}

// A member is a session's place in a room.
type member struct {
	session  *Session
	presence *presence
	role     protocol.Role
	from     int64     // the head of the first joined frame: the stream gets all later revs
	sends    *lane     // nil: the session has sent nothing
	e2ee     *enrolled // nil: the room is not encrypted
	opening  int32     // the number of Opens in the queue or being committed
	joined   bool      // joined was sent
}

// more returns the presence's extra, and makes it if it is missing.
func (p *presence) more() *presenceExtra {
	if p.extra == nil {
		p.extra = &presenceExtra{}
	}
	return p.extra
}

// mute returns the user's mute; nil: there is none.
func (p *presence) mute() *mute {
	if p.extra == nil {
		return nil
	}
	return p.extra.mute
}

// setMute sets the user's mute; nil: there is none.
func (p *presence) setMute(m *mute) {
	if m != nil || p.extra != nil {
		p.more().mute = m
	}
}

// mentions returns the number of the user's unread mentions at the head p.counted.
func (p *presence) mentions() int64 {
	if p.extra == nil {
		return 0
	}
	return p.extra.mentions
}

// setMentions sets the number of the user's unread mentions at a head.
func (p *presence) setMentions(n, head int64) {
	p.counted = head
	if n != 0 || p.extra != nil {
		p.more().mentions = n
	}
}

// joined reports whether one of the user's connections has joined.
func (p *presence) joined() bool {
	return p != nil && slices.ContainsFunc(p.members, func(m *member) bool { return m.joined })
}

// mentioned reports whether the user may have unread mentions. The store counts them again then.
func (p *presence) mentioned() bool { return p.mentions() > 0 || p.room.named > p.counted }

// sender returns the member as a sender of messages.
func (m *member) sender() protocol.User {
	u := protocol.User{ID: m.session.user.id, Name: m.session.name, Role: m.role}
	if x := m.session.extra; x != nil {
		u.Picture, u.Title = x.picture, x.title
	}
	return u
}

// rooms knows the rooms in memory and their members.
type rooms struct {
	*shared
	transport Transport
	writes    *writes
	users     *users
	sessions  *sessions
	peers     *peers // nil: no other relay writes the database
	keys      *keys

	byName        map[string]*room
	presenceDirty []*room // rooms whose members may have an old number of users
	touched       []*room // rooms with frames to send; empty between calls
}

// opened returns a room if it is open; else nil.
func (rs *rooms) opened(name string) *room {
	if r := rs.byName[name]; r != nil && r.open {
		return r
	}
	return nil
}

// enter gives a session a place in a room that it has not joined yet.
func (rs *rooms) enter(s *Session, name string) *member {
	r := rs.byName[name]
	if r == nil {
		r = &room{
			name: name, group: rs.transport.NewGroup(name), users: map[*user]*presence{},
			window: rs.windows.open(name),
		}
		rs.byName[name] = r
		if rs.peers != nil {
			rs.peers.enter(r)
			rs.gossip.presence.Open(name)
		}
	}
	p := r.users[s.user]
	if p == nil {
		p = &presence{room: r, user: s.user}
		r.users[s.user] = p
	}
	m := &member{session: s, presence: p}
	p.members = append(p.members, m)
	r.members++
	s.members = append(s.members, m)
	rs.stats.Members++
	return m
}

// leave ends the session's stream of a room. Without a stream it answers with an error.
func (rs *rooms) leave(s *Session, name string) {
	m := s.member(name)
	if m == nil {
		s.send(notJoined(name, ""))
		return
	}
	rs.remove(m)
}

// remove removes a member from its room, and the room from memory after its last member.
func (rs *rooms) remove(m *member) {
	s, p := m.session, m.presence
	r := p.room
	rs.endStream(m)
	s.members = slices.DeleteFunc(s.members, func(x *member) bool { return x == m })
	p.members = slices.DeleteFunc(p.members, func(x *member) bool { return x == m })
	if len(p.members) == 0 {
		delete(r.users, s.user)
		if rs.gossip != nil {
			rs.gossip.marks.writeSoon(p)
		}
	}
	rs.stats.Members--
	if r.members--; r.members == 0 {
		delete(rs.byName, r.name)
		rs.windows.close(r.window)
		if rs.peers != nil {
			rs.peers.leave(r)
			rs.gossip.presence.Close(r.name)
		}
	}
}

// endStream ends the member's stream of the room.
func (rs *rooms) endStream(m *member) {
	if !m.joined {
		return
	}
	r := m.presence.room
	if rs.peers != nil {
		rs.peers.releaseAll(m)
	}
	if m.sends != nil {
		m.sends.echo = 0
	}
	m.joined = false
	rs.keys.discharge(m)
	r.streams--
	r.group.Remove(m.session.conn)
	r.moderators = slices.DeleteFunc(r.moderators, func(x *member) bool { return x == m })
	if !m.presence.joined() {
		rs.setPresent(r, m.session.user.id, false)
		rs.markPresence(r)
	}
}

// evict ends the streams of a user in a room. The store answers the user's joining connections.
func (rs *rooms) evict(r *room, user string, f protocol.Error) {
	p := r.users[rs.users.byID[user]]
	if p == nil {
		return
	}
	rs.flush(r)
	p.read = 0 // a join under way reads the stored marker
	for _, m := range slices.Clone(p.members) {
		if m.joined || rs.peers != nil && r.level.waits(m) {
			rs.evictMember(m, f)
		}
	}
}

// evictMember ends a member's stream with an error. A joining member stays, because the answer to the join is of a
// later state.
func (rs *rooms) evictMember(m *member, f protocol.Error) {
	rs.endStream(m)
	m.session.send(f)
	if rs.peers != nil {
		m.presence.room.level.cancel(m)
	}
	if m.opening == 0 {
		rs.remove(m)
	}
}

// An epoch names a room from its creation to its deletion. The hub learns of the deletion at once or, if that was lost,
// from an outcome with another epoch.

// endLife evicts all members, because the room's epoch has ended. If the room has another history, as after a restored
// backup, it ends their connections: clients come back and load the room anew.
func (rs *rooms) endLife(r *room, replaced bool) {
	rs.flush(r)
	r.open, r.epoch, r.told, r.flushed = false, "", 0, 0
	r.named, r.settings, r.reports = 0, protocol.RoomSettings{}, 0
	r.lock = nil
	rs.windows.close(r.window)
	r.window = rs.windows.open(r.name)
	if rs.peers != nil {
		rs.peers.ended(r)
	}
	for _, p := range r.users {
		p.read, p.counted = 0, 0
		if p.extra != nil {
			p.extra.mute, p.extra.mentions = nil, 0
			p.extra.want, p.extra.by = 0, nil
		}
	}
	// It does not iterate over r.users, which has no order.
	for _, s := range slices.Clone(rs.sessions.all) {
		switch m := s.member(r.name); {
		case m == nil || !m.joined:
		case replaced:
			rs.sessions.end(s, protocol.CloseGoingAway, "the room has another history")
		default:
			rs.evictMember(m, protocol.Error{Code: protocol.CodeNotFound, Message: "the room was deleted", Room: r.name})
		}
	}
}

// online returns the ids of the users with a stream of a room at this relay.
func (rs *rooms) online(name string) map[string]bool {
	r := rs.byName[name]
	if r == nil {
		return nil
	}
	online := make(map[string]bool, r.present)
	for u, p := range r.users {
		if p.joined() {
			online[u.id] = true
		}
	}
	return online
}

// markPresence makes the next Tick send the room its number of users.
func (rs *rooms) markPresence(r *room) {
	if !r.presenceDirty {
		r.presenceDirty = true
		rs.presenceDirty = append(rs.presenceDirty, r)
	}
}

// tellPresence sends rooms their number of users.
func (rs *rooms) tellPresence(now time.Time) {
	at := now.UnixNano()
	kept := rs.presenceDirty[:0]
	for _, r := range rs.presenceDirty {
		switch {
		case r.members > 0 && at-r.presenceAt < int64(presenceEvery):
			kept = append(kept, r)
			continue
		case r.members > 0 && r.announced != rs.count(r):
			r.announced, r.presenceAt = rs.count(r), at
			rs.broadcast(r, [][]byte{protocol.Presence{Room: r.name, Members: int64(r.announced)}.Append(nil)})
		}
		r.presenceDirty = false
	}
	clear(rs.presenceDirty[len(kept):])
	rs.presenceDirty = kept
}
