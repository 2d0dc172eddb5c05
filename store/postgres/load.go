package postgres

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// load loads the rows that a part of a batch needs: in one exchange with the server, and a second one if reactions are
// needed. The first part begins the transaction and locks the rooms of all parts, in the order of their keys.
func (b *batch) load(ops []rules.Op) (*rules.Set, error) {
	keys := rules.KeysOf(ops)
	set := rules.NewSet(b.now, newEpoch)
	set.Mentions = b.unreadMentions
	set.Vault = &b.vault
	set.Clear = func(r *rules.Room, user string, makeTombstone func(*rules.Message)) bool {
		return b.clear(r, user, makeTombstone)
	}
	l := &loader{batch: b, set: set, keys: keys}
	if b.rooms == nil {
		b.rooms = make(map[string]*room)
		l.begin()
	}
	l.loadSent()
	l.loadMessages()
	l.loadMembers()
	l.loadMentions(ops)
	l.loadFiles(ops)
	l.loadReports()
	l.loadUsers()
	if err := l.run(); err != nil {
		return nil, err
	}
	return set, l.loadReactions()
}

// loader queues the queries of one load. Their results come in the same order.
type loader struct {
	*batch
	set     *rules.Set
	keys    *rules.Keys
	queries pgx.Batch
	slow    map[string]map[string]protocol.Time // the times of users' sends, by room
}

// run sends the queued statements.
func (l *loader) run() error {
	if l.queries.Len() == 0 {
		return nil
	}
	err := l.conn.SendBatch(l.ctx, &l.queries).Close()
	l.queries = pgx.Batch{}
	return err
}

// each queues a query, and calls each for each row of its result.
func (l *loader) each(each func(scan func(...any) error) error, query string, args ...any) {
	l.queries.Queue(query, args...).Query(func(rows pgx.Rows) error {
		return row.Each(rows, each)
	})
}

const (
	lockRooms = `SELECT key, name, epoch, head, last_at, settings, rules FROM rooms WHERE name = ANY ($1::text[])
		ORDER BY key FOR NO KEY UPDATE`
	// A user may have no row to lock. The lock holds until the transaction ends, so that no other relay counts the
	// user's devices meanwhile. All relays lock users in one order, after the rooms.
	lockOwners = `SELECT pg_advisory_xact_lock(hashtextextended(k.name, 0)) FROM unnest($1::text[]) AS k (name)`
	// After a wait for a lock, only the locked row itself is up to date, so a later statement reads the rest. Rooms
	// with a known version do not need it.
	selectRules = `SELECT rooms.name, (SELECT count(*) FROM reports WHERE room = rooms.key AND state = 'open'),
			coalesce(s.user_id, ''), coalesce(s.kind, ''), coalesce(s.until, 0), coalesce(s.reason, ''), coalesce(s.by_id, ''),
			coalesce(s.by_name, ''), coalesce(s.by_role, ''), coalesce(s.known, false), coalesce(s.at, 0)
		FROM unnest($1::text[], $2::text[], $3::bigint[]) AS k (name, epoch, rules) JOIN rooms ON rooms.name = k.name
		LEFT JOIN sanctions s ON s.room = rooms.key WHERE rooms.epoch <> k.epoch OR rooms.rules <> k.rules`
)

// begin begins the transaction, locks the rooms and the users who register devices, and reads the rooms.
func (l *loader) begin() {
	if l.conn.PgConn().TxStatus() == 'I' {
		l.queries.Queue(`BEGIN`)
	}
	names, epochs, versions := l.names, make([]string, len(l.names)), make([]int64, len(l.names))
	for i, name := range names {
		if r := l.s.kept.rooms[name]; r != nil {
			epochs[i], versions[i] = r.epoch, r.rules
		}
	}
	l.each(func(scan func(...any) error) error {
		r := &room{}
		var name, settings string
		if err := scan(&r.key, &name, &r.epoch, &r.head, (*int64)(&r.lastAt), &settings, &r.rules); err != nil {
			return err
		}
		r.settings, _ = protocol.ReadSettings(settings) // an unreadable setting counts as none
		if kept := l.s.kept.rooms[name]; kept != nil && kept.epoch == r.epoch && kept.rules == r.rules {
			r.reports, r.sanctions = kept.reports, kept.sanctions
		}
		l.rooms[name] = r
		return nil
	}, lockRooms, names)
	if len(l.owners) > 0 {
		slices.Sort(l.owners)
		l.queries.Queue(lockOwners, slices.Compact(l.owners))
	}
	l.each(func(scan func(...any) error) error { return scan((*int64)(&l.now)) }, `SELECT hallway_now()`)
	l.each(l.addRules, selectRules, names, epochs, versions)
}

