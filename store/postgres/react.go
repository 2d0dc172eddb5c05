package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	selectReactions = `SELECT k.n, r.user_id, r.emoji, r.rev, r.brought FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS k (room, seq, user_id, n)
		JOIN reactions r ON r.room = k.room AND r.seq = k.seq AND r.user_id = k.user_id`
	// A row with rev 0 is not a reaction: its user was the first to use the emoji, and took the reaction back.
	selectReactors = `SELECT user_id FROM reactions WHERE room = $1 AND seq = $2 AND emoji = $3 AND rev > 0 ORDER BY rev LIMIT $4`
)

// loadReactions loads rows of reactions, and whether the user of a See moderates other rooms.
func (l *loader) loadReactions() error {
	var messages []*rules.Message
	var rooms, seqs, places []int64
	var users []string
	for i := range l.keys.Rooms {
		r := l.set.Room(l.keys.Rooms[i].Name)
		if r == nil {
			continue
		}
		rows, unnamed := l.keys.Rooms[i].Reactions(r)
		for _, k := range rows {
			rooms, seqs, users = append(rooms, r.Key), append(seqs, k.Message.Seq), append(users, k.User)
			places = append(places, int64(len(messages)))
			messages = append(messages, k.Message)
		}
		for _, k := range unnamed {
			l.loadUnnamed(r, k)
		}
	}
	if len(messages) > 0 {
		l.each(func(scan func(...any) error) error {
			var n int64
			var one rules.Reaction
			err := scan(&n, &one.User, &one.Emoji, &one.Rev, &one.Brought)
			if err == nil {
				messages[n].AddReaction(one)
			}
			return err
		}, selectReactions, rooms, seqs, users, places)
	}
	if see := l.keys.See; see != nil {
		seen := make([]int64, len(l.set.Memberships))
		for i, m := range l.set.Memberships {
			seen[i] = m.Key
		}
		l.each(func(scan func(...any) error) error { return scan(&l.set.Ranked) }, isRanked, see.User, seen)
	}
	return l.run()
}

// loadUnnamed loads the next users of a reaction's summary.
func (l *loader) loadUnnamed(r *rules.Room, k rules.UnnamedKey) {
	at := slices.IndexFunc(k.Message.Reactions, func(s protocol.Reaction) bool { return s.Emoji == k.Emoji })
	named := k.Message.Reactions[at].Users
	var users []string
	l.queries.Queue(selectReactors, r.Key, k.Message.Seq, k.Emoji, len(named)+k.Users).Query(func(rows pgx.Rows) error {
		var user string
		_, err := pgx.ForEachRow(rows, []any{&user}, func() error {
			if !slices.Contains(named, user) {
				users = append(users, user)
			}
			return nil
		})
		k.Message.AddUnnamed(k.Emoji, users)
		return err
	})
}

const (
	deleteReactions = `DELETE FROM reactions WHERE room = $1 AND seq = $2 AND ($3 OR emoji = ANY ($4::text[]))`
	deleteReaction  = `DELETE FROM reactions WHERE room = $1 AND seq = $2 AND user_id = $3 AND emoji = $4`
	insertReactions = `INSERT INTO reactions (room, seq, user_id, emoji, rev, brought)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::boolean[])
		ON CONFLICT (room, seq, user_id, emoji) DO UPDATE SET rev = excluded.rev, brought = excluded.brought`
)

// saveReactions saves the rows of reactions.
func (b *batch) saveReactions(set *rules.Set) error {
	var rooms, seqs, revs []int64
	var users, emojis []string
	var brought []bool
	for _, m := range set.Messages {
		key := m.In().Key
		if all, emptied := m.Unreacted(); all || len(emptied) > 0 {
			b.queue(deleteReactions, key, m.Seq, all, emptied)
		}
		saved, gone := m.ReactionChanges()
		for _, r := range gone {
			b.queue(deleteReaction, key, m.Seq, r.User, r.Emoji)
		}
		for _, r := range saved {
			rooms, seqs, users, emojis = append(rooms, key), append(seqs, m.Seq), append(users, r.User), append(emojis, r.Emoji)
			revs, brought = append(revs, r.Rev), append(brought, r.Brought)
		}
	}
	if len(rooms) > 0 {
		b.queue(insertReactions, rooms, seqs, users, emojis, revs, brought)
	}
	return nil
}
