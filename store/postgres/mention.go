package postgres

import (
	"hallway/relay/rules"
)

// countMentions returns a query that counts others' messages in a room, after a seq, that mention a user or everybody.
// It takes SQL expressions.
func countMentions(room, user, read, most string) string {
	one := func(who string) string {
		return `(SELECT seq FROM mentions WHERE room = ` + room + ` AND user_id = ` + who + ` AND seq > ` + read + ` AND by_id <> ` + user +
			` ORDER BY seq LIMIT ` + most + `)`
	}
	return `SELECT count(*) FROM (` + one(user) + ` UNION ` + one(`''`) + ` LIMIT ` + most + `) AS unread`
}

// mentions holds the number of a user's unread mentions after a read marker.
type mentions struct{ read, n int64 }

var (
	selectMentions = `SELECT r.key, k.user_id, k.read, (` + countMentions("r.key", "k.user_id", "k.read", "$4") + `)
		FROM (SELECT k.name, k.user_id, greatest(k.read, coalesce(i.read, 0)) AS read
			FROM unnest($1::text[], $2::text[], $3::bigint[]) AS k (name, user_id, read) JOIN rooms ON rooms.name = k.name
			LEFT JOIN members i ON i.room = rooms.key AND i.user_id = k.user_id) AS k
		JOIN rooms r ON r.name = k.name WHERE k.read < r.head`
	selectMention = countMentions("$1", "$2", "$3", "$4")
)

// loadMentions counts the unread mentions of users who join.
func (l *loader) loadMentions(ops []rules.Op) {
	var names, users []string
	var read []int64
	for i := range ops {
		if do, ok := ops[i].Do.(rules.Open); ok {
			names, users, read = append(names, ops[i].Room), append(users, ops[i].Sender.ID), append(read, do.Read)
		}
	}
	if len(names) == 0 {
		return
	}
	l.each(func(scan func(...any) error) error {
		var who memberKey
		var has mentions
		err := scan(&who.room, &who.user, &has.read, &has.n)
		l.mentions[who] = has
		return err
	}, selectMentions, names, users, read, rules.UnreadMax)
}

// unreadMentions returns the unread mentions of a user in a room; see [rules.Set]. It asks the server only if the batch
// has moved the read marker since they were counted.
func (b *batch) unreadMentions(r *rules.Room, user string, read int64) (n int64) {
	if read >= r.Head || b.err != nil {
		return 0
	}
	if has, ok := b.mentions[memberKey{r.Key, user}]; ok && has.read == read {
		return has.n
	}
	b.err = b.conn.QueryRow(b.ctx, selectMention, r.Key, user, read, rules.UnreadMax).Scan(&n)
	return n
}

// mentionRows are the columns of mentions.
type mentionRows struct {
	rooms, seqs []int64
	users, by   []string
}

// add adds the mentions of a message.
func (r *mentionRows) add(m *rules.Message) {
	for _, user := range rules.Mentioned(&m.Message) {
		r.rooms, r.seqs = append(r.rooms, m.In().Key), append(r.seqs, m.Seq)
		r.users, r.by = append(r.users, user), append(r.by, m.Sender.ID)
	}
}

const (
	deleteMentions = `DELETE FROM mentions x USING unnest($1::bigint[], $2::bigint[]) AS k (room, seq) WHERE x.room = k.room AND x.seq = k.seq`
	insertMentions = `INSERT INTO mentions (room, user_id, seq, by_id) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[])`
)

// saveMentions saves the rows of mentions.
func (b *batch) saveMentions(set *rules.Set) {
	var rooms, seqs []int64
	var made mentionRows
	for _, m := range set.Messages {
		if m.MentionsBefore() {
			rooms, seqs = append(rooms, m.In().Key), append(seqs, m.Seq)
		}
		made.add(m)
	}
	if len(rooms) > 0 {
		b.queue(deleteMentions, rooms, seqs)
	}
	if len(made.rooms) > 0 {
		b.queue(insertMentions, made.rooms, made.users, made.seqs, made.by)
	}
}
