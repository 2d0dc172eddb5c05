package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/rules"
)

// join answers a join of a room that the token opens in that role. It answers from memory if the user has joined the
// open room before, by any connection, and has no unread mentions. Otherwise it asks the store, which makes the user a
// member and knows the read marker. Sends may follow at once: they queue behind the Open.
func (rs *rooms) join(now time.Time, s *Session, name string, role protocol.Role) {
	m, r := s.member(name), rs.byName[name]
	ask := r == nil || !r.open || !r.users[s.user].joined() || r.users[s.user].mentioned() || r.lock != nil
	switch {
	case m == nil && len(s.members) >= guard.RoomsPerSessionMax:
		s.send(protocol.Error{Code: protocol.CodeBadRequest, Message: "too many rooms on this connection", Room: name})
		return
	case ask && rs.writes.full(s, opBytes):
		s.send(refusalFrame(unavailable(), name, ""))
		return
	case r == nil && len(rs.byName) >= rs.cfg.Rooms:
		s.send(refusalFrame(tooManyRooms(), name, ""))
		return
	case m == nil:
		m = rs.enter(s, name)
	}
	rs.setRole(m, role)
	if m.sends != nil {
		m.sends.block = m.sends.block.afterJoin()
	}
	rs.peers.call(now, m)
	switch {
	case ask:
		rs.open(m)
	case rs.peers != nil:
		rs.peers.await(m)
	default:
		rs.joined(now, m)
	}
}

// open asks the store to make the user a member.
func (rs *rooms) open(m *member) {
	m.opening++
	rs.writes.enqueue(pending{
		op:      rules.Op{Room: m.presence.room.name, Sender: m.sender(), Do: rules.Open{Read: rs.marker(m.presence), Device: m.session.deviceID()}},
		session: m.session, member: m,
	})
}

// answerOpen handles the outcome of an Open.
func (rs *rooms) answerOpen(now time.Time, m *member, o rules.Outcome) {
	m.opening--
	s, r := m.session, m.presence.room
	if s.ended || s.member(r.name) != m {
		return // the member has left meanwhile
	}
	if o.Code != "" {
		if was := m.joined; o.Why == protocol.WhyBanned { // the result of the ban was lost: the user may still be here
			rs.evict(r, s.user.id, refusalFrame(o.Refusal, r.name, ""))
			if was {
				return
			}
		}
		s.send(refusalFrame(o.Refusal, r.name, ""))
		if !m.joined && m.opening == 0 {
			rs.remove(m)
		}
		return
	}
	first := !r.open
	if first {
		r.open, r.epoch, r.told = true, o.Epoch, o.Head
	}
	if first || rs.peers == nil {
		rs.windows.took(r.window, o.Epoch, o.Head, nil)
	}
	opened := o.Result.(rules.Opened)
	m.presence.read = max(m.presence.read, opened.Read)
	m.presence.setMute(muteOf(opened.Mute))
	if first || rs.peers == nil || rs.gossip.rulings.isNew(r, opened.Ruled) {
		rs.setRules(r, opened.Settings)
		rs.setReports(r, opened.Reports)
	}
	rs.keys.unlock(m, opened.Locked)
	m.presence.setMentions(opened.Mentions, o.Head)
	switch {
	case rs.peers == nil:
		rs.joined(now, m)
	case first:
		r.level.ruled = ruled{known: opened.Ruled}
		rs.gossip.marks.heardEarly(r)
		rs.peers.opened(r)
		rs.peers.joinAt(m, o.Head)
	default:
		rs.peers.joinAt(m, o.Head)
	}
}

// joined answers a join, and begins the stream if it has not begun.
func (rs *rooms) joined(now time.Time, m *member) {
	s, p := m.session, m.presence
	r := p.room
	rs.flush(r) // the changes so far are not above the head
	first := !m.joined
	if first {
		if !p.joined() {
			rs.setPresent(r, s.user.id, true)
		}
		m.joined, m.from = true, r.told
		r.streams++
	}
	f := protocol.Joined{Room: r.name, Epoch: r.epoch, Head: r.told, Members: int64(rs.count(r)), Read: min(rs.marker(p), r.told), Role: m.role, Mentions: p.mentions()}
	if mute := p.mute(); !mute.over(now) {
		f.Muted, f.MutedUntil, f.MutedReason = true, mute.until, mute.reason
	}
	f.E2EE = rs.keys.lockFrame(m)
	s.send(f)
	if first {
		r.group.Add(s.conn)
		if moderates(m.role) {
			r.moderators = append(r.moderators, m)
		}
	}
	rs.tellRules(m)
	rs.keys.entered(now, m)
	switch {
	case r.streams == 1: // no other user is here
		r.announced = rs.count(r)
	case r.announced != rs.count(r):
		r.announced = -1
		rs.markPresence(r)
	}
}
