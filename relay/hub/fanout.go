package hub

import (
	"hallway/protocol"
	"hallway/relay/rules"
)

// news gives a stored message to its room's window and, if it is new to the members, sends it to them at the end of the
// call. It encodes the message once, for all receivers, and reports whether it was new.
func (rs *rooms) news(r *room, o *rules.Outcome, stored *rules.Stored, cause *protocol.Cause) bool {
	if rs.peers != nil {
		return rs.peers.committed(r, o, stored, cause)
	}
	if r == nil || !r.open {
		return false
	}
	m := &stored.Message
	if stored.New || m.Rev > r.told {
		stored.Encoded = m.Append(nil)
	}
	rs.windows.took(r.window, o.Epoch, o.Head, stored) // before any member hears of it
	if m.Rev <= r.told {
		return false
	}
	r.told = m.Rev
	if len(m.Mentions) > 0 {
		r.named = m.Rev
	}
	rs.tell(r, protocol.Changed{Cause: cause}.AppendEncoded(nil, stored.Encoded))
	return true
}

// tell queues a frame that the room gets at the end of the call.
func (rs *rooms) tell(r *room, frame []byte) {
	if len(r.out) == 0 {
		rs.touched = append(rs.touched, r)
	}
	r.out = append(r.out, frame)
}

// newsOfAll gives all messages that an op has changed to their room.
func (rs *rooms) newsOfAll(r *room, messages []protocol.Message, o *rules.Outcome) {
	for _, m := range messages {
		one := rules.Outcome{Epoch: o.Epoch, Head: m.Rev}
		rs.news(r, &one, &rules.Stored{Message: m, New: true}, nil)
	}
}

// flush sends a room its queued frames.
func (rs *rooms) flush(r *room) {
	if len(r.out) > 0 {
		rs.broadcast(r, r.out)
		rs.stats.Deliveries += uint64(len(r.out) * r.streams)
		r.out = nil
	}
	r.flushed = r.told
}

// flushAll sends all rooms their queued frames.
func (rs *rooms) flushAll() {
	for _, r := range rs.touched {
		rs.flush(r)
	}
	clear(rs.touched)
	rs.touched = rs.touched[:0]
}

// broadcast sends frames to all streams of a room.
func (rs *rooms) broadcast(r *room, frames [][]byte) {
	r.group.Send(frames)
	for _, f := range frames {
		rs.stats.BytesOut += uint64(len(f) * r.streams)
	}
}

// broadcastToOthers sends a frame to all streams of a room except those of one user.
func (rs *rooms) broadcastToOthers(p *presence, frame []byte) {
	r, own := p.room, 0
	for _, m := range p.members {
		if m.joined {
			r.group.Remove(m.session.conn)
			own++
		}
	}
	r.group.Send([][]byte{frame})
	for _, m := range p.members {
		if m.joined {
			r.group.Add(m.session.conn)
		}
	}
	rs.stats.BytesOut += uint64(len(frame) * (r.streams - own))
}

// loseWindows clears the windows of a failed batch's rooms, because the store may be ahead of them.
func (rs *rooms) loseWindows(batch []*pending) {
	for _, p := range batch {
		if r := rs.byName[p.op.Room]; r != nil {
			rs.windows.reset(r.window)
		}
	}
}
