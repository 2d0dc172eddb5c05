package hub

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Session is one connection's state in the hub. Only the hub's owner may touch
// it. There are as many as connections, most of them silent: what only the active
// need is behind pointers, and times are nanoseconds since 1970.
type Session struct {
	id      string
	conn    Conn
	from    netip.Addr // the client's address
	hub     *Hub
	user    *user     // nil before welcome
	name    string    // the user's, for people
	grants  Grants    // of the token
	key     *TokenKey // that has signed the token
	members []*member // one for each room joined or being joined
	until   int64     // when it ends: before welcome for want of a hello, then with its token
	heard   int64     // when something arrived last
	frames  int64     // when its frames would be within their rate without a burst
	// refusals is when as many frames will have been refused as may be.
	refusals int64
	place    int32 // in Hub.sessions
	ops      int32 // queued or under way
	said     int32 // the size of what was heard last, in bytes
	ended    bool  // nothing is sent or heard any more
}

// nanos is t as a session keeps it. A token may be valid for longer than that
// reaches.
func nanos(t time.Time) int64 {
	if t.Year() > 2200 {
		return math.MaxInt64
	}
	return t.UnixNano()
}

func (s *Session) send(f protocol.RelayFrame) {
	if s.ended {
		return
	}
	s.sendFrame(f.Append(nil))
	if e, ok := f.(protocol.Error); ok {
		s.hub.stats.Refused[e.Code]++
		s.offend()
	}
}

// sendFrame is send of what is encoded already.
func (s *Session) sendFrame(data []byte) {
	if s.ended {
		return
	}
	s.conn.Send(data)
	s.hub.stats.BytesOut += uint64(len(data))
}

// member is the session's place in a room, nil where it has none.
func (s *Session) member(room string) *member {
	i := slices.IndexFunc(s.members, func(m *member) bool { return m.presence.room.name == room })
	if i < 0 {
		return nil
	}
	return s.members[i]
}

// Received takes one text message of the session's connection.
func (h *Hub) Received(now time.Time, s *Session, data []byte) {
	if s.ended {
		return
	}
	s.heard, s.said = now.UnixNano(), int32(len(data))
	h.stats.FramesIn++
	h.stats.BytesIn += uint64(len(data))
	frame, err := protocol.DecodeClient(data, h.cfg.Limits)
	if err != nil {
		h.malformed(s, err)
		return
	}
	// A send is refused by the user's own rate, in the order of its lane.
	if _, ok := frame.(protocol.Send); !ok {
		if wait := s.spendFrame(now, h.cfg.FramesPerSecond); wait > 0 {
			h.flooded(s, frame, wait)
			return
		}
	}
	h.take(now, s, frame)
	h.flush()
}

// flooded refuses a frame beyond the connection's rate. A typing is dropped.
func (h *Hub) flooded(s *Session, frame protocol.ClientFrame, wait time.Duration) {
	if _, ok := frame.(protocol.Typing); ok {
		h.stats.TypingDropped++
		return
	}
	room, id, of := describe(frame)
	f := refusalFrame(tooManyFrames(wait), room, id)
	f.Of = of
	s.send(f)
}

func (h *Hub) malformed(s *Session, err error) {
	var fe *protocol.FrameError
	if !errors.As(err, &fe) {
		panic(fmt.Sprintf("hub: the decoder's error is no FrameError: %v", err))
	}
	switch {
	case fe.NotProtocol:
		h.end(s, protocol.CloseNotProtocol, fe.Reason)
	case fe.Type == "hello":
		h.refuseHello(s, fe.Reason)
	case s.user == nil:
		s.send(unauthorized(fe.Room, fe.ID, protocol.OfType(fe.Type)))
	default:
		s.send(fe.Frame())
	}
}

func unauthorized(room, id, of string) protocol.Error {
	return protocol.Error{Code: protocol.CodeUnauthorized, Message: "say hello first", Room: room, ID: id, Of: of}
}

