package postgres

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/column"
)

// save saves the changes of a part of a batch, in one exchange with the server; the last part also commits. New rooms
// take an extra exchange before, for their keys.
func (b *batch) save(set *rules.Set, last bool) error {
	if err := b.makeRooms(set); err != nil {
		return err
	}
	b.writes = pgx.Batch{}
	b.saveRooms(set)
	for _, step := range [...]func(*rules.Set) error{
		b.saveMessages, b.saveFiles, b.saveReactions, b.saveMembers, b.saveReports, b.saveUsers, b.saveAudit,
	} {
		if err := step(set); err != nil {
			return err
		}
	}
	if last {
		b.writes.Queue(`COMMIT`).Exec(func(tag pgconn.CommandTag) error {
			if tag.String() != "COMMIT" {
				return fmt.Errorf("the server answers a commit with %s", tag)
			}
			return nil
		})
	}
	if b.writes.Len() == 0 {
		return nil
	}
	return b.conn.SendBatch(b.ctx, &b.writes).Close()
}

// queue queues a write.
func (b *batch) queue(query string, args ...any) { b.writes.Queue(query, args...) }

// sortRooms sorts rooms by their keys, the order in which all relays lock them.
func sortRooms(rooms []*rules.Room) {
	slices.SortFunc(rooms, func(x, y *rules.Room) int { return cmp.Compare(x.Key, y.Key) })
}

const insertRooms = `INSERT INTO rooms (name, epoch, made_at) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) AS k (name, epoch, made_at)
	ON CONFLICT (name) DO NOTHING RETURNING name, key`

// makeRooms makes rooms, in the order of their names, so that two relays do not wait for each other.
func (b *batch) makeRooms(set *rules.Set) error {
	if len(set.Dropped) > 0 { // first, because a new room may have the name
		keys := make([]int64, len(set.Dropped))
		for i, r := range set.Dropped {
			keys[i] = r.Key
			b.gone = append(b.gone, r.Name)
			delete(b.rooms, r.Name)
		}
		if _, err := b.conn.Exec(b.ctx, `UPDATE rooms SET name = NULL, rules = rules + 1 WHERE key = ANY ($1::bigint[])`, keys); err != nil {
			return err
		}
		if _, err := b.conn.Exec(b.ctx, dropFiles, keys, deleteRows); err != nil {
			return err
		}
	}
	if len(set.Made) == 0 {
		return nil
	}
	slices.SortFunc(set.Made, func(x, y *rules.Room) int { return cmp.Compare(x.Name, y.Name) })
	n := len(set.Made)
	names, epochs, times := make([]string, n), make([]string, n), make([]int64, n)
	for i, r := range set.Made {
		names[i], epochs[i], times[i] = r.Name, r.Epoch, int64(r.MadeAt)
	}
	rows, err := b.conn.Query(b.ctx, insertRooms, names, epochs, times)
	if err != nil {
		return err
	}
	var name string
	var key int64
	made := 0
	if _, err := pgx.ForEachRow(rows, []any{&name, &key}, func() error {
		set.Room(name).Key = key
		made++
		return nil
	}); err != nil {
		return err
	}
	if made != n { // another relay has made one of the rooms meanwhile
		return errAgain
	}
	return nil
}

const updateRooms = `UPDATE rooms SET head = k.head, last_at = k.last_at, rules = k.rules
	FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS k (key, head, last_at, rules) WHERE rooms.key = k.key`

// saveRooms saves rooms, and notes their state in the transaction.
func (b *batch) saveRooms(set *rules.Set) {
	changed := make(map[*rules.Room]bool) // true: its rules have changed
	for _, r := range set.Grown {
		changed[r] = false
		b.grown[r.Key] = true
	}
	for _, r := range set.Configured {
		b.queue(`UPDATE rooms SET title = $2, settings = $3 WHERE key = $1`, r.Key, r.Title, r.Settings)
	}
	for _, r := range set.Ruled() {
		changed[r] = true
	}
	for name, r := range set.Rooms() {
		kept := &room{key: r.Key, epoch: r.Epoch, head: r.Head, lastAt: r.LastAt, settings: r.Rules, reports: r.Reports}
		if old := b.rooms[name]; old != nil && old.key == r.Key {
			kept.rules, kept.sanctions = old.rules, old.sanctions
		}
		if changed[r] {
			kept.rules++
		}
		b.rooms[name] = kept
	}
	b.saveSanctions(set)
	if len(changed) == 0 {
		return
	}
	var keys, heads, times, versions []int64
	for r := range changed {
		keys, heads, times = append(keys, r.Key), append(heads, r.Head), append(times, int64(r.LastAt))
		versions = append(versions, b.rooms[r.Name].rules)
	}
	b.queue(updateRooms, keys, heads, times, versions)
}

