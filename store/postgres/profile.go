package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
	"hallway/store/word"
)

// roleColumn returns the column sender_role: a sender's role and picture.
func roleColumn(u *protocol.User) string {
	if u.Picture == "" {
		return string(u.Role)
	}
	return string(u.Role) + " " + u.Picture
}

// folded returns the form of a name by which members are sorted.
func folded(name string) string {
	if terms := word.NameTerms(name); len(terms) > 0 {
		return terms[0]
	}
	return ""
}

const (
	deleteNames = `DELETE FROM member_terms t USING unnest($1::bigint[], $2::text[]) AS k (room, user_id) WHERE t.room = k.room AND t.user_id = k.user_id`
	insertNames = `INSERT INTO member_terms (room, term, user_id) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`
)

// saveNames saves the terms of members whose name has changed.
func (b *batch) saveNames(set *rules.Set) {
	var gone, rooms []int64
	var goneUsers, terms, users []string
	for _, m := range set.Members {
		was, is := m.NameBefore(), m.User.Name
		if m.Gone {
			is = ""
		}
		if was == is {
			continue
		}
		if was != "" {
			gone, goneUsers = append(gone, m.In().Key), append(goneUsers, m.User.ID)
		}
		for _, term := range word.NameTerms(is) {
			rooms, terms, users = append(rooms, m.In().Key), append(terms, term), append(users, m.User.ID)
		}
	}
	if len(gone) > 0 {
		b.queue(deleteNames, gone, goneUsers)
	}
	if len(rooms) > 0 {
		b.queue(insertNames, rooms, terms, users)
	}
}

// namesPart limits the members whose terms are made between two reads.
const namesPart = 1000

// checkNames makes the terms of all members anew if they are of another version. Other relays wait for the one that
// does it.
func (d *db) checkNames(ctx context.Context) error {
	return pgx.BeginFunc(ctx, d.readers, func(tx pgx.Tx) error {
		var has int
		if err := tx.QueryRow(ctx, `SELECT names FROM database FOR UPDATE`).Scan(&has); err != nil || has == word.NamesVersion {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM member_terms`); err != nil {
			return err
		}
		if err := eachMember(ctx, tx, func(rooms []int64, users, names []string) error { return makeNames(ctx, tx, rooms, users, names) }); err != nil {
			return fmt.Errorf("make the index of names anew: %w", err)
		}
		_, err := tx.Exec(ctx, `UPDATE database SET names = $1`, word.NamesVersion)
		return err
	})
}

// makeNames makes the terms of some members.
func makeNames(ctx context.Context, tx pgx.Tx, rooms []int64, users, names []string) error {
	var of []int64
	var terms, by []string
	sorted := make([]string, len(names))
	for i, name := range names {
		sorted[i] = folded(name)
		for _, term := range word.NameTerms(name) {
			of, terms, by = append(of, rooms[i]), append(terms, term), append(by, users[i])
		}
	}
	if _, err := tx.Exec(ctx, insertNames, of, terms, by); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE members m SET folded = k.folded FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (room, user_id, folded)
		WHERE m.room = k.room AND m.user_id = k.user_id`, rooms, users, sorted)
	return err
}

// eachMember calls do for the members of all rooms, in parts.
func eachMember(ctx context.Context, tx pgx.Tx, do func(rooms []int64, users, names []string) error) error {
	var room int64
	var user, name string
	for {
		rows, err := tx.Query(ctx, `SELECT room, user_id, name FROM members WHERE (room, user_id) > ($1, $2) ORDER BY room, user_id LIMIT $3`, room, user, namesPart)
		if err != nil {
			return err
		}
		var rooms []int64
		var users, names []string
		_, err = pgx.ForEachRow(rows, []any{&room, &user, &name}, func() error {
			rooms, users, names = append(rooms, room), append(users, user), append(names, name)
			return nil
		})
		if err != nil || len(rooms) == 0 {
			return err
		}
		if err := do(rooms, users, names); err != nil {
			return err
		}
	}
}

const findMembers = `SELECT ` + row.MemberColumns + ` FROM
		(SELECT DISTINCT t.room, t.user_id FROM member_terms t JOIN rooms ON rooms.key = t.room WHERE rooms.name = $1 AND t.term >= $2 AND t.term < $3) AS found
	JOIN members m ON m.room = found.room AND m.user_id = found.user_id
	WHERE NOT EXISTS (SELECT 1 FROM sanctions s WHERE s.room = m.room AND s.user_id = m.user_id AND s.kind = 'ban' AND (s.until = 0 OR s.until > hallway_now()))
	ORDER BY m.folded, m.name COLLATE "C", m.user_id LIMIT $4`

// FindMembers finds members by their names; see [rules.Directory].
func (s reader) FindMembers(ctx context.Context, room, name string, limit int) ([]rules.MemberEntry, error) {
	from := word.NamePrefix(name)
	if from == "" {
		return nil, nil
	}
	return readAll(ctx, s.db, "find members", row.Member, findMembers, room, from, from+"\U0010ffff", limit)
}

const (
	findReaction = `SELECT m.room, m.seq, coalesce((SELECT r.rev FROM reactions r WHERE r.room = m.room AND r.seq = m.seq AND r.user_id = $4 AND r.emoji = $3), 0)
		FROM rooms JOIN messages m ON m.room = rooms.key AND m.id = $2 WHERE rooms.name = $1`
	listReactors = `SELECT r.user_id, coalesce(m.name, ''), coalesce(m.role, 'participant'), coalesce(m.picture, ''), coalesce(m.title, '')
		FROM reactions r LEFT JOIN members m ON m.room = r.room AND m.user_id = r.user_id
		WHERE r.room = $1 AND r.seq = $2 AND r.emoji = $3 AND r.rev > $4 ORDER BY r.rev LIMIT $5`
)

// Reactors lists the users of a reaction; see [rules.Directory].
func (s reader) Reactors(ctx context.Context, room, id, emoji string, part rules.Part) (users []protocol.User, found bool, err error) {
	var key, seq, after int64
	err = s.readers.QueryRow(ctx, findReaction, room, id, emoji, part.After).Scan(&key, &seq, &after)
	switch {
	case errors.Is(err, pgx.ErrNoRows) || err == nil && part.After != "" && after == 0:
		return nil, false, nil
	case err == nil:
		err = s.each(ctx, row.Into(&users, row.Reactor), listReactors, key, seq, emoji, after, limit(part))
	}
	if err != nil {
		return nil, false, fmt.Errorf("list the users of a reaction: %w", explain(err))
	}
	return users, true, nil
}
