package hub

import (
	"math"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/rules"
)

// Session is one connection's state in the hub. Only the hub's owner may touch it. Most sessions are silent, so the
// fields of active ones are behind pointers, and times are nanoseconds since 1970.
type Session struct {
	client   *Client
	conn     Conn
	shared   *shared
	user     *user         // nil before the welcome
	name     string        // the user's display name
	extra    *sessionExtra // nil: the session has none of it
	grants   Grants        // of the token
	key      *TokenKey     // signed the token
	members  []*member     // one for each room joined or being joined
	issuedAt int64         // when the token was issued; 0: not known
	until    int64         // when the session ends: before the welcome the deadline for a hello, then the token's
	heard    int64         // when the last data arrived
	frames   guard.Bucket  // all frames but sends
	place    int32         // the index in sessions.all
	ops      int32         // ops in the queue or being committed
	size     int32         // the size of the last frame, in bytes
	ended    bool          // nothing is sent or handled any more
}

// A sessionExtra holds what most sessions do not have.
type sessionExtra struct {
	picture, title string           // of the user; "": the token gives none
	device         *protocol.Device // nil: none was registered
	refusals       guard.Debt
}

// more returns the session's extra, and makes it if it is missing.
func (s *Session) more() *sessionExtra {
	if s.extra == nil {
		s.extra = &sessionExtra{}
	}
	return s.extra
}

// setUser takes the user's name, picture and title from a token.
func (s *Session) setUser(u *protocol.User) {
	s.name = u.Name
	if s.extra != nil || u.Picture != "" || u.Title != "" {
		x := s.more()
		x.picture, x.title = u.Picture, u.Title
	}
}

// device returns the session's device; nil: none was registered.
func (s *Session) device() *protocol.Device {
	if s.extra == nil {
		return nil
	}
	return s.extra.device
}

// setDevice sets the session's device; nil: it has none.
func (s *Session) setDevice(d *protocol.Device) {
	if s.extra != nil || d != nil {
		s.more().device = d
	}
}

// nanos returns t as nanoseconds since 1970. It saturates, because a token may be valid for longer than they reach.
func nanos(t time.Time) int64 {
	if t.Year() > 2200 {
		return math.MaxInt64
	}
	return t.UnixNano()
}

// issued returns the time when the session's token was issued; zero: not known.
func (s *Session) issued() time.Time {
	if s.issuedAt == 0 {
		return time.Time{}
	}
	return time.Unix(0, s.issuedAt)
}

// send sends a frame. An error counts as a refusal.
func (s *Session) send(f protocol.RelayFrame) {
	if s.ended {
		return
	}
	s.shared.frame = f.Append(s.shared.frame[:0])
	s.sendEncoded(s.shared.frame)
	if e, ok := f.(protocol.Error); ok {
		s.shared.stats.Refused[e.Code]++
		s.penalize()
	}
}

// sendEncoded sends a frame that is encoded already.
func (s *Session) sendEncoded(frame []byte) {
	if s.ended {
		return
	}
	s.conn.Send(frame)
	s.shared.stats.BytesOut += uint64(len(frame))
}

// penalize counts a refusal. After too many, the connection is not read for a while.
func (s *Session) penalize() {
	if pause := s.more().refusals.Add(s.heard, int(s.size), &s.shared.refusals); pause > 0 {
		s.conn.PauseReading(pause)
	}
}

// member returns the session's place in a room; nil: it has none.
func (s *Session) member(room string) *member {
	i := slices.IndexFunc(s.members, func(m *member) bool { return m.presence.room.name == room })
	if i < 0 {
		return nil
	}
	return s.members[i]
}

// role returns the session's role in a room: the role of its own token, or a lower one of a later token of the user. ok
// is false if its own token does not open the room.
func (s *Session) role(room string) (role protocol.Role, ok bool) {
	if role, ok = s.grants.Role(room); !ok {
		return "", false
	}
	if last, seen := s.shared.ranks.Of(s.user.id, room); seen && !last.AtLeast(role) {
		role = last
	}
	return role, true
}

