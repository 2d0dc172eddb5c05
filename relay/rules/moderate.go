package rules

import "hallway/protocol"

// lifted maps each act that ends a sanction to the act that makes it.
var lifted = map[protocol.Act]protocol.Act{protocol.ActUnmute: protocol.ActMute, protocol.ActUnban: protocol.ActBan}

const (
	yourself = "you cannot moderate yourself"
	notBelow = "the user's role is not below yours"
)

// moderate carries out an act of moderation.
func moderate(s *Set, r *Room, op *Op, do Moderate) Outcome {
	user, member := target(s, r, do)
	switch {
	case do.Act == protocol.ActRemove && !member:
		return refuse(protocol.CodeNotFound, "the room has no such member")
	case do.User == op.Sender.ID:
		return refuse(protocol.CodeForbidden, yourself)
	case !op.Sender.Role.MayModerate(user.Role) && !mayLift(s, r, op, do):
		return refuse(protocol.CodeForbidden, notBelow)
	}
	done := Moderated{User: user}
	var d details
	audited := true
	switch do.Act {
	case protocol.ActMute, protocol.ActBan:
		d = details(nil).time("until", do.Until).text("reason", do.Reason)
		impose(s, r, op, do, member, &done)
	case protocol.ActUnmute, protocol.ActUnban:
		done.New = liftSanction(s, r, do.User, lifted[do.Act])
	case protocol.ActRemove:
		s.changeMember(r.members[do.User]).Gone = true
		s.Forgets, done.New = true, true
	case protocol.ActClear:
		clearMessages(s, r, do, &done)
		audited = !do.Again
	}
	if audited && (done.New || done.More) {
		s.audit(op, string(do.Act), do.User, "", d)
	}
	out := Outcome{Result: done}
	evicts := do.Act == protocol.ActBan || do.Act == protocol.ActRemove
	if book := s.locks(r); evicts && done.New && book.expel(do.User) {
		out.DueNow, out.Due = book.newest().IsDue()
	}
	return out
}

// target returns the user concerned by an act. A member has the role of the last token seen; target stores a changed
// role. Any other user counts as a participant until a token shows another role.
func target(s *Set, r *Room, do Moderate) (u protocol.User, member bool) {
	m := r.member(do.User)
	if m == nil {
		return protocol.User{ID: do.User, Role: protocol.RoleParticipant}, false
	}
	if do.Rank != "" && do.Rank != m.User.Role {
		s.changeMember(m).User.Role = do.Rank
	}
	return m.User, true
}

// mayLift reports whether the sender may end the sanction of a user whose role is not below the sender's. A moderator
// may, with at least the role of the sanction's maker: otherwise the sanction of a user who was promoted later could
// never end.
func mayLift(s *Set, r *Room, op *Op, do Moderate) bool {
	kind, lifts := lifted[do.Act]
	if !lifts {
		return false
	}
	sanction, role := *r.standing(do.User).Kind(kind), op.Sender.Role
	return sanction.inForce(s.Now) && role.AtLeast(protocol.RoleModerator) && role.AtLeast(sanction.By.Role)
}

// impose mutes or bans the user, unless the same sanction is in force.
func impose(s *Set, r *Room, op *Op, do Moderate, known bool, done *Moderated) {
	had := *r.standing(do.User).Kind(do.Act)
	next := &Sanction{Until: do.Until, Reason: do.Reason, By: op.Sender, At: s.Now, Known: known}
	if had.inForce(s.Now) && had.Until == next.Until && had.Reason == next.Reason && had.By.ID == next.By.ID {
		done.Sanction, done.UpTo = had.of(done.User, do.Act), had.UpTo()
		return
	}
	s.Forgets = s.Forgets || had != nil // the old reason
	s.setSanction(r, do.User, do.Act, next)
	done.New, done.Sanction, done.UpTo = true, next.of(done.User, do.Act), next.UpTo()
}

// clearMessages turns the next messages of the user into tombstones.
func clearMessages(s *Set, r *Room, do Moderate, done *Moderated) {
	done.More = s.Clear(r, do.User, func(m *Message) {
		makeTombstone(s, m)
		update(s, m)
		done.Messages = append(done.Messages, m.Message)
	})
	done.New = len(done.Messages) > 0
}
