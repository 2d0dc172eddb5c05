package memory

import (
	"cmp"
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
)

// save saves the changes of a part of a batch.
func (s *Store) save(tx *state, set *rules.Set) {
	for _, r := range set.Dropped {
		tx.doomFiles(tx.own(r.Name), func(rules.File) bool { return true })
		delete(tx.rooms, r.Name)
	}
	for _, r := range set.Made {
		tx.makeRoom(r)
	}
	for _, r := range set.Configured {
		own := tx.own(r.Name)
		own.title, own.settings = r.Title, r.Settings
	}
	for _, r := range set.Grown {
		own := tx.own(r.Name)
		own.head, own.lastAt = r.Head, r.LastAt
	}
	tx.saveMessages(set)
	for _, m := range set.Members {
		tx.own(m.In().Name).saveMember(m)
	}
	for _, c := range set.Sanctions {
		tx.own(c.Room.Name).saveSanction(c)
	}
	for _, e := range set.Reports {
		tx.saveReport(e)
	}
	for _, r := range set.Ruled() {
		tx.own(r.Name).ruled++
	}
	if set.Everywhere() {
		tx.everywhere++
	}
	tx.saveUsers(set)
	for _, a := range set.Audit {
		tx.audited++
		a.N = tx.audited
		tx.audit[a.Room] = append(slices.Clip(tx.audit[a.Room]), a.AuditEntry)
	}
	for _, c := range set.Sent {
		tx.sent[sender{c.Epoch, c.User}] = c.At
	}
	if set.Forgotten != nil {
		for _, known := range []map[sender]protocol.Time{s.sent, tx.sent} {
			for who := range known {
				if who.user == set.Forgotten.User {
					tx.sent[who] = 0
				}
			}
		}
	}
}

// saveMessages saves messages and files.
func (s *state) saveMessages(set *rules.Set) {
	for _, f := range set.Files {
		s.own(f.In().Name).saveFile(f)
	}
	for _, m := range set.Messages {
		s.saveMessage(m)
		if m.Unfiled() {
			s.doomFiles(s.own(m.In().Name), func(f rules.File) bool { return f.Seq == m.Seq })
		}
	}
}

func (s *state) makeRoom(r *rules.Room) {
	s.made++
	made := &Room{
		key: s.made, name: r.Name, epoch: r.Epoch, madeAt: r.MadeAt,
		places: &places{byID: make(map[string]int)}, sanctions: make(map[sanctioned]rules.Sanction),
		files: make(map[string]rules.File),
	}
	s.rooms[r.Name], s.owned[made] = made, true
}

func (s *state) saveMessage(row *rules.Message) {
	r := s.own(row.In().Name)
	m := &message{Message: row.Message, madeAs: row.MadeAs}
	if old := r.message(row.ID); old != nil {
		m.reactions = old.reactions
	}
	m.saveReactions(row)
	r.put(m)
}

// saveReactions saves the changed rows.
func (m *message) saveReactions(row *rules.Message) {
	all, emptied := row.Unreacted()
	saved, gone := row.ReactionChanges()
	is := func(r rules.Reaction) func(rules.Reaction) bool {
		return func(x rules.Reaction) bool { return x.User == r.User && x.Emoji == r.Emoji }
	}
	var kept []rules.Reaction
	for _, r := range m.reactions {
		if !all && !slices.Contains(emptied, r.Emoji) && !slices.ContainsFunc(gone, is(r)) && !slices.ContainsFunc(saved, is(r)) {
			kept = append(kept, r)
		}
	}
	kept = append(kept, saved...)
	slices.SortFunc(kept, func(a, b rules.Reaction) int { return cmp.Compare(a.Rev, b.Rev) })
	m.reactions = kept
}

func (r *Room) saveMember(m *rules.Member) {
	at, found := r.member(m.User.ID)
	switch row := (rules.Member{User: m.User, Read: m.Read, JoinedAt: m.JoinedAt}); {
	case m.Gone && found:
		r.members = slices.Delete(r.members, at, at+1)
	case m.Gone:
	case found:
		r.members[at] = row
	default:
		r.members = slices.Insert(r.members, at, row)
	}
}

func (r *Room) saveSanction(c rules.SanctionChange) {
	if key := (sanctioned{c.User, c.Kind}); c.Now == nil {
		delete(r.sanctions, key)
	} else {
		r.sanctions[key] = *c.Now
	}
}

func (s *state) saveReport(row *rules.ReportRow) {
	r := s.own(row.In().Name)
	s.reports = max(s.reports, row.N)
	at, found := slices.BinarySearchFunc(r.reports, row.N, func(e protocol.ReportEntry, n int64) int { return cmp.Compare(e.N, n) })
	if !found {
		r.reports = slices.Insert(r.reports, at, row.ReportEntry)
	}
	r.reports[at] = row.ReportEntry
}

// saveUsers saves rows of users that belong to no single room.
func (s *state) saveUsers(set *rules.Set) {
	for _, m := range set.Roles {
		r := s.own(m.Room)
		if at, found := r.member(m.User); found {
			r.members[at].User.Role = m.Role
		}
	}
	for _, c := range set.Ranks {
		if s.ranks[c.User] = c.Role; c.Role == protocol.RoleParticipant {
			delete(s.ranks, c.User)
		}
	}
	for _, c := range set.Revocations {
		if s.revoked[c.User] = c.At; c.At == 0 {
			delete(s.revoked, c.User)
		}
	}
	if set.Forgotten != nil {
		s.forget(set.Forgotten)
	}
}

// forget removes a user from everything except messages.
func (s *state) forget(f *rules.Forget) {
	delete(s.revoked, f.User)
	delete(s.ranks, f.User)
	for _, name := range s.names() {
		r := s.own(name)
		r.members = slices.DeleteFunc(r.members, func(m rules.Member) bool { return m.User.ID == f.User })
		s.disownFiles(r, f)
		if r.ruledBy(f.User) {
			r.ruled++
		}
		for key, sanction := range r.sanctions {
			if disown(&sanction.By, f); key.user == f.User {
				delete(r.sanctions, key)
			} else {
				r.sanctions[key] = sanction
			}
		}
		for i := range r.reports {
			e := &r.reports[i]
			if disown(&e.By, f) {
				e.Reason = ""
			}
			if e.ClosedBy == f.User {
				e.ClosedBy = f.Pseudonym
			}
		}
	}
	for room, entries := range s.audit {
		entries = slices.Clone(entries)
		for i := range entries {
			e := &entries[i]
			if e.User == f.User || e.By.ID == f.User && e.Act == "report" {
				e.Details = ""
			}
			if disown(&e.By, f); e.User == f.User {
				e.User = f.Pseudonym
			}
		}
		s.audit[room] = entries
	}
}

// ruledBy reports whether a sanction or a report of the room names the user.
func (r *Room) ruledBy(user string) bool {
	for key, sanction := range r.sanctions {
		if key.user == user || sanction.By.ID == user {
			return true
		}
	}
	return slices.ContainsFunc(r.reports, func(e protocol.ReportEntry) bool { return e.By.ID == user || e.ClosedBy == user })
}

// disown replaces the user by the pseudonym, and reports whether u was the user.
func disown(u *protocol.User, f *rules.Forget) bool {
	if u.ID != f.User {
		return false
	}
	u.ID, u.Name = f.Pseudonym, ""
	return true
}