func (h *Hub) take(now time.Time, s *Session, frame protocol.ClientFrame) {
	if f, ok := frame.(protocol.Hello); ok {
		h.hello(now, s, f)
		return
	}
	if s.user == nil {
		s.send(unauthorized(describe(frame)))
		return
	}
	switch f := frame.(type) {
	case protocol.Ping:
		pong := protocol.Pong(f).Append(nil)
		s.conn.SendAhead(pong)
		s.hub.stats.BytesOut += uint64(len(pong))
	case protocol.Join:
		h.join(now, s, f.Room)
	case protocol.Leave:
		h.leave(s, f.Room)
	case protocol.Send:
		h.send(now, s, f)
	case protocol.Edit:
		h.change(now, s, rules.Op{Room: f.Room, Do: rules.Edit{ID: f.ID, Text: f.Text, Encrypted: f.Encrypted}})
	case protocol.Delete:
		h.change(now, s, rules.Op{Room: f.Room, Do: rules.Delete{ID: f.ID}})
	case protocol.React:
		h.change(now, s, rules.Op{Room: f.Room, Do: rules.React{ID: f.ID, Emoji: f.Emoji, On: f.On}})
	case protocol.Pin:
		h.change(now, s, rules.Op{Room: f.Room, Do: rules.Pin{ID: f.ID, On: f.On}})
	case protocol.Moderate:
		h.change(now, s, ModerateOp(now, f))
	case protocol.Report:
		h.change(now, s, rules.Op{Room: f.Room, Do: rules.Report{ID: f.ID, Reason: f.Reason}})
	case protocol.Adjust:
		h.change(now, s, rules.Op{Room: f.Room, Do: rules.Adjust{Adjust: f}})
	case protocol.Typing:
		h.typing(now, s, f.Room)
	case protocol.Read:
		h.read(s, f)
	}
}

// describe names a frame's room and message, and its type as an error does.
func describe(frame protocol.ClientFrame) (room, id, of string) {
	switch f := frame.(type) {
	case protocol.Join:
		return f.Room, "", ""
	case protocol.Leave:
		return f.Room, "", ""
	case protocol.Send:
		return f.Room, f.ID, ""
	case protocol.Edit:
		return f.Room, f.ID, ""
	case protocol.Delete:
		return f.Room, f.ID, ""
	case protocol.React:
		return f.Room, f.ID, ""
	case protocol.Pin:
		return f.Room, f.ID, ""
	case protocol.Moderate:
		return f.Room, "", "moderate"
	case protocol.Report:
		return f.Room, f.ID, "report"
	case protocol.Adjust:
		return f.Room, "", "settings"
	case protocol.Typing:
		return f.Room, "", ""
	case protocol.Read:
		return f.Room, "", ""
	}
	return "", "", ""
}

// hello takes the first hello and every refreshing one; both are answered with
// welcome.
func (h *Hub) hello(now time.Time, s *Session, f protocol.Hello) {
	who, err := h.cfg.Verifier.Verify(now, s.from, f.Token)
	switch {
	case err != nil:
		h.stats.BadTokens++
		h.refuseToken(s, err)
		return
	case h.revocations.Refuse(&who):
		h.stats.BadTokens++
		h.endRevoked(s)
		return
	case s.user == nil:
		u := h.user(who.User.ID)
		if h.cfg.ConnsPerUser > 0 && int(u.conns) >= h.cfg.ConnsPerUser {
			h.end(s, protocol.CloseTooMany, "too many connections")
			return
		}
		u.conns++
		h.stats.Welcomed++
		s.user = u
		s.conn.Admit()
	case who.User.ID != s.user.id:
		h.refuseToken(s, errAnotherUser)
		return
	}
	s.name, s.grants, s.until, s.key = who.User.Name, who.Grants, nanos(who.Expires), who.Key
	s.send(protocol.Welcome{
		Session: s.id, User: who.User, Server: h.cfg.Server,
		HeartbeatMs: h.cfg.HeartbeatMs, TimeoutMs: h.cfg.TimeoutMs, Limits: h.cfg.Limits,
		Features: h.cfg.Features,
	})
	if lost := h.regrant(s); len(lost) > 0 {
		who.Grants = lostGrants{who.Grants, lost}
	}
	h.See(&who)
}

// errAnotherUser refuses a refreshing hello.
var errAnotherUser = &TokenError{Why: protocol.WhyUser, Reason: "the token is another user's"}

// refuseHello answers a malformed hello, and ends the session.
func (h *Hub) refuseHello(s *Session, reason string) {
	s.send(protocol.Error{Code: protocol.CodeUnauthorized, Message: reason})
	h.end(s, protocol.CloseUnauthorized, reason)
}

// regrant takes the session out of the rooms that its new token does not open, and returns
// them.
func (h *Hub) regrant(s *Session) (lost []string) {
	for _, m := range slices.Clone(s.members) {
		name := m.presence.room.name
		role, ok := s.grants.Role(name)
		if ok {
			h.setRole(m, role)
			continue
		}
		s.send(forbidden(name, ""))
		h.part(m)
		lost = append(lost, name)
	}
	return lost
}

func forbidden(room, id string) protocol.Error {
	return protocol.Error{Code: protocol.CodeForbidden, Message: "the token does not open this room", Room: room, ID: id}
}
