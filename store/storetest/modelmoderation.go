package storetest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// rules are the settings that a store acts on.
func (r *modelRoom) rules() protocol.RoomSettings {
	rules, _ := protocol.ReadSettings(r.settings)
	return rules
}

var ranks = map[protocol.Role]int{protocol.RoleModerator: 1, protocol.RoleOrganizer: 2}

// barred is why the sender may not do so in the room.
func (r *modelRoom) barred(now protocol.Time, op hub.Op) hub.Outcome {
	forbidden := func(why protocol.Why, by modelSanction) hub.Outcome {
		out := refuse(protocol.CodeForbidden)
		out.Why, out.Until, out.Note, out.UpTo = why, by.Until, by.Reason, by.upTo()
		return out
	}
	banned := []hub.OpKind{hub.OpOpen, hub.OpSend, hub.OpEdit, hub.OpDelete, hub.OpReact, hub.OpPin, hub.OpRead, hub.OpReport}
	all := op.Sender.Role != protocol.RoleOrganizer
	if ban := r.sanction(now, op.Sender.ID, protocol.ActBan); ban != nil && (all || slices.Contains(banned, op.Kind)) {
		return forbidden(protocol.WhyBanned, *ban)
	}
	if op.Kind != hub.OpSend && op.Kind != hub.OpEdit && op.Kind != hub.OpReact {
		return hub.Outcome{}
	}
	rules := r.rules()
	if rules.Archived {
		return forbidden(protocol.WhyArchived, modelSanction{known: true})
	}
	if rules.Frozen && op.Sender.Role != protocol.RoleOrganizer {
		return forbidden(protocol.WhyFrozen, modelSanction{known: true})
	}
	if mute := r.sanction(now, op.Sender.ID, protocol.ActMute); mute != nil {
		return forbidden(protocol.WhyMuted, *mute)
	}
	last, sent := r.sent[op.Sender.ID]
	next := last + protocol.Time(rules.SlowModeS*1e6)
	if op.Kind == hub.OpReact || ranks[op.Sender.Role] > 0 || !sent || now < last || now >= next {
		return hub.Outcome{}
	}
	out := refuse(protocol.CodeRateLimited)
	out.Why, out.Until, out.RetryAfter = protocol.WhySlowMode, next, time.Duration(next-now)*time.Microsecond
	return out
}

// modelSanction is a mute or a ban.
type modelSanction struct {
	protocol.Sanction
	role  protocol.Role // of who has made it
	known bool          // the user was a member
}

// upTo is the highest role against which it holds.
func (s modelSanction) upTo() protocol.Role {
	if s.known {
		return ""
	}
	return s.role
}

// void ends what does not hold against the sender's role.
func (m *Model) void(r *modelRoom, now protocol.Time, op hub.Op) (ban bool) {
	for _, kind := range []protocol.Act{protocol.ActMute, protocol.ActBan} {
		s := r.sanction(now, op.Sender.ID, kind)
		if s == nil || s.known || ranks[s.role] >= ranks[op.Sender.Role] || op.FindOnly {
			continue
		}
		r.pardon(op.Sender.ID, kind)
		m.note(now, op, "void", op.Sender.ID, "")
		ban = kind == protocol.ActBan
	}
	return ban
}

// see takes note of a token; the model does it in one part.
func (m *Model) see(op hub.Op) (out hub.Outcome) {
	user, highest := op.Sender.ID, op.Grants.Highest()
	if out.New = cmp.Or(m.ranks[user], protocol.RoleParticipant) != highest; highest == protocol.RoleParticipant {
		delete(m.ranks, user)
	} else {
		m.ranks[user] = highest
	}
	out.Ranked = highest != protocol.RoleParticipant
	for name, r := range m.rooms {
		at, member := r.member(user)
		if !member {
			continue
		}
		if role, ok := op.Grants.Role(name); ok && role != r.members[at].User.Role {
			r.members[at].User.Role, out.New = role, true
		}
		out.Ranked = out.Ranked || ranks[r.members[at].User.Role] > 0
	}
	return out
}

