package sqlite

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/column"
)

// save saves the changes of a part of a batch.
func (b *batch) save(set *rules.Set) error {
	b.deletes = b.deletes || set.Forgets
	for _, step := range [...]func(*rules.Set) error{
		b.saveRooms, b.saveFiles, b.saveMessages, b.saveMembers, b.saveSanctions, b.saveReports, b.saveUsers, b.saveAudit,
	} {
		if err := step(set); err != nil {
			return err
		}
	}
	for _, c := range set.Sent {
		b.noteSent(sender{c.Epoch, c.User}, c.At)
	}
	return nil
}

func (b *batch) noteSent(who sender, at protocol.Time) {
	if b.sent == nil {
		b.sent = make(map[sender]protocol.Time)
	}
	b.sent[who] = at
}

var (
	dropRoom      = writing(`UPDATE rooms SET name = '/' || key, dropped = 1 WHERE key = ?`)
	insertRoom    = writing(`INSERT INTO rooms (name, epoch, made_at) VALUES (?, ?, ?)`)
	configureRoom = writing(`UPDATE rooms SET title = ?, settings = ? WHERE key = ?`)
	updateHead    = writing(`UPDATE rooms SET head = ?, last_at = ? WHERE key = ?`)
	updateHeads   = bulkWriting(`WITH k (head, last_at, key) AS (`, 3, `)
		UPDATE OR FAIL rooms SET head = k.head, last_at = k.last_at FROM k WHERE rooms.key = k.key`)
)

// saveRooms saves rooms. Dropping a room only removes its name, so that it cannot be found; the upkeep deletes the
// content, because that takes long in a large room.
func (b *batch) saveRooms(set *rules.Set) error {
	for _, r := range set.Dropped {
		delete(b.rooms, r.Name)
		if b.gone == nil {
			b.gone = make(map[string]bool)
		}
		b.gone[r.Name] = true
		b.dropped = append(b.dropped, r.Key)
		if err := b.exec(dropRoom, r.Key); err != nil {
			return err
		}
	}
	for _, r := range set.Made {
		added, err := b.stmt(insertRoom).Exec(r.Name, r.Epoch, int64(r.MadeAt))
		if err == nil {
			r.Key, err = added.LastInsertId()
		}
		if err != nil {
			return err
		}
	}
	for _, r := range set.Configured {
		if err := b.exec(configureRoom, r.Title, r.Settings, r.Key); err != nil {
			return err
		}
	}
	if len(set.Grown) == 1 {
		r := set.Grown[0]
		b.grown[r.Key] = struct{}{}
		return b.exec(updateHead, r.Head, int64(r.LastAt), r.Key)
	}
	heads := b.heads[:0]
	for _, r := range set.Grown {
		b.grown[r.Key] = struct{}{}
		heads = append(heads, r.Head, int64(r.LastAt), r.Key)
	}
	b.heads = heads
	return b.execAll(updateHeads, 3, heads)
}

const (
	madeColumns  = 15
	plainColumns = 10
)

var (
	insertMessages = bulkWriting(`INSERT OR FAIL INTO messages (room, made_as, `+createdColumns+`)`, madeColumns, ``)
	// insertPlain stores messages for which isPlain is true: fewer parameters cost less.
	insertPlain = bulkOfRows(`INSERT OR FAIL INTO messages (room, made_as, `+createdColumns+`)`, plainRow, ``)
)

// plainRow returns the n-th row of insertPlain. Its seq is also the rev.
func plainRow(n int) string {
	const seq = 3
	var row strings.Builder
	row.WriteByte('(')
	for i := range plainColumns {
		at := "?" + strconv.Itoa(n*plainColumns+i+1) + ", "
		if i == seq {
			at += at
		}
		row.WriteString(at)
	}
	return row.String() + `'', '', '', '')`
}

// isPlain reports whether a new message has only the columns of insertPlain.
func isPlain(m *rules.Message) bool {
	return m.Rev == m.Seq && m.Encrypted == nil && m.ReplyTo == "" && len(m.Mentions) == 0 && m.Sender.Picture == ""
}

