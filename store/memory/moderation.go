package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Sanctions lists a room's sanctions; see [rules.Moderation].
func (s reader) Sanctions(ctx context.Context, room string, part rules.Part) (all []protocol.Sanction, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return nil, err
	}
	r := state.rooms[room]
	for key, one := range r.inForce(s.now()) {
		all = append(all, r.shown(key, one))
	}
	slices.SortFunc(all, func(a, b protocol.Sanction) int {
		return cmp.Or(cmp.Compare(a.User.ID, b.User.ID), -cmp.Compare(a.Kind, b.Kind))
	})
	return partOf(all, part, func(s protocol.Sanction) string { return s.User.ID }), nil
}

// shown returns a sanction as readers see it.
func (r *Room) shown(key sanctioned, one rules.Sanction) protocol.Sanction {
	user := r.user(key.user)
	user.Picture, user.Title = "", "" // readers do not get them
	return protocol.Sanction{
		User: user, Kind: key.kind, Until: one.Until, Reason: one.Reason,
		By: protocol.User{ID: one.By.ID, Name: one.By.Name}, At: one.At,
	}
}

// inForce returns the sanctions that have not ended.
func (r *Room) inForce(at time.Time) map[sanctioned]rules.Sanction {
	now := protocol.TimeOf(at)
	kept := maps.Clone(r.sanctions)
	maps.DeleteFunc(kept, func(_ sanctioned, s rules.Sanction) bool { return s.Until != 0 && s.Until <= now })
	return kept
}

// Bans returns the bans in force; see [rules.Moderation].
func (s reader) Bans(ctx context.Context) (map[rules.Ban]rules.BanTerms, error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	bans := make(map[rules.Ban]rules.BanTerms)
	for name, r := range state.rooms {
		for key, one := range r.inForce(s.now()) {
			if key.kind == protocol.ActBan {
				bans[rules.Ban{Room: name, User: key.user}] = rules.BanTerms{Until: one.Until, UpTo: one.UpTo()}
			}
		}
	}
	return bans, nil
}

// Ranked lists the users above participant in any room; see [rules.Moderation].
func (s reader) Ranked(ctx context.Context) ([]string, error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	above := make(map[string]bool)
	for user := range state.ranks {
		above[user] = true
	}
	for _, r := range state.rooms {
		for i := range r.members {
			if u := r.members[i].User; u.Role.AtLeast(protocol.RoleModerator) {
				above[u.ID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(above)), nil
}

// Reports lists a room's reports; see [rules.Moderation].
func (s reader) Reports(
	ctx context.Context, room string, status protocol.ReportState, before int64, limit int,
) (reports []protocol.ReportEntry, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return nil, err
	}
	for _, e := range slices.Backward(state.rooms[room].reports) {
		if (status == "" || e.State == status) && (before == 0 || e.N < before) && len(reports) < limit {
			reports = append(reports, e)
		}
	}
	return reports, nil
}

// Audit lists the acts in a room; see [rules.Moderation].
func (s reader) Audit(ctx context.Context, room string, before int64, limit int) (entries []protocol.AuditEntry, err error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(state.audit[room]) {
		if (before == 0 || e.N < before) && len(entries) < limit {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// Revocations returns the revoked users; see [rules.Moderation].
func (s reader) Revocations(ctx context.Context) (map[string]protocol.Time, error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return maps.Clone(state.revoked), nil
}