// addRules adds a room's reports and one of its sanctions.
func (l *loader) addRules(scan func(...any) error) error {
	var name, user, kind string
	var reports int64
	var s rules.Sanction
	err := scan(&name, &reports, &user, &kind, (*int64)(&s.Until), &s.Reason, &s.By.ID, &s.By.Name, (*string)(&s.By.Role), &s.Known, (*int64)(&s.At))
	if err != nil {
		return err
	}
	r := l.rooms[name]
	if r == nil {
		return errAgain // the room was made after the lock
	}
	r.reports = reports
	if user == "" {
		return nil
	}
	if r.sanctions == nil {
		r.sanctions = make(map[string]rules.Standing)
	}
	has := r.sanctions[user]
	*has.Kind(protocol.Act(kind)) = &s
	r.sanctions[user] = has
	return nil
}

const selectSent = `SELECT rooms.name, sent.user_id, sent.at FROM unnest($1::text[], $2::text[]) AS k (name, user_id)
	JOIN rooms ON rooms.name = k.name JOIN sent ON sent.room = rooms.key AND sent.user_id = k.user_id`

// loadSent loads the times of sends in slow mode, and adds the rooms to the set.
func (l *loader) loadSent() {
	var names, users []string
	for i := range l.keys.Rooms {
		for _, user := range l.keys.Rooms[i].Standings {
			names, users = append(names, l.keys.Rooms[i].Name), append(users, user)
		}
	}
	l.slow = make(map[string]map[string]protocol.Time)
	l.queries.Queue(selectSent, names, users).Query(func(rows pgx.Rows) error {
		var name, user string
		var at int64
		_, err := pgx.ForEachRow(rows, []any{&name, &user, &at}, func() error {
			if l.slow[name] == nil {
				l.slow[name] = make(map[string]protocol.Time)
			}
			l.slow[name][user] = protocol.Time(at)
			return nil
		})
		if l.clock != nil {
			l.now = *l.clock
		}
		l.set.Now = l.now
		for i := range l.keys.Rooms {
			l.addRoom(&l.keys.Rooms[i])
		}
		return err
	})
}

// addRoom adds a room to the set, with the standings of users.
func (l *loader) addRoom(k *rules.RoomKeys) {
	r := l.rooms[k.Name]
	if r == nil {
		return
	}
	row := l.set.AddRoom(r.row(k.Name))
	for _, user := range k.Standings {
		standing, sanctioned := r.sanctions[user]
		at := l.slow[k.Name][user]
		if r.settings.SlowModeS == 0 {
			at = 0
		}
		if sanctioned || at != 0 {
			standing.SentAt = at
			row.AddStanding(user, standing)
		}
	}
}

const (
	selectMessages = `SELECT k.name, made_as, ` + messageColumns + ` FROM unnest($1::text[], $2::text[]) AS k (name, id)
		JOIN rooms ON rooms.name = k.name JOIN messages m ON m.id = k.id AND m.room + 0 = rooms.key` // the sum prevents a scan of the whole room
	selectPlaces = `SELECT k.name, made_as, ` + messageColumns + ` FROM unnest($1::text[], $2::bigint[]) AS k (name, seq)
		JOIN rooms ON rooms.name = k.name JOIN messages m ON m.room = rooms.key AND m.seq = k.seq`
	selectSettings = `SELECT name, title, settings FROM rooms WHERE name = ANY ($1::text[])`
)

// loadMessages loads messages, and the settings of rooms.
func (l *loader) loadMessages() {
	var names, ids, settings, placed []string
	var seqs []int64
	for i := range l.keys.Rooms {
		k := &l.keys.Rooms[i]
		if k.Settings {
			settings = append(settings, k.Name)
		}
		for _, id := range slices.Concat(k.Sent, k.Messages) {
			names, ids = append(names, k.Name), append(ids, id)
		}
		for _, seq := range k.Seqs {
			placed, seqs = append(placed, k.Name), append(seqs, seq)
		}
	}
	var name string
	var madeAs []byte
	row := newMessageRow(&name, &madeAs)
	add := func(scan func(...any) error) error {
		m, err := row.read(scan, "")
		r := l.set.Room(name)
		if err != nil || r == nil {
			return err
		}
		m.Room = name
		found := rules.Message{Message: m}
		copy(found.MadeAs[:], madeAs)
		r.AddMessage(found)
		return nil
	}
	if len(settings) > 0 {
		l.each(func(scan func(...any) error) error {
			var name, title, settings string
			err := scan(&name, &title, &settings)
			if r := l.set.Room(name); r != nil {
				r.Title, r.Settings = title, settings
			}
			return err
		}, selectSettings, settings)
	}
	if len(ids) > 0 {
		l.each(add, selectMessages, names, ids)
	}
	if len(seqs) > 0 {
		l.each(add, selectPlaces, placed, seqs)
	}
}