// insertMessages saves new messages.
func (b *batch) insertMessages(messages []*rules.Message) error {
	plain, other := b.plain[:0], b.other[:0]
	var room int64
	var key any // the room, boxed once for all of its messages
	for _, m := range messages {
		if !m.Made() {
			continue
		}
		if key == nil || m.In().Key != room {
			room, key = m.In().Key, m.In().Key
		}
		if isPlain(m) {
			plain = append(plain, key, m.MadeAs[:], m.ID, m.Seq, m.Sender.ID, m.Sender.Name, string(m.Sender.Role), int64(m.CreatedAt), m.SentAt, m.Text)
			continue
		}
		encrypted, err := column.EncodeEncrypted(m.Encrypted)
		if err != nil {
			return err
		}
		mentions, err := column.EncodeMentions(m.Mentions)
		if err != nil {
			return err
		}
		other = append(other, key, m.MadeAs[:], m.ID, m.Seq, m.Rev, m.Sender.ID, m.Sender.Name, string(m.Sender.Role),
			int64(m.CreatedAt), m.SentAt, m.Text, encrypted, m.ReplyTo, mentions, m.Sender.Picture)
	}
	b.plain, b.other = plain, other
	if err := b.execAll(insertPlain, plainColumns, plain); err != nil {
		return err
	}
	return b.execAll(insertMessages, madeColumns, other)
}

// saveMessages saves messages, their mentions and their reactions.
func (b *batch) saveMessages(set *rules.Set) error {
	// It writes the messages room by room: the fewer places a statement writes to, the less it costs.
	slices.SortStableFunc(set.Messages, func(x, y *rules.Message) int { return cmp.Compare(x.In().Key, y.In().Key) })
	if err := b.insertMessages(set.Messages); err != nil {
		return err
	}
	for _, m := range set.Messages {
		if err := b.changeMessage(m); err != nil {
			return err
		}
		if err := b.saveAttached(m); err != nil {
			return err
		}
	}
	if err := b.saveMentions(set.Messages); err != nil {
		return err
	}
	return b.saveReactions(set.Messages)
}

var (
	updateMessage = writing(`UPDATE messages SET rev = ?, sent_at = ?, text = ?, encrypted = ?, reply_to = ?, mentions = ?,
		edited_at = ?, deleted_at = ?, pinned = ?, reactions = ? WHERE room = ? AND seq = ?`)
	disownMessage = writing(`UPDATE messages SET sender_id = ?, sender_name = ?, sender_role = ?, sender_picture = '', made_as = x'' WHERE room = ? AND seq = ?`)
)

// changeMessage saves a changed message.
func (b *batch) changeMessage(m *rules.Message) error {
	if !m.Changed() {
		return nil
	}
	encrypted, err := column.EncodeEncrypted(m.Encrypted)
	if err != nil {
		return err
	}
	mentions, err := column.EncodeMentions(m.Mentions)
	if err != nil {
		return err
	}
	reactions, err := column.EncodeReactions(m.Reactions)
	if err != nil {
		return err
	}
	err = b.exec(updateMessage, m.Rev, m.SentAt, m.Text, encrypted, m.ReplyTo, mentions,
		int64(m.EditedAt), int64(m.DeletedAt), m.Pinned, reactions, m.In().Key, m.Seq)
	if err == nil && m.Disowned() {
		err = b.exec(disownMessage, m.Sender.ID, m.Sender.Name, string(m.Sender.Role), m.In().Key, m.Seq)
	}
	return err
}

var (
	deleteReactions = writing(`DELETE FROM reactions WHERE room = ? AND seq = ?`)
	deleteEmoji     = writing(`DELETE FROM reactions WHERE room = ? AND seq = ? AND emoji = ?`)
	deleteReaction  = writing(`DELETE FROM reactions WHERE room = ? AND seq = ? AND user_id = ? AND emoji = ?`)
	insertReactions = bulkWriting(`INSERT OR FAIL INTO reactions (room, seq, user_id, emoji, rev, brought)`, 6,
		` ON CONFLICT DO UPDATE SET rev = excluded.rev, brought = excluded.brought`)
)

// saveReactions saves the rows of reactions.
func (b *batch) saveReactions(messages []*rules.Message) error {
	var added []any
	for _, m := range messages {
		key := m.In().Key
		all, emptied := m.Unreacted()
		if all {
			if err := b.exec(deleteReactions, key, m.Seq); err != nil {
				return err
			}
		}
		for _, emoji := range emptied {
			if err := b.exec(deleteEmoji, key, m.Seq, emoji); err != nil {
				return err
			}
		}
		saved, gone := m.ReactionChanges()
		for _, r := range gone {
			if err := b.exec(deleteReaction, key, m.Seq, r.User, r.Emoji); err != nil {
				return err
			}
		}
		for _, r := range saved {
			added = append(added, key, m.Seq, r.User, r.Emoji, r.Rev, r.Brought)
		}
	}
	return b.execAll(insertReactions, 6, added)
}

