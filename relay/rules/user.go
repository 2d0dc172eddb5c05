package rules

import (
	"cmp"

	"hallway/protocol"
)

// revoke ends the validity of a user's tokens, or restores it.
func revoke(s *Set, op *Op, do Revoke) Outcome {
	switch {
	case do.User == op.Sender.ID:
		return refuse(protocol.CodeForbidden, yourself)
	case !op.Sender.Role.MayModerate(cmp.Or(do.Rank, s.rank(do.User))):
		return refuse(protocol.CodeForbidden, notBelow)
	}
	done, act := Revoked{New: true, At: s.Now}, "revoke"
	if !do.On {
		done, act = Revoked{New: s.revoked[do.User] != 0}, "unrevoke"
	}
	if done.New {
		s.AddRevocation(do.User, done.At)
		s.Revocations = append(s.Revocations, RevocationChange{User: do.User, At: done.At})
		s.audit(op, act, do.User, "", nil)
	}
	if do.On {
		done.Due = s.Vault.Leave(Leaver{User: do.User})
	}
	return Outcome{Result: done}
}

// see stores the roles of a token.
func see(s *Set, op *Op, do See) Outcome {
	user, highest := op.Sender.ID, do.Grants.Highest()
	seen := Seen{Ranked: s.Ranked, More: s.MoreMemberships}
	if do.After == 0 && s.rank(user) != highest {
		seen.New = true
		s.AddRank(user, highest)
		s.Ranks = append(s.Ranks, RankChange{User: user, Role: highest})
	}
	seen.Ranked = seen.Ranked || s.rank(user).AtLeast(protocol.RoleModerator)
	for _, m := range s.Memberships {
		if role, ok := do.Grants.Role(m.Room); ok && role != m.Role {
			m.Role, seen.New = role, true
			s.Roles = append(s.Roles, RoleChange{Membership: m, User: user})
		}
		seen.Ranked = seen.Ranked || m.Role.AtLeast(protocol.RoleModerator)
		seen.Next = m.Key
	}
	if !seen.More {
		seen.Next = 0
	}
	return Outcome{Result: seen}
}

// erase removes a user from some messages of a room.
func erase(s *Set, r *Room, do Erase) Outcome {
	bySeq := make(map[int64]*Message, len(do.Seqs))
	for _, m := range r.messages {
		bySeq[m.Seq] = m
	}
	var erased Erased
	for _, seq := range do.Seqs {
		m := bySeq[seq]
		switch {
		case m == nil: // an old message, deleted meanwhile
			continue
		case m.Sender.ID == do.User:
			s.TombstonesOf = do.User
			eraseMessage(s, m, do.Pseudonym)
		case !disown(s, m, do.User, do.Pseudonym):
			continue
		}
		erased.Messages = append(erased.Messages, m.Message)
	}
	return Outcome{Result: erased}
}

// eraseMessage turns a message, even a tombstone, into a tombstone of the pseudonym.
func eraseMessage(s *Set, m *Message, pseudonym string) {
	deleted := m.DeletedAt
	makeTombstone(s, m)
	if deleted != 0 {
		m.DeletedAt = deleted
	}
	m.Sender = protocol.User{ID: pseudonym, Role: protocol.RoleParticipant}
	m.MadeAs, m.disowned = Fingerprint{}, true
	s.Tombstones++
	update(s, m)
}

// forget removes a user from everything but messages.
func forget(s *Set, do Forget) Outcome {
	s.Forgotten, s.Forgets = &do, true
	s.audit(&Op{}, "erase", do.Pseudonym, "", nil)
	return Outcome{Result: Forgotten{Due: s.Vault.Forget(do.User)}}
}