// outside returns the refusal of a frame about a room that the session has not joined.
func (s *Session) outside(room, id string) protocol.Error {
	role, ok := s.role(room)
	if !ok {
		return forbidden(room, id)
	}
	if until, banned := s.shared.bans.Of(time.Unix(0, s.heard), rules.Ban{Room: room, User: s.user.id}, role); banned {
		return refusalFrame(bannedUntil(until), room, id)
	}
	return notJoined(room, id)
}

// sessions knows all sessions that have not ended.
type sessions struct {
	*shared
	rooms *rooms
	users *users

	all             []*Session
	unauthenticated []*Session // in the order of arrival; those behind the first may have said hello meanwhile
}

// add begins a session.
func (ss *sessions) add(now time.Time, client *Client, conn Conn) *Session {
	s := &Session{
		client: client, conn: conn, shared: ss.shared, place: int32(len(ss.all)),
		until: now.Add(ss.cfg.HelloTimeout).UnixNano(), heard: now.UnixNano(),
	}
	ss.all = append(ss.all, s)
	return s
}

// limit adds the session to those that may be evicted before their hello.
func (ss *sessions) limit(s *Session) {
	if ss.cfg.Conns > 0 {
		ss.unauthenticated = append(ss.unauthenticated, s)
		ss.evictUnauthenticated()
	}
}

// evictUnauthenticated ends the sessions that have waited longest for their hello, when places run short and many
// sessions wait, so that silent connections do not keep others out.
func (ss *sessions) evictUnauthenticated() {
	for len(ss.unauthenticated) > 0 {
		s := ss.unauthenticated[0]
		if s.user == nil && !s.ended {
			places := ss.cfg.Conns
			if len(ss.all) <= places-places/4 || len(ss.all)-ss.stats.Welcomed <= places/4 {
				return
			}
			ss.end(s, protocol.CloseTimeout, "no hello in time")
		}
		ss.unauthenticated[0] = nil
		ss.unauthenticated = ss.unauthenticated[1:]
	}
	ss.unauthenticated = nil
}

// expire ends the sessions whose time is over.
func (ss *sessions) expire(now time.Time) {
	at, silence := now.UnixNano(), int64(ss.cfg.silence())
	ss.each(func(s *Session) {
		switch {
		case s.user == nil && at >= s.until:
			ss.end(s, protocol.CloseTimeout, "no hello in time")
		case at-s.heard >= silence:
			ss.end(s, protocol.CloseTimeout, "nothing heard")
		case at >= s.until:
			ss.end(s, protocol.CloseUnauthorized, "the token has expired")
		case s.key.Withdrawn():
			ss.end(s, protocol.CloseUnauthorized, keyWithdrawn)
		default:
			s.frames.Full(now) // frees the memory of a full bucket
		}
	})
}

// each calls do for each session; do may end it.
func (ss *sessions) each(do func(*Session)) {
	// From the end, because the last session takes the place of one that ends.
	for i := len(ss.all) - 1; i >= 0; i-- {
		do(ss.all[i])
	}
}

// ofUser returns the sessions of a user.
func (ss *sessions) ofUser(user string) (found []*Session) {
	for _, s := range ss.all {
		if s.user != nil && s.user.id == user {
			found = append(found, s)
		}
	}
	return found
}

// end closes a session's connection and forgets the session at once. The hub hears nothing more of the connection.
func (ss *sessions) end(s *Session, code protocol.CloseCode, reason string) {
	if s.ended {
		return
	}
	s.conn.Close(code, reason)
	ss.stats.Closed[code]++
	ss.remove(s)
}

// endRevoked ends the session of a revoked user.
func (ss *sessions) endRevoked(s *Session) {
	s.send(protocol.Error{Code: protocol.CodeUnauthorized, Message: RevokedReason, Why: protocol.WhyRevoked})
	ss.end(s, protocol.ClosePutOut, RevokedReason)
}

// remove forgets a session whose connection is gone.
func (ss *sessions) remove(s *Session) {
	if s.ended {
		return
	}
	s.ended = true
	for len(s.members) > 0 {
		ss.rooms.remove(s.members[len(s.members)-1])
	}
	if s.user != nil {
		ss.stats.Welcomed--
		ss.users.connect(s.user, -1)
	}
	last := ss.all[len(ss.all)-1]
	ss.all[s.place], last.place = last, s.place
	ss.all[len(ss.all)-1] = nil
	ss.all = ss.all[:len(ss.all)-1]
}
