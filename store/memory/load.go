package memory

import (
	"cmp"
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
)

// load loads the rows that a part of a batch needs.
func (s *Store) load(tx *state, now protocol.Time, keys *rules.Keys) *rules.Set {
	set := rules.NewSet(now, s.newEpoch)
	set.Vault = vault{tx}
	set.ReactionUsers, set.NextReport = s.options.ReactionUsers, tx.reports+1
	set.Clear = func(r *rules.Room, user string, makeTombstone func(*rules.Message)) bool {
		return s.clear(tx.rooms[r.Name], r, user, makeTombstone)
	}
	set.Mentions = func(r *rules.Room, user string, read int64) int64 { return tx.rooms[r.Name].mentions(user, read) }
	for i := range keys.Rooms {
		k := &keys.Rooms[i]
		if r := tx.rooms[k.Name]; r != nil {
			s.loadRoom(set, tx, r, k)
		}
	}
	for _, user := range keys.Users {
		if role, ok := tx.ranks[user]; ok {
			set.AddRank(user, role)
		}
		if at, ok := tx.revoked[user]; ok {
			set.AddRevocation(user, at)
		}
	}
	if keys.See != nil {
		loadMemberships(set, tx, keys.See)
	}
	loadFileBytes(set, tx, keys)
	return set
}

// loadMemberships loads the next rooms of a user, in the order of their creation.
func loadMemberships(set *rules.Set, tx *state, see *rules.SeeKey) {
	var all []rules.Membership
	for name, r := range tx.rooms {
		if at, ok := r.member(see.User); ok {
			all = append(all, rules.Membership{Key: r.key, Room: name, Role: r.members[at].User.Role})
		}
	}
	slices.SortFunc(all, func(a, b rules.Membership) int { return cmp.Compare(a.Key, b.Key) })
	from, found := slices.BinarySearchFunc(all, see.After, func(m rules.Membership, key int64) int { return cmp.Compare(m.Key, key) })
	if found {
		from++
	}
	to := min(from+rules.SeenRoomsMax, len(all))
	set.Memberships, set.MoreMemberships = all[from:to], to-from == rules.SeenRoomsMax
	for _, m := range slices.Concat(all[:from], all[to:]) {
		set.Ranked = set.Ranked || m.Role.AtLeast(protocol.RoleModerator)
	}
}

func (s *Store) loadRoom(set *rules.Set, tx *state, r *Room, k *rules.RoomKeys) {
	row := set.AddRoom(rules.Room{
		Name: r.name, Epoch: r.epoch, Head: r.head, LastAt: r.lastAt, Title: r.title, Settings: r.settings,
		Rules: r.rules(), Reports: r.open(), Ruled: r.ruled,
	})
	for _, user := range k.Standings {
		standing := rules.Standing{SentAt: s.sentAt(tx, sender{r.epoch, user})}
		for _, kind := range [...]protocol.Act{protocol.ActMute, protocol.ActBan} {
			if sanction, ok := r.sanctions[sanctioned{user, kind}]; ok {
				*standing.Kind(kind) = &sanction
			}
		}
		row.AddStanding(user, standing)
	}
	for _, user := range k.Members {
		if at, found := r.member(user); found {
			row.AddMember(r.members[at])
		}
	}
	for _, id := range slices.Concat(k.Messages, k.Sent) {
		if m := r.message(id); m != nil {
			m.load(row)
		}
	}
	for _, seq := range k.Seqs {
		if at := r.place(seq); at < len(r.messages) && r.messages[at].Seq == seq {
			r.messages[at].load(row)
		}
	}
	for _, e := range r.reports { // few
		row.AddReport(e)
	}
	loadFiles(row, r, k)
}

// sentAt returns the time of a participant's last send in slow mode.
func (s *Store) sentAt(tx *state, who sender) protocol.Time {
	if at, ok := tx.sent[who]; ok {
		return at
	}
	return s.sent[who]
}

// load adds the message with all of its reactions.
func (m *message) load(r *rules.Room) *rules.Message {
	row := r.AddMessage(rules.Message{Message: m.Message, MadeAs: m.madeAs})
	unnamed := make(map[string][]string)
	for _, reaction := range m.reactions {
		row.AddReaction(reaction)
		at := slices.IndexFunc(m.Reactions, func(r protocol.Reaction) bool { return r.Emoji == reaction.Emoji })
		if reaction.Rev > 0 && !slices.Contains(m.Reactions[at].Users, reaction.User) {
			unnamed[reaction.Emoji] = append(unnamed[reaction.Emoji], reaction.User)
		}
	}
	for emoji, users := range unnamed {
		row.AddUnnamed(emoji, users)
	}
	return row
}

// clear turns the next messages of a user into tombstones.
func (s *Store) clear(r *Room, row *rules.Room, user string, makeTombstone func(*rules.Message)) (more bool) {
	n := 0
	if r == nil {
		return false // the batch makes the room
	}
	for _, m := range r.messages {
		switch {
		case m.Sender.ID != user || m.Deleted():
		case n == s.options.ClearMax:
			return true
		default:
			n++
			makeTombstone(m.load(row))
		}
	}
	return false
}
