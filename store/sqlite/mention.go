package sqlite

import (
	"hallway/relay/rules"
)

// countMentions counts others' messages in a room, after a seq, that mention a user or everybody. It takes the room,
// the user, the seq and the highest number. Both halves ascend, so that SQLite merges them without a sort.
const countMentions = `SELECT count(*) FROM (
	SELECT seq FROM mentions WHERE room = ?1 AND user_id = ?2 AND seq > ?3 AND by_id <> ?2
	UNION
	SELECT seq FROM mentions WHERE room = ?1 AND user_id = '' AND seq > ?3 AND by_id <> ?2
	ORDER BY seq LIMIT ?4)`

var (
	unreadMentions = writing(countMentions)
	deleteMentions = writing(`DELETE FROM mentions WHERE room = ? AND seq = ?`)
	insertMentions = bulkWriting(`INSERT OR FAIL INTO mentions (room, user_id, seq, by_id)`, 4, ``)
)

// unreadMentions counts the unread mentions of a user in a room; see [rules.Set].
func (b *batch) unreadMentions(r *rules.Room, user string, read int64) (n int64) {
	if kept := b.rooms[r.Name]; kept == nil || !kept.mentions || read >= r.Head {
		return 0
	}
	if err := b.stmt(unreadMentions).QueryRow(r.Key, user, read, rules.UnreadMax).Scan(&n); err != nil && b.err == nil {
		b.err = err
	}
	return n
}

// saveMentions saves the rows of mentions.
func (b *batch) saveMentions(messages []*rules.Message) error {
	var added []any
	for _, m := range messages {
		key := m.In().Key
		if m.MentionsBefore() {
			if err := b.exec(deleteMentions, key, m.Seq); err != nil {
				return err
			}
		}
		for _, user := range rules.Mentioned(&m.Message) {
			added = append(added, key, user, m.Seq, m.Sender.ID)
		}
		if len(m.Mentions) > 0 {
			if b.mentioning == nil {
				b.mentioning = make(map[int64]bool)
			}
			b.mentioning[key] = true
		}
	}
	return b.execAll(insertMentions, 4, added)
}
