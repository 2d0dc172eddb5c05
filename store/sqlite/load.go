package sqlite

import (
	"database/sql"
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// load loads the rows that a part of a batch needs.
func (b *batch) load(ops []rules.Op) (*rules.Set, error) {
	keys := rules.KeysOf(ops)
	set := rules.NewSet(b.now, newEpoch)
	set.Clear = func(r *rules.Room, user string, makeTombstone func(*rules.Message)) bool {
		return b.clear(set, r, user, makeTombstone)
	}
	set.Mentions = b.unreadMentions
	set.Vault = &b.vault
	err := b.loadRooms(set, keys.Rooms)
	if err == nil {
		err = b.loadMessages(set, keys.Rooms)
	}
	if err == nil {
		err = b.loadMembers(set, keys.Rooms)
	}
	if err == nil {
		err = b.loadReports(set, keys)
	}
	if err == nil {
		err = b.loadFiles(set, keys)
	}
	if err == nil {
		err = b.loadUsers(set, keys)
	}
	return set, err
}

var (
	selectRooms = bulkWriting(`WITH k (name) AS (`, 1, `) SELECT key, rooms.name, epoch, head, last_at, settings,
		EXISTS (SELECT 1 FROM sanctions WHERE room = rooms.key),
		(SELECT count(*) FROM reports WHERE room = rooms.key AND state = 'open'),
		EXISTS (SELECT 1 FROM mentions WHERE room = rooms.key) FROM k CROSS JOIN rooms ON rooms.name = k.name`)
	selectSettings = writing(`SELECT title, settings FROM rooms WHERE key = ?`)
)

// loadRooms loads the rooms, most of them from the writer's memory.
func (b *batch) loadRooms(set *rules.Set, keys []rules.RoomKeys) error {
	var unknown []any
	for i := range keys {
		name := keys[i].Name
		if b.rooms[name] != nil {
			continue
		}
		if kept, ok := b.kept[name]; ok && !b.gone[name] {
			r := b.room()
			*r = kept
			b.rooms[name] = r
		} else {
			unknown = append(unknown, name)
		}
	}
	if err := b.readRooms(unknown); err != nil {
		return err
	}
	for i := range keys {
		k := &keys[i]
		r := b.rooms[k.Name]
		if r == nil {
			continue
		}
		row := set.AddRoom(rules.Room{
			Key: r.key, Name: k.Name, Epoch: r.epoch, Head: r.head, LastAt: r.lastAt, Rules: r.settings, Reports: r.reports,
		})
		if k.Settings {
			if err := b.stmt(selectSettings).QueryRow(r.key).Scan(&row.Title, &row.Settings); err != nil {
				return err
			}
		}
		b.loadStandings(row, r, k.Standings)
	}
	return nil
}

// readRooms reads rooms from the database.
func (b *batch) readRooms(names []any) error {
	var sanctioned []*room
	err := b.queryAll(selectRooms, 1, names, func(scan func(...any) error) error {
		r := b.room()
		var name, settings string
		var some bool
		err := scan(&r.key, &name, &r.epoch, &r.head, (*int64)(&r.lastAt), &settings, &some, &r.reports, &r.mentions)
		r.settings, _ = protocol.ReadSettings(settings) // an unreadable setting counts as none
		b.rooms[name] = r
		if some {
			sanctioned = append(sanctioned, r)
		}
		return err
	})
	for _, r := range sanctioned {
		if err == nil {
			err = b.readSanctions(r)
		}
	}
	return err
}

var selectSanctions = writing(`SELECT user_id, kind, until, reason, by_id, by_name, by_role, known, at FROM sanctions WHERE room = ?`)

func (b *batch) readSanctions(r *room) error {
	r.sanctions = make(map[string]rules.Standing)
	return b.query(selectSanctions, func(scan func(...any) error) error {
		var user, kind string
		var s rules.Sanction
		err := scan(&user, &kind, (*int64)(&s.Until), &s.Reason, &s.By.ID, &s.By.Name, (*string)(&s.By.Role), &s.Known, (*int64)(&s.At))
		has := r.sanctions[user]
		*has.Kind(protocol.Act(kind)) = &s
		r.sanctions[user] = has
		b.sanctions++
		return err
	}, r.key)
}

// loadStandings adds the standings of users who have one.
func (b *batch) loadStandings(row *rules.Room, r *room, users []string) {
	slow := r.settings.SlowModeS > 0
	if !slow && len(r.sanctions) == 0 {
		return
	}
	for _, user := range users {
		standing, known := r.sanctions[user]
		if slow {
			who := sender{r.epoch, user}
			var sent bool
			if standing.SentAt, sent = b.sent[who]; !sent {
				standing.SentAt, sent = b.sentBefore[who]
			}
			known = known || sent
		}
		if known {
			row.AddStanding(user, standing)
		}
	}
}

var (
	// Reading few columns is cheap, and usually the row does not exist.
	selectSent = bulkWriting(`WITH k (in_room, by_id) AS (`, 2, `) SELECT room, seq
		FROM k CROSS JOIN messages ON id = by_id AND room = in_room`)
	selectMessages = bulkWriting(`WITH k (in_room, by_id) AS (`, 2, `) SELECT room, made_as, `+messageColumns+`
		FROM k CROSS JOIN messages ON id = by_id AND room = in_room`)
	selectPlaces = bulkWriting(`WITH k (in_room, at_seq) AS (`, 2, `) SELECT room, made_as, `+messageColumns+`
		FROM k CROSS JOIN messages ON room = in_room AND seq = at_seq`)
)

// loadMessages loads messages and the needed parts of their reactions.
func (b *batch) loadMessages(set *rules.Set, keys []rules.RoomKeys) error {
	rooms, sends := b.byKey, b.sends[:0]
	clear(rooms)
	var ids, seqs []any
	for i := range keys {
		k := &keys[i]
		r := set.Room(k.Name)
		if r == nil || r.Head == 0 {
			continue
		}
		rooms[r.Key] = r
		key := any(r.Key) // boxed once
		for _, id := range k.Sent {
			sends = append(sends, key, id)
		}
		for _, id := range k.Messages {
			ids = append(ids, r.Key, id)
		}
		for _, seq := range k.Seqs {
			seqs = append(seqs, r.Key, seq)
		}
	}
	b.sends = sends
	err := b.queryAll(selectSent, 2, sends, func(scan func(...any) error) error {
		var room, seq int64
		err := scan(&room, &seq)
		seqs = append(seqs, room, seq)
		return err
	})
	if err != nil || len(ids)+len(seqs) == 0 {
		return err
	}
	var key int64
	var madeAs sql.RawBytes
	row := newMessageRow(&key, &madeAs)
	add := func(scan func(...any) error) error {
		m, err := row.readBy(scan, "")
		if err != nil {
			return err
		}
		r := rooms[key]
		m.Room = r.Name
		found := rules.Message{Message: m}
		copy(found.MadeAs[:], madeAs)
		r.AddMessage(found)
		return nil
	}
	if err := b.queryAll(selectMessages, 2, ids, add); err != nil {
		return err
	}
	if err := b.queryAll(selectPlaces, 2, seqs, add); err != nil {
		return err
	}
	return b.loadReactions(set, keys)
}

var (
	selectReactions = bulkWriting(`WITH k (room, seq, user_id) AS (`, 3, `) SELECT r.room, r.seq, r.user_id, r.emoji, r.rev, r.brought
		FROM k CROSS JOIN reactions r ON r.room = k.room AND r.seq = k.seq AND r.user_id = k.user_id`)
	// A row with rev 0 is not a reaction: its user was the first to use the emoji, and took the reaction back.
	selectReactors = writing(`SELECT user_id FROM reactions WHERE room = ? AND seq = ? AND emoji = ? AND rev > 0 ORDER BY rev LIMIT ?`)
)

// loadReactions loads rows of reactions.
func (b *batch) loadReactions(set *rules.Set, keys []rules.RoomKeys) error {
	type place struct{ room, seq int64 }
	messages := make(map[place]*rules.Message)
	var args []any
	for i := range keys {
		r := set.Room(keys[i].Name)
		if r == nil {
			continue
		}
		rows, unnamed := keys[i].Reactions(r)
		for _, k := range rows {
			messages[place{r.Key, k.Message.Seq}] = k.Message
			args = append(args, r.Key, k.Message.Seq, k.User)
		}
		for _, k := range unnamed {
			if err := b.loadUnnamed(r, k); err != nil {
				return err
			}
		}
	}
	return b.queryAll(selectReactions, 3, args, func(scan func(...any) error) error {
		var p place
		var one rules.Reaction
		err := scan(&p.room, &p.seq, &one.User, &one.Emoji, &one.Rev, &one.Brought)
		messages[p].AddReaction(one)
		return err
	})
}

// loadUnnamed loads the users behind those whom a reaction's summary names.
func (b *batch) loadUnnamed(r *rules.Room, k rules.UnnamedKey) error {
	at := slices.IndexFunc(k.Message.Reactions, func(s protocol.Reaction) bool { return s.Emoji == k.Emoji })
	named := k.Message.Reactions[at].Users
	var users []string
	err := b.query(selectReactors, row.Into(&users, row.Value[string]), r.Key, k.Message.Seq, k.Emoji, len(named)+k.Users)
	users = slices.DeleteFunc(users, func(user string) bool { return slices.Contains(named, user) })
	k.Message.AddUnnamed(k.Emoji, users)
	return err
}

var selectMembers = bulkWriting(`WITH k (room, user_id) AS (`, 2, `) SELECT m.room, m.user_id, m.name, m.role, m.joined_at, m.read, m.picture, m.title
	FROM k CROSS JOIN members m ON m.room = k.room AND m.user_id = k.user_id`)

// loadMembers loads members.
func (b *batch) loadMembers(set *rules.Set, keys []rules.RoomKeys) error {
	rooms := make(map[int64]*rules.Room)
	var args []any
	for i := range keys {
		r := set.Room(keys[i].Name)
		if r == nil {
			continue
		}
		for _, user := range keys[i].Members {
			rooms[r.Key] = r
			args = append(args, r.Key, user)
		}
	}
	return b.queryAll(selectMembers, 2, args, func(scan func(...any) error) error {
		var key int64
		var m rules.Member
		err := scan(&key, &m.User.ID, &m.User.Name, (*string)(&m.User.Role), (*int64)(&m.JoinedAt), &m.Read, &m.User.Picture, &m.User.Title)
		if err == nil {
			rooms[key].AddMember(m)
		}
		return err
	})
}

var (
	selectReport = writing(`SELECT ` + row.ReportColumns + ` FROM reports r WHERE room = ? AND n = ?`)
	openReport   = writing(`SELECT ` + row.ReportColumns + ` FROM reports r WHERE room = ? AND message = ? AND by_id = ? AND state = 'open'`)
	nextReport   = writing(`SELECT seq + 1 FROM sqlite_sequence WHERE name = 'reports'`)
)

// loadReports loads reports, one after another, because there are few.
func (b *batch) loadReports(set *rules.Set, keys *rules.Keys) error {
	if keys.NextReport {
		set.NextReport = 1
		if _, err := found(b.stmt(nextReport).QueryRow().Scan(&set.NextReport)); err != nil {
			return err
		}
	}
	for i := range keys.Rooms {
		r := set.Room(keys.Rooms[i].Name)
		if r == nil {
			continue
		}
		for _, k := range keys.Rooms[i].Reports {
			write, args := selectReport, []any{r.Key, k.N}
			if k.N == 0 {
				write, args = openReport, []any{r.Key, k.ID, k.User}
			}
			report, err := row.Report(b.stmt(write).QueryRow(args...).Scan)
			if ok, err := found(err); err != nil {
				return err
			} else if ok {
				r.AddReport(report)
			}
		}
	}
	return nil
}

var (
	selectRank        = writing(`SELECT role FROM ranks WHERE user_id = ?`)
	selectRevocation  = writing(`SELECT at FROM revocations WHERE user_id = ?`)
	selectMemberships = writing(`SELECT key, rooms.name, role FROM members JOIN rooms ON rooms.key = members.room
		WHERE user_id = ? AND key > ? AND dropped = 0 ORDER BY key LIMIT ?`)
	isRanked = writing(`SELECT EXISTS (SELECT 1 FROM members JOIN rooms ON rooms.key = members.room
		WHERE user_id = ?1 AND role IN ('moderator', 'organizer') AND dropped = 0 AND key NOT BETWEEN ?2 AND ?3)`)
)

// loadUsers loads rows of users that belong to no room.
func (b *batch) loadUsers(set *rules.Set, keys *rules.Keys) error {
	for _, user := range keys.Users {
		var role string
		var at int64
		if ok, err := found(b.stmt(selectRank).QueryRow(user).Scan(&role)); err != nil {
			return err
		} else if ok {
			set.AddRank(user, protocol.Role(role))
		}
		if ok, err := found(b.stmt(selectRevocation).QueryRow(user).Scan(&at)); err != nil {
			return err
		} else if ok {
			set.AddRevocation(user, protocol.Time(at))
		}
	}
	if keys.See == nil {
		return nil
	}
	err := b.query(selectMemberships, func(scan func(...any) error) error {
		var m rules.Membership
		err := scan(&m.Key, &m.Room, (*string)(&m.Role))
		set.Memberships = append(set.Memberships, m)
		return err
	}, keys.See.User, keys.See.After, rules.SeenRoomsMax)
	if err != nil {
		return err
	}
	set.MoreMemberships = len(set.Memberships) == rules.SeenRoomsMax
	from, to := int64(0), int64(-1)
	if n := len(set.Memberships); n > 0 {
		from, to = set.Memberships[0].Key, set.Memberships[n-1].Key
	}
	return b.stmt(isRanked).QueryRow(keys.See.User, from, to).Scan(&set.Ranked)
}