// Ranked lists the users who are more than participants anywhere; see [hub.Moderation].
func (m *Model) Ranked(ctx context.Context) (users []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	above := make(map[string]bool)
	for user := range m.ranks {
		above[user] = true
	}
	for _, r := range m.rooms {
		for _, member := range r.members {
			if ranks[member.User.Role] > 0 {
				above[member.User.ID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(above)), ctx.Err()
}

// sanction is a user's mute or ban that is in force.
func (r *modelRoom) sanction(now protocol.Time, user string, kind protocol.Act) *modelSanction {
	for i := range r.sanctions {
		if s := &r.sanctions[i]; s.User.ID == user && s.Kind == kind && (s.Until == 0 || s.Until > now) {
			return s
		}
	}
	return nil
}

// named is the sanction with the user as among the members.
func (r *modelRoom) named(s *modelSanction) *protocol.Sanction {
	named := s.Sanction
	named.User, _ = r.user(s.User.ID)
	return &named
}

// user is as among the members.
func (r *modelRoom) user(id string) (u protocol.User, member bool) {
	if at, found := r.member(id); found {
		return r.members[at].User, true
	}
	return protocol.User{ID: id, Role: protocol.RoleParticipant}, false
}

// note notes an act in the audit.
func (m *Model) note(now protocol.Time, op hub.Op, act, user, message string) {
	m.audited++
	m.audit[op.Room] = append(m.audit[op.Room], protocol.AuditEntry{
		N: m.audited, At: now, By: op.Sender, Act: act, User: user, ID: message,
	})
}

func (m *Model) moderate(r *modelRoom, now protocol.Time, op hub.Op) (out hub.Outcome) {
	user, member := r.user(op.User)
	if at, _ := r.member(op.User); member && op.Rank != "" {
		user.Role = op.Rank
		r.members[at].User.Role = op.Rank
	}
	kind := map[protocol.Act]protocol.Act{protocol.ActUnmute: protocol.ActMute, protocol.ActUnban: protocol.ActBan}[op.Act]
	had := r.sanction(now, op.User, kind)
	lifts := had != nil && ranks[op.Sender.Role] > 0 && ranks[op.Sender.Role] >= ranks[had.role]
	switch {
	case op.Act == protocol.ActRemove && !member:
		out = refuse(protocol.CodeNotFound)
	case op.User == op.Sender.ID, ranks[user.Role] >= ranks[op.Sender.Role] && !lifts:
		out = refuse(protocol.CodeForbidden)
	case op.Act == protocol.ActClear:
		out = r.clear(now, op.User)
	case op.Act == protocol.ActRemove:
		at, _ := r.member(op.User)
		r.members = slices.Delete(r.members, at, at+1)
		out.New = true
	case op.Act.Lasts():
		had = r.sanction(now, op.User, op.Act)
		if out.New = had == nil || had.Until != op.Until || had.Reason != op.Note || had.By.ID != op.Sender.ID; out.New {
			r.pardon(op.User, op.Act)
			r.sanctions = append(r.sanctions, modelSanction{protocol.Sanction{
				User: user, Kind: op.Act, Until: op.Until, Reason: op.Note, At: now,
				By: protocol.User{ID: op.Sender.ID, Name: op.Sender.Name},
			}, op.Sender.Role, member})
			had = &r.sanctions[len(r.sanctions)-1]
		}
		out.Sanction, out.UpTo = r.named(had), had.upTo()
		out.Sanction.User = user
	default:
		out.New = had != nil
		r.pardon(op.User, kind)
	}
	if out.New && !op.Again {
		m.note(now, op, string(op.Act), op.User, "")
	}
	out.User = user
	return out
}

func (r *modelRoom) pardon(user string, kind protocol.Act) {
	r.sanctions = slices.DeleteFunc(r.sanctions, func(s modelSanction) bool { return s.User.ID == user && s.Kind == kind })
}

func (r *modelRoom) clear(now protocol.Time, user string) (out hub.Outcome) {
	for _, m := range r.messages {
		if m.Sender.ID != user || m.Deleted() {
			continue
		}
		if len(out.Messages) == hub.ClearMax {
			out.More = true
			break
		}
		m.bury(now)
		r.head++
		m.Rev = r.head
		out.Messages = append(out.Messages, m.Message)
	}
	out.New = len(out.Messages) > 0
	return out
}

// open is how many reports are.
func (r *modelRoom) open() (n int64) {
	for _, report := range r.reports {
		if report.State == protocol.ReportOpen {
			n++
		}
	}
	return n
}

func (m *Model) report(r *modelRoom, now protocol.Time, op hub.Op) hub.Outcome {
	message := r.message(op.ID)
	switch {
	case message == nil:
		return refuse(protocol.CodeNotFound)
	case message.Deleted():
		return refuse(protocol.CodeConflict)
	}
	for _, report := range r.reports {
		if report.ID == op.ID && report.By.ID == op.Sender.ID && report.State == protocol.ReportOpen {
			return hub.Outcome{Report: &report, Reports: r.open()}
		}
	}
	m.reports++
	report := protocol.ReportEntry{
		N: m.reports, ID: op.ID, By: protocol.User{ID: op.Sender.ID, Name: op.Sender.Name}, Reason: op.Note, At: now,
		State: protocol.ReportOpen,
	}
	r.reports = append(r.reports, report)
	m.note(now, op, "report", message.Sender.ID, op.ID)
	return hub.Outcome{New: true, Report: &report, Reports: r.open()}
}

func (m *Model) resolve(r *modelRoom, now protocol.Time, op hub.Op) hub.Outcome {
	at := slices.IndexFunc(r.reports, func(report protocol.ReportEntry) bool { return report.N == op.Report })
	if at < 0 {
		return refuse(protocol.CodeNotFound)
	}
	report := &r.reports[at]
	changed := report.State == protocol.ReportOpen
	if !changed && report.State != op.State {
		return refuse(protocol.CodeConflict)
	}
	if changed {
		report.State, report.ClosedBy, report.ClosedAt = op.State, op.Sender.ID, now
		act := map[protocol.ReportState]string{protocol.ReportResolved: "resolve", protocol.ReportDismissed: "dismiss"}[op.State]
		m.note(now, op, act, "", report.ID)
	}
	closed := *report
	return hub.Outcome{New: changed, Report: &closed, Reports: r.open()}
}

func (m *Model) revoke(now protocol.Time, op hub.Op) hub.Outcome {
	if op.User == op.Sender.ID || ranks[cmp.Or(op.Rank, m.ranks[op.User])] >= ranks[op.Sender.Role] {
		return refuse(protocol.CodeForbidden)
	}
	_, had := m.revoked[op.User]
	if op.On {
		m.revoked[op.User] = now
		m.note(now, op, "revoke", op.User, "")
		return hub.Outcome{New: true, At: now}
	}
	delete(m.revoked, op.User)
	if had {
		m.note(now, op, "unrevoke", op.User, "")
	}
	return hub.Outcome{New: had}
}

// Sanctions lists a room's; see [hub.Moderation].
func (m *Model) Sanctions(ctx context.Context, room string, part hub.Part) (all []protocol.Sanction, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	r, ok := m.rooms[room]
	if !ok {
		return nil, ctx.Err()
	}
	for _, s := range r.sanctions {
		if r.sanction(protocol.TimeOf(time.Now()), s.User.ID, s.Kind) != nil {
			all = append(all, *r.named(&s))
		}
	}
	slices.SortFunc(all, func(a, b protocol.Sanction) int {
		return cmp.Or(cmp.Compare(a.User.ID, b.User.ID), -cmp.Compare(a.Kind, b.Kind))
	})
	return partOf(all, part, func(s protocol.Sanction) string { return s.User.ID }), ctx.Err()
}

// Bans is who is banned from which rooms; see [hub.Moderation].
func (m *Model) Bans(ctx context.Context) (map[hub.Ban]hub.BanTerms, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	bans := make(map[hub.Ban]hub.BanTerms)
	for name, r := range m.rooms {
		for _, s := range r.sanctions {
			if ban := r.sanction(protocol.TimeOf(time.Now()), s.User.ID, protocol.ActBan); ban != nil {
				bans[hub.Ban{Room: name, User: s.User.ID}] = hub.BanTerms{Until: ban.Until, UpTo: ban.upTo()}
			}
		}
	}
	return bans, ctx.Err()
}

// Reports lists a room's; see [hub.Moderation].
func (m *Model) Reports(
	ctx context.Context, room string, state protocol.ReportState, before int64, limit int,
) (reports []protocol.ReportEntry, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	if r, ok := m.rooms[room]; ok {
		for _, report := range slices.Backward(r.reports) {
			if (state == "" || report.State == state) && (before == 0 || report.N < before) && len(reports) < limit {
				reports = append(reports, report)
			}
		}
	}
	return reports, ctx.Err()
}

// Audit lists what was done in a room; see [hub.Moderation].
func (m *Model) Audit(ctx context.Context, room string, before int64, limit int) (entries []protocol.AuditEntry, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	for _, e := range slices.Backward(m.audit[room]) {
		if (before == 0 || e.N < before) && len(entries) < limit {
			entries = append(entries, e)
		}
	}
	return entries, ctx.Err()
}

// Revocations is who is revoked; see [hub.Moderation].
func (m *Model) Revocations(ctx context.Context) (map[string]protocol.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	revoked := make(map[string]protocol.Time)
	for user, at := range m.revoked {
		revoked[user] = at
	}
	return revoked, ctx.Err()
}