const (
	upsertSanction = `INSERT INTO sanctions (room, user_id, kind, until, reason, by_id, by_name, by_role, known, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (room, user_id, kind) DO UPDATE SET until = excluded.until,
		reason = excluded.reason, by_id = excluded.by_id, by_name = excluded.by_name, by_role = excluded.by_role, known = excluded.known,
		at = excluded.at`
	deleteSanction = `DELETE FROM sanctions WHERE room = $1 AND user_id = $2 AND kind = $3`
)

// saveSanctions saves mutes and bans.
func (b *batch) saveSanctions(set *rules.Set) {
	for _, c := range set.Sanctions {
		r := b.rooms[c.Room.Name]
		r.sanctions = withSanction(r.sanctions, c.User, c.Kind, c.Now)
		if s := c.Now; s == nil {
			b.queue(deleteSanction, c.Room.Key, c.User, string(c.Kind))
		} else {
			b.queue(upsertSanction, c.Room.Key, c.User, string(c.Kind), int64(s.Until), s.Reason, s.By.ID, s.By.Name, string(s.By.Role),
				s.Known, int64(s.At))
		}
	}
}

const (
	insertMessages = `INSERT INTO messages (room, seq, rev, created_at, id, made_as, sender_id, sender_name, sender_role, sent_at, text, more, reply_to)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::text[],
		$10::text[], $11::text[], $12::text[], $13::text[])`
	updateMessages = `UPDATE messages m SET rev = k.rev, sent_at = k.sent_at, text = k.text, more = k.more, reply_to = k.reply_to,
			edited_at = k.edited_at, deleted_at = k.deleted_at, pinned = k.pinned, reactions = k.reactions
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
			$10::boolean[], $11::text[]) AS k (room, seq, rev, sent_at, text, more, reply_to, edited_at, deleted_at, pinned, reactions)
		WHERE m.room = k.room AND m.seq = k.seq`
	disownMessage = `UPDATE messages SET sender_id = $3, sender_name = $4, sender_role = $5, made_as = '' WHERE room = $1 AND seq = $2`
)

// saveMessages saves messages.
func (b *batch) saveMessages(set *rules.Set) error {
	slices.SortStableFunc(set.Messages, func(x, y *rules.Message) int { return cmp.Compare(x.In().Key, y.In().Key) })
	var made newRows
	var changed changedRows
	for _, m := range set.Messages {
		if m.Made() {
			if err := made.add(m); err != nil {
				return err
			}
		}
		if m.Changed() {
			if err := changed.add(m); err != nil {
				return err
			}
		}
	}
	if len(made.rooms) > 0 {
		b.queue(insertMessages, made.rooms, made.seqs, made.revs, made.createdAt, made.ids, made.madeAs, made.senders, made.names, made.roles,
			made.sentAt, made.texts, made.more, made.replyTo)
	}
	if c := &changed; len(c.rooms) > 0 {
		b.queue(updateMessages, c.rooms, c.seqs, c.revs, c.sentAt, c.texts, c.more, c.replyTo, c.editedAt, c.deletedAt, c.pinned, c.reactions)
	}
	b.saveMentions(set)
	for _, m := range set.Messages {
		if m.Changed() && m.Disowned() {
			b.queue(disownMessage, m.In().Key, m.Seq, m.Sender.ID, m.Sender.Name, string(m.Sender.Role))
		}
	}
	return nil
}

// changedRows are the columns of changed messages.
type changedRows struct {
	rooms, seqs, revs, editedAt, deletedAt  []int64
	sentAt, texts, more, replyTo, reactions []string
	pinned                                  []bool
}

