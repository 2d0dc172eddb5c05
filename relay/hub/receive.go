package hub

import (
	"errors"
	"fmt"
	"time"

	"hallway/protocol"
)

// Received takes one text message of the session's connection.
func (h *Hub) Received(now time.Time, s *Session, data []byte) {
	if s.ended {
		return
	}
	s.heard, s.size = now.UnixNano(), int32(len(data))
	h.stats.FramesIn++
	h.stats.BytesIn += uint64(len(data))
	frame, err := protocol.DecodeClient(data, h.cfg.Limits)
	if err != nil {
		h.malformed(s, err)
		return
	}
	// A send is refused by the user's own rate, in the order of its lane.
	if _, ok := frame.(protocol.Send); !ok {
		if wait := s.frames.Take(now, h.cfg.frames()); wait > 0 {
			h.tooMany(s, frame, wait)
			return
		}
	}
	h.take(now, s, frame)
	h.writes.flush()
}

// Alive notes a sign of life other than a protocol frame, such as a pong. It counts like a frame.
func (h *Hub) Alive(now time.Time, s *Session) {
	s.heard, s.size = now.UnixNano(), 0
	if s.frames.Take(now, h.cfg.frames()) > 0 && !s.ended {
		s.penalize()
	}
}

// tooMany refuses a frame beyond the connection's rate. It drops typing.
func (h *Hub) tooMany(s *Session, frame protocol.ClientFrame, wait time.Duration) {
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
		panic(fmt.Sprintf("hub: the decoder's error is not a FrameError: %v", err))
	}
	switch {
	case fe.NotProtocol:
		h.sessions.end(s, protocol.CloseNotProtocol, fe.Reason)
	case fe.Type == "hello":
		h.authenticator.refuseHello(s, fe.Reason)
	case s.user == nil:
		s.send(unauthorized(fe.Room, fe.ID, protocol.OfType(fe.Type)))
	default:
		s.send(fe.Frame())
	}
}

// take routes a frame to the part that handles it.
func (h *Hub) take(now time.Time, s *Session, frame protocol.ClientFrame) {
	if f, ok := frame.(protocol.Hello); ok {
		h.authenticator.hello(now, s, f)
		return
	}
	if s.user == nil {
		s.send(unauthorized(describe(frame)))
		return
	}
	switch f := frame.(type) {
	case protocol.Ping:
		h.frame = protocol.Pong(f).Append(h.frame[:0])
		s.conn.SendAhead(h.frame)
		h.stats.BytesOut += uint64(len(h.frame))
	case protocol.Join:
		h.join(now, s, f.Room)
	case protocol.Leave:
		h.rooms.leave(s, f.Room)
	case protocol.Send:
		h.lanes.send(now, s, f)
	case protocol.Typing:
		h.activity.typing(now, s, f.Room)
	case protocol.Read:
		h.activity.read(s, f)
	case protocol.Register:
		if op, ok := h.keys.register(s, f); ok {
			h.changes.admit(now, s.user, pending{op: op, session: s})
		}
	default:
		if op, ok := opOf(now, f); ok {
			h.changes.ask(now, s, s.withDevice(op))
		}
	}
}

// join takes a join. It notes the session's token again, whose ranks count from now on.
func (h *Hub) join(now time.Time, s *Session, room string) {
	role, ok := s.grants.Role(room)
	if !ok {
		s.send(forbidden(room, ""))
		return
	}
	h.ranking.noteToken(&Identity{User: protocol.User{ID: s.user.id}, Grants: s.grants})
	h.rooms.join(now, s, room, role)
}

// describe returns a frame's room, its message, and its type as an error names it.
func describe(frame protocol.ClientFrame) (room, id, of string) {
	switch f := frame.(type) {
	case protocol.Join:
		return f.Room, "", ""
	case protocol.Leave:
		return f.Room, "", ""
	case protocol.Send:
		return f.Room, f.ID, ""
	case protocol.Typing:
		return f.Room, "", ""
	case protocol.Read:
		return f.Room, "", ""
	}
	op, _ := opOf(time.Time{}, frame)
	return op.Room, op.ID(), frameOf(&op)
}
