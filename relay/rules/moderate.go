package rules

import (
	"strconv"

	"hallway/protocol"
)

// lifted tells which sanction an act ends.
var lifted = map[protocol.Act]protocol.Act{protocol.ActUnmute: protocol.ActMute, protocol.ActUnban: protocol.ActBan}

const (
	yourself = "you cannot moderate yourself"
	notBelow = "the user's role is not below yours"
)

// moderate does an act to a user.
func (s *Set) moderate(r *Room, op *Op, do Moderate) Outcome {
	user, member := s.target(r, do)
	switch {
	case do.Act == protocol.ActRemove && !member:
		return refuse(protocol.CodeNotFound, "the room has no such member")
	case do.User == op.Sender.ID:
		return refuse(protocol.CodeForbidden, yourself)
	case !op.Sender.Role.MayModerate(user.Role) && !s.mayLift(r, op, do):
		return refuse(protocol.CodeForbidden, notBelow)
	}
	done := Moderated{User: user}
	var d details
	audited := true
	switch do.Act {
	case protocol.ActMute, protocol.ActBan:
		d = details(nil).time("until", do.Until).text("reason", do.Reason)
		s.sanction(r, op, do, member, &done)
	case protocol.ActUnmute, protocol.ActUnban:
		done.New = s.pardon(r, do.User, lifted[do.Act])
	case protocol.ActRemove:
		s.changeMember(r.members[do.User]).Gone = true
		s.Forgets, done.New = true, true
	case protocol.ActClear:
		s.clear(r, do, &done)
		audited = !do.Again
	}
	if audited && (done.New || done.More) {
		s.audit(op, string(do.Act), do.User, "", d)
	}
	out := Outcome{Result: done}
	if (do.Act == protocol.ActBan || do.Act == protocol.ActRemove) && done.New && s.expel(r, do.User) {
		out.DueNow, out.Due = s.lock(r).IsDue()
	}
	return out
}

// target returns the user whom an act concerns: a member has the role of the last token
// seen, which is stored where it is another. Any other user is a participant, and will be
// ranked by the token with which the user comes.
func (s *Set) target(r *Room, do Moderate) (u protocol.User, member bool) {
	m := r.member(do.User)
	if m == nil {
		return protocol.User{ID: do.User, Role: protocol.RoleParticipant}, false
	}
	if do.Rank != "" && do.Rank != m.User.Role {
		s.changeMember(m).User.Role = do.Rank
	}
	return m.User, true
}

// mayLift reports whether the sender may end a sanction of a user whose role is not below
// the sender's: a moderator with at least its maker's role may. Otherwise nobody could end
// that of a user who was promoted later.
func (s *Set) mayLift(r *Room, op *Op, do Moderate) bool {
	kind, lifts := lifted[do.Act]
	if !lifts {
		return false
	}
	sanction, role := *r.standing(do.User).Kind(kind), op.Sender.Role
	return sanction.inForce(s.Now) && role.AtLeast(protocol.RoleModerator) && role.AtLeast(sanction.By.Role)
}

// sanction mutes or bans, unless the same is in force already.
func (s *Set) sanction(r *Room, op *Op, do Moderate, known bool, done *Moderated) {
	had := *r.standing(do.User).Kind(do.Act)
	next := &Sanction{Until: do.Until, Reason: do.Reason, By: op.Sender, At: s.Now, Known: known}
	if had.inForce(s.Now) && had.Until == next.Until && had.Reason == next.Reason && had.By.ID == next.By.ID {
		done.Sanction, done.UpTo = had.of(done.User, do.Act), had.UpTo()
		return
	}
	s.Forgets = s.Forgets || had != nil // its reason
	s.setSanction(r, do.User, do.Act, next)
	done.New, done.Sanction, done.UpTo = true, next.of(done.User, do.Act), next.UpTo()
}

// clear makes the next messages of the user tombstones.
func (s *Set) clear(r *Room, do Moderate, done *Moderated) {
	done.More = s.Clear(r, do.User, func(m *Message) {
		s.bury(m)
		s.update(m)
		done.Messages = append(done.Messages, m.Message)
	})
	done.New = len(done.Messages) > 0
}

// report puts a report on the room's list.
func (s *Set) report(r *Room, op *Op, do Report) Outcome {
	m := r.messages[do.ID]
	switch {
	case m == nil:
		return notFound(op)
	case m.Deleted():
		return refuse(protocol.CodeConflict, "the message was deleted")
	}
	for _, row := range r.reports {
		if row.ID == do.ID && row.By.ID == op.Sender.ID && row.State == protocol.ReportOpen {
			return Outcome{Result: Reported{Report: row.ReportEntry, Open: r.Reports}}
		}
	}
	row := &ReportRow{
		ReportEntry: protocol.ReportEntry{
			N: s.NextReport, ID: do.ID, By: protocol.User{ID: op.Sender.ID, Name: op.Sender.Name}, Reason: do.Reason, At: s.Now,
			State: protocol.ReportOpen,
		},
		room: r, made: true,
	}
	r.reports = append(r.reports, row)
	s.Reports = append(s.Reports, row)
	s.NextReport++
	r.Reports++
	s.audit(op, "report", m.Sender.ID, do.ID, numbered(row.N).text("reason", do.Reason))
	return Outcome{Result: Reported{Report: row.ReportEntry, New: true, Open: r.Reports}}
}

// resolve closes a report.
func (s *Set) resolve(r *Room, op *Op, do Resolve) Outcome {
	var row *ReportRow
	for _, one := range r.reports {
		if one.N == do.N {
			row = one
		}
	}
	switch {
	case row == nil:
		return notFound(op)
	case row.State == do.State:
		return Outcome{Result: Reported{Report: row.ReportEntry, Open: r.Reports}}
	case row.State != protocol.ReportOpen:
		return refuse(protocol.CodeConflict, "the report was closed otherwise")
	}
	row.State, row.ClosedBy, row.ClosedAt = do.State, op.Sender.ID, s.Now
	if !row.made && !row.changed {
		row.changed = true
		s.Reports = append(s.Reports, row)
	}
	r.Reports--
	act := "resolve"
	if do.State == protocol.ReportDismissed {
		act = "dismiss"
	}
	s.audit(op, act, "", row.ID, numbered(row.N))
	return Outcome{Result: Reported{Report: row.ReportEntry, New: true, Open: r.Reports}}
}

// numbered returns details that name a report.
func numbered(n int64) details {
	return details(nil).member("report", strconv.AppendInt(nil, n, 10))
}