// add adds a message.
func (c *changedRows) add(m *rules.Message) error {
	more, err := encodeMore(&m.Message)
	if err != nil {
		return err
	}
	reactions, err := column.EncodeReactions(m.Reactions)
	if err != nil {
		return err
	}
	c.rooms, c.seqs, c.revs = append(c.rooms, m.In().Key), append(c.seqs, m.Seq), append(c.revs, m.Rev)
	c.sentAt, c.texts, c.more, c.replyTo = append(c.sentAt, m.SentAt), append(c.texts, m.Text), append(c.more, more), append(c.replyTo, m.ReplyTo)
	c.editedAt, c.deletedAt = append(c.editedAt, int64(m.EditedAt)), append(c.deletedAt, int64(m.DeletedAt))
	c.pinned, c.reactions = append(c.pinned, m.Pinned), append(c.reactions, reactions)
	return nil
}

const (
	deleteMember  = `DELETE FROM members WHERE room = $1 AND user_id = $2`
	upsertMembers = `INSERT INTO members (room, user_id, name, role, joined_at, read, picture, title, folded)
		SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[])
		ON CONFLICT (room, user_id) DO UPDATE SET name = excluded.name, role = excluded.role, joined_at = excluded.joined_at,
		picture = excluded.picture, title = excluded.title, folded = excluded.folded, read = greatest(members.read, excluded.read)`
)

// saveMembers saves members. It never moves back a read marker that was moved outside the commits.
func (b *batch) saveMembers(set *rules.Set) error {
	var rooms, joined, read []int64
	var users, names, roles, pictures, titles, sorted []string
	b.saveNames(set)
	for _, m := range set.Members {
		if m.Gone || m.Read < b.reads[memberKey{m.In().Key, m.User.ID}] { // a former member may have joined again
			b.queue(deleteMember, m.In().Key, m.User.ID)
		}
		if m.Gone {
			continue
		}
		rooms, users, names = append(rooms, m.In().Key), append(users, m.User.ID), append(names, m.User.Name)
		roles, joined, read = append(roles, string(m.User.Role)), append(joined, int64(m.JoinedAt)), append(read, m.Read)
		pictures, titles, sorted = append(pictures, m.User.Picture), append(titles, m.User.Title), append(sorted, folded(m.User.Name))
	}
	if len(rooms) > 0 {
		b.queue(upsertMembers, rooms, users, names, roles, joined, read, pictures, titles, sorted)
	}
	return nil
}