var (
	upsertSanction = writing(`INSERT INTO sanctions (room, user_id, kind, until, reason, by_id, by_name, by_role, known, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until, reason = excluded.reason,
		by_id = excluded.by_id, by_name = excluded.by_name, by_role = excluded.by_role, known = excluded.known, at = excluded.at`)
	deleteSanction = writing(`DELETE FROM sanctions WHERE room = ? AND user_id = ? AND kind = ?`)
)

// saveSanctions saves mutes and bans, and remembers the present state of the rooms.
func (b *batch) saveSanctions(set *rules.Set) error {
	b.keepRooms(set)
	for _, c := range set.Sanctions {
		r := b.rooms[c.Room.Name]
		if r.sanctions == nil {
			r.sanctions = make(map[string]rules.Standing)
		}
		has := r.sanctions[c.User]
		*has.Kind(c.Kind) = c.Now
		r.sanctions[c.User] = has
		b.sanctions++
		var err error
		if s := c.Now; s == nil {
			err = b.exec(deleteSanction, c.Room.Key, c.User, string(c.Kind))
		} else {
			err = b.exec(upsertSanction, c.Room.Key, c.User, string(c.Kind), int64(s.Until), s.Reason,
				s.By.ID, s.By.Name, string(s.By.Role), s.Known, int64(s.At))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepRooms notes the rooms' state in the transaction.
func (b *batch) keepRooms(set *rules.Set) {
	for name, r := range set.Rooms() {
		kept := b.rooms[name]
		if kept == nil || kept.key != r.Key {
			kept = b.room()
			*kept = room{key: r.Key, epoch: r.Epoch}
			b.rooms[name] = kept
		}
		kept.head, kept.lastAt, kept.settings, kept.reports = r.Head, r.LastAt, r.Rules, r.Reports
		kept.mentions = kept.mentions || b.mentioning[r.Key]
	}
}

var (
	insertReport = writing(`INSERT INTO reports (n, room, message, by_id, by_name, reason, at, state, closed_by, closed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	closeReport = writing(`UPDATE reports SET state = ?, closed_by = ?, closed_at = ? WHERE n = ?`)
)

func (b *batch) saveReports(set *rules.Set) (err error) {
	for _, r := range set.Reports {
		if r.Made() {
			err = b.exec(insertReport, r.N, r.In().Key, r.ID, r.By.ID, r.By.Name, r.Reason, int64(r.At),
				string(r.State), r.ClosedBy, int64(r.ClosedAt))
		} else {
			err = b.exec(closeReport, string(r.State), r.ClosedBy, int64(r.ClosedAt), r.N)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	updateRole    = writing(`UPDATE members SET role = ? WHERE room = ? AND user_id = ?`)
	upsertRank    = writing(`INSERT INTO ranks (user_id, role) VALUES (?, ?) ON CONFLICT DO UPDATE SET role = excluded.role`)
	deleteRank    = writing(`DELETE FROM ranks WHERE user_id = ?`)
	revoke        = writing(`INSERT INTO revocations (user_id, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at`)
	unrevoke      = writing(`DELETE FROM revocations WHERE user_id = ?`)
	countErased   = writing(`UPDATE erasures SET messages = messages + ? WHERE user_id = ?`)
	insertEntries = bulkWriting(`INSERT OR FAIL INTO audit (room, at, by_id, by_name, by_role, act, user_id, message, details)`, 9, ``)
)

// saveUsers saves rows of users that belong to no room.
func (b *batch) saveUsers(set *rules.Set) (err error) {
	for _, m := range set.Roles {
		if err := b.exec(updateRole, string(m.Role), m.Key, m.User); err != nil {
			return err
		}
	}
	for _, c := range set.Ranks {
		if c.Role == protocol.RoleParticipant {
			err = b.exec(deleteRank, c.User)
		} else {
			err = b.exec(upsertRank, c.User, string(c.Role))
		}
		if err != nil {
			return err
		}
	}
	for _, c := range set.Revocations {
		if c.At == 0 {
			err = b.exec(unrevoke, c.User)
		} else {
			err = b.exec(revoke, c.User, int64(c.At))
		}
		if err != nil {
			return err
		}
	}
	if set.Tombstones > 0 {
		if err := b.exec(countErased, set.Tombstones, set.TombstonesOf); err != nil {
			return err
		}
	}
	if set.Forgotten != nil {
		return b.forget(set.Forgotten)
	}
	return nil
}

func (b *batch) saveAudit(set *rules.Set) error {
	var args []any
	for _, e := range set.Audit {
		args = append(args, e.Room, int64(e.At), e.By.ID, e.By.Name, string(e.By.Role), e.Act, e.User, e.ID, e.Details)
	}
	return b.execAll(insertEntries, 9, args)
}
