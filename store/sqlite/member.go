package sqlite

import (
	"hallway/relay/rules"
	"hallway/store/word"
)

var (
	deleteMember  = writing(`DELETE FROM members WHERE room = ? AND user_id = ?`)
	upsertMembers = bulkWriting(`INSERT OR FAIL INTO members (room, user_id, name, role, joined_at, read, picture, title, folded)`, 9,
		` ON CONFLICT DO UPDATE SET name = excluded.name, role = excluded.role, joined_at = excluded.joined_at, read = excluded.read,
			picture = excluded.picture, title = excluded.title, folded = excluded.folded`)
)

// saveMembers saves members, and the terms of those whose name has changed.
func (b *batch) saveMembers(set *rules.Set) error {
	var added, saved []any
	for _, m := range set.Members {
		room, user := any(m.In().Key), any(m.User.ID) // boxed once
		was, is := m.NameBefore(), m.User.Name
		if m.Gone {
			is = ""
		}
		terms := word.NameTerms(is)
		if was != is {
			for _, term := range word.NameTerms(was) {
				if err := b.exec(deleteTerm, room, term, user); err != nil {
					return err
				}
			}
			for _, term := range terms {
				added = append(added, room, term, user)
			}
		}
		if m.Gone {
			if err := b.exec(deleteMember, room, user); err != nil {
				return err
			}
			continue
		}
		saved = append(saved, room, user, is, string(m.User.Role), int64(m.JoinedAt), m.Read, m.User.Picture, m.User.Title, folded(terms))
	}
	if err := b.execAll(insertTerms, 3, added); err != nil {
		return err
	}
	return b.execAll(upsertMembers, 9, saved)
}