const (
	insertReport = `INSERT INTO reports (n, room, message, by_id, by_name, reason, at, state, closed_by, closed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	closeReport = `UPDATE reports SET state = $2, closed_by = $3, closed_at = $4 WHERE n = $1`
)

func (b *batch) saveReports(set *rules.Set) error {
	made := false
	for _, r := range set.Reports {
		if r.Made() {
			made = true
			b.queue(insertReport, r.N, r.In().Key, r.ID, r.By.ID, r.By.Name, r.Reason, int64(r.At), string(r.State), r.ClosedBy, int64(r.ClosedAt))
		} else {
			b.queue(closeReport, r.N, string(r.State), r.ClosedBy, int64(r.ClosedAt))
		}
	}
	if made {
		b.queue(`UPDATE database SET reports = $1`, set.NextReport-1)
	}
	return nil
}

const insertEntries = `INSERT INTO audit (room, at, by_id, by_name, by_role, act, user_id, message, details)
	SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])`

func (b *batch) saveAudit(set *rules.Set) error {
	var at []int64
	var rooms, by, names, roles, acts, users, messages, details []string
	for _, e := range set.Audit {
		rooms, at, by, names = append(rooms, e.Room), append(at, int64(e.At)), append(by, e.By.ID), append(names, e.By.Name)
		roles, acts, users = append(roles, string(e.By.Role)), append(acts, e.Act), append(users, e.User)
		messages, details = append(messages, e.ID), append(details, e.Details)
	}
	if len(rooms) > 0 {
		b.queue(insertEntries, rooms, at, by, names, roles, acts, users, messages, details)
	}
	return nil
}

const (
	updateRoles = `UPDATE members SET role = k.role FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (room, user_id, role)
		WHERE members.room = k.room AND members.user_id = k.user_id`
	upsertRank  = `INSERT INTO ranks (user_id, role) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET role = excluded.role`
	revoke      = `INSERT INTO revocations (user_id, at) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET at = excluded.at`
	upsertSent  = `INSERT INTO sent (room, user_id, at) VALUES ($1, $2, $3) ON CONFLICT (room, user_id) DO UPDATE SET at = excluded.at`
	countErased = `UPDATE erasures SET messages = messages + $2 WHERE user_id = $1`
	// This comes after all other rows, because all relays wait for it.
	bumpRevocations = `UPDATE database SET revocations = revocations + 1`
)

// saveUsers saves rows of users that belong to no room, and the times of sends in slow mode.
func (b *batch) saveUsers(set *rules.Set) error {
	epochs := make(map[string]int64)
	for _, r := range set.Rooms() {
		epochs[r.Epoch] = r.Key
	}
	for _, c := range set.Sent {
		if key, ok := epochs[c.Epoch]; ok {
			b.queue(upsertSent, key, c.User, int64(c.At))
		}
	}
	var rooms []int64
	var users, roles []string
	for _, m := range set.Roles {
		rooms, users, roles = append(rooms, m.Key), append(users, m.User), append(roles, string(m.Role))
	}
	if len(rooms) > 0 {
		b.queue(updateRoles, rooms, users, roles)
	}
	for _, c := range set.Ranks {
		if c.Role == protocol.RoleParticipant {
			b.queue(`DELETE FROM ranks WHERE user_id = $1`, c.User)
		} else {
			b.queue(upsertRank, c.User, string(c.Role))
		}
	}
	for _, c := range set.Revocations {
		if c.At == 0 {
			b.queue(`DELETE FROM revocations WHERE user_id = $1`, c.User)
		} else {
			b.queue(revoke, c.User, int64(c.At))
		}
	}
	if set.Tombstones > 0 {
		b.queue(countErased, set.TombstonesOf, set.Tombstones)
	}
	if set.Forgotten != nil {
		b.forget(set.Forgotten)
	}
	if set.Everywhere() {
		b.queue(bumpRevocations)
	}
	return nil
}

// forget removes a user from everything except messages.
func (b *batch) forget(f *rules.Forget) {
	b.queue(`SET LOCAL hallway.erasing = 'on'`)
	b.queue(`UPDATE rooms SET rules = rules + 1 WHERE key IN (SELECT room FROM sanctions WHERE $1 IN (user_id, by_id)
		UNION SELECT room FROM reports WHERE $1 IN (by_id, closed_by))`, f.User)
	for _, change := range [...]string{
		`DELETE FROM members WHERE user_id = $1`,
		`DELETE FROM member_terms WHERE user_id = $1`,
		`DELETE FROM sanctions WHERE user_id = $1`,
		`DELETE FROM sent WHERE user_id = $1`,
		`DELETE FROM revocations WHERE user_id = $1`,
		`DELETE FROM ranks WHERE user_id = $1`,
		`UPDATE audit SET details = '' WHERE details <> '' AND ($1 = user_id OR $1 = by_id AND act = 'report')`,
	} {
		b.queue(change, f.User)
	}
	for _, change := range [...]string{
		`UPDATE sanctions SET by_id = $2, by_name = '' WHERE by_id = $1`,
		`UPDATE reports SET by_id = $2, by_name = '', reason = '' WHERE by_id = $1`,
		`UPDATE reports SET closed_by = $2 WHERE closed_by = $1`,
		`UPDATE audit SET by_id = $2, by_name = '' WHERE by_id = $1`,
		`UPDATE audit SET user_id = $2 WHERE user_id = $1`,
		`UPDATE erasures SET user_id = $2, done = true WHERE user_id = $1`,
	} {
		b.queue(change, f.User, f.Pseudonym)
	}
	b.forgetFiles(f)
	b.queue(`SET LOCAL hallway.erasing = 'off'`)
	b.forgotten = true
}