const selectMembers = `SELECT k.name, m.user_id, m.name, m.role, m.joined_at, m.read, m.picture, m.title FROM unnest($1::text[], $2::text[]) AS k (name, user_id)
	JOIN rooms ON rooms.name = k.name JOIN members m ON m.room = rooms.key AND m.user_id = k.user_id`

// loadMembers loads members.
func (l *loader) loadMembers() {
	var names, users []string
	for i := range l.keys.Rooms {
		for _, user := range l.keys.Rooms[i].Members {
			names, users = append(names, l.keys.Rooms[i].Name), append(users, user)
		}
	}
	if len(users) == 0 {
		return
	}
	l.each(func(scan func(...any) error) error {
		var name string
		var m rules.Member
		err := scan(&name, &m.User.ID, &m.User.Name, (*string)(&m.User.Role), (*int64)(&m.JoinedAt), &m.Read, &m.User.Picture, &m.User.Title)
		if r := l.set.Room(name); r != nil && err == nil {
			r.AddMember(m)
			l.reads[memberKey{r.Key, m.User.ID}] = m.Read
		}
		return err
	}, selectMembers, names, users)
}

const (
	selectReports = `SELECT k.name, ` + row.ReportColumns + ` FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS k (name, n, id, by_user)
		JOIN rooms ON rooms.name = k.name JOIN reports r ON r.room = rooms.key
		AND (r.n = k.n OR k.n = 0 AND r.message = k.id AND r.by_id = k.by_user AND r.state = 'open')`
	nextReport = `SELECT reports + 1 FROM database FOR UPDATE` // locked after the rooms, until the end
)

// loadReports loads reports.
func (l *loader) loadReports() {
	if l.keys.NextReport {
		l.each(func(scan func(...any) error) error { return scan(&l.set.NextReport) }, nextReport)
	}
	var names, ids, users []string
	var numbers []int64
	for i := range l.keys.Rooms {
		for _, k := range l.keys.Rooms[i].Reports {
			names, numbers, ids, users = append(names, l.keys.Rooms[i].Name), append(numbers, k.N), append(ids, k.ID), append(users, k.User)
		}
	}
	if len(names) == 0 {
		return
	}
	l.each(func(scan func(...any) error) error {
		var name string
		report, err := row.Report(row.Behind(scan, &name))
		if r := l.set.Room(name); r != nil && err == nil {
			r.AddReport(report)
		}
		return err
	}, selectReports, names, numbers, ids, users)
}

const (
	selectUsers       = `SELECT k.id, coalesce(role, ''), coalesce(at, 0) FROM unnest($1::text[]) AS k (id) LEFT JOIN ranks ON ranks.user_id = k.id LEFT JOIN revocations ON revocations.user_id = k.id`
	selectMemberships = `SELECT key, rooms.name, role FROM members JOIN rooms ON rooms.key = members.room
		WHERE user_id = $1 AND key > $2 AND rooms.name IS NOT NULL ORDER BY key LIMIT $3`
	isRanked = `SELECT EXISTS (SELECT 1 FROM members JOIN rooms ON rooms.key = members.room WHERE user_id = $1
		AND role IN ('moderator', 'organizer') AND rooms.name IS NOT NULL AND NOT (key = ANY ($2::bigint[])))`
)

// loadUsers loads rows of users that belong to no room.
func (l *loader) loadUsers() {
	if len(l.keys.Users) > 0 {
		l.each(func(scan func(...any) error) error {
			var user, role string
			var at int64
			err := scan(&user, &role, &at)
			if role != "" {
				l.set.AddRank(user, protocol.Role(role))
			}
			if at != 0 {
				l.set.AddRevocation(user, protocol.Time(at))
			}
			return err
		}, selectUsers, l.keys.Users)
	}
	see := l.keys.See
	if see == nil {
		return
	}
	l.each(func(scan func(...any) error) error {
		var m rules.Membership
		err := scan(&m.Key, &m.Room, (*string)(&m.Role))
		l.set.Memberships = append(l.set.Memberships, m)
		l.set.MoreMemberships = len(l.set.Memberships) == rules.SeenRoomsMax
		return err
	}, selectMemberships, see.User, see.After, rules.SeenRoomsMax)
}

// withSanction returns a copy of a room's sanctions with a new one for a user; nil removes it.
func withSanction(all map[string]rules.Standing, user string, kind protocol.Act, next *rules.Sanction) map[string]rules.Standing {
	if all = maps.Clone(all); all == nil {
		all = make(map[string]rules.Standing)
	}
	has := all[user]
	*has.Kind(kind) = next
	if has == (rules.Standing{}) {
		delete(all, user)
	} else {
		all[user] = has
	}
	return all
}
