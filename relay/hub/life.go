package hub

import (
	"hallway/protocol"
	"hallway/relay/rules"
)

// A room's epoch names one life of it. A life ends when the room is deleted: at
// once, or, where the hub has not heard of that, when an outcome names another.

// endsLife reports whether the outcome shows that the life of that epoch is over.
func (p *pending) endsLife(epoch string, o *rules.Outcome) bool {
	if _, drops := p.op.Do.(rules.Drop); drops {
		return dropped(o)
	}
	return o.Code == "" && o.Epoch != epoch
}

// dropped reports whether the outcome of a Drop shows that the room is gone.
func dropped(o *rules.Outcome) bool {
	return o.Code == "" || o.Code == protocol.CodeNotFound // dropped before, and the result was lost
}

// endLife puts out all that have joined, so that nobody goes on from the old life
// into the new one. Who is joining stays, for the answer is of the life to come.
func (h *Hub) endLife(r *room) {
	h.tell(r)
	r.open, r.epoch, r.told = false, "", 0
	r.settings, r.reports = protocol.RoomSettings{}, 0
	h.windows.close(r.window)
	r.window = h.windows.open(r.name)
	for _, p := range r.users {
		p.read, p.mute = 0, nil
		if p.acts != nil {
			p.acts.want, p.acts.by = 0, nil
		}
	}
	// Not by r.users, which has no order.
	for _, s := range h.sessions {
		m := s.member(r.name)
		if m == nil || !m.joined {
			continue
		}
		h.endStream(m)
		s.send(protocol.Error{Code: protocol.CodeNotFound, Message: "the room was deleted", Room: r.name})
		if m.opening == 0 {
			h.part(m)
		}
	}
}
