package rules

import "hallway/protocol"

// open makes the sender a member and returns the state of the room.
func open(s *Set, r *Room, op *Op, do Open) Outcome {
	joins := op.Sender
	if do.Rank != "" {
		joins.Role = do.Rank
	}
	locked, refused := s.locks(r).join(op.Sender.ID, do.Device)
	if refused.Code != "" {
		return refused
	}
	opened := Opened{Read: join(s, r, joins), Locked: locked, Settings: r.Rules, Reports: r.Reports, Ruled: r.Ruled}
	opened.Mentions = unreadMentions(s, r, joins.ID, max(opened.Read, do.Read))
	if mute := r.standing(joins.ID).Mute; mute.inForce(s.Now) {
		opened.Mute = mute.of(op.Sender, protocol.ActMute)
	}
	return Outcome{Result: opened}
}

// join makes the user a member, or updates a member's name and role, and returns the read marker. A member who returns
// unchanged changes nothing, because after a restart of the relay all members return.
func join(s *Set, r *Room, u protocol.User) int64 {
	m := r.members[u.ID]
	if m == nil || m.Gone {
		s.setMember(r, Member{User: u, JoinedAt: s.Now})
		return 0
	}
	if m.User != u {
		s.changeMember(m).User = u
	}
	return m.Read
}

// member returns the row of a member; nil if the user is not a member.
func (r *Room) member(user string) *Member {
	if m := r.members[user]; m != nil && !m.Gone {
		return m
	}
	return nil
}

// read moves the sender's read marker forward. Only a member has a marker.
func read(s *Set, r *Room, op *Op, do Read) Outcome {
	m := r.member(op.Sender.ID)
	if m == nil {
		return Outcome{Result: Marked{}}
	}
	if to := min(do.Seq, r.Head); to > m.Read {
		s.changeMember(m).Read = to
	}
	return Outcome{Result: Marked{Read: m.Read}}
}
