package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
	"hallway/store/word"
)

var (
	listNames     = reading(`SELECT name FROM rooms WHERE dropped = 0 AND name >= ? AND name < ? ORDER BY name LIMIT ?`)
	directoryRoom = reading(`SELECT key, name, title, settings, epoch, head, made_at FROM rooms WHERE dropped = 0 AND name = ?`)
	countMembers  = reading(`SELECT (SELECT count(*) FROM members WHERE room = ?1),
		coalesce((SELECT read FROM members WHERE room = ?1 AND user_id = ?2), 0)`)
	countUnread = reading(`SELECT count(*) FROM (SELECT 1 FROM messages
		WHERE room = ? AND seq > ? AND deleted_at = 0 AND sender_id <> ? LIMIT ?)`)
	// countMentioned counts the unread mentions.
	countMentioned = reading(countMentions)
	readSettings   = reading(`SELECT settings FROM rooms WHERE dropped = 0 AND name = ?`)
	listMembers    = reading(`SELECT ` + row.MemberColumns + `
		FROM rooms JOIN members m ON m.room = rooms.key WHERE rooms.name = ? AND user_id > ?
		ORDER BY user_id LIMIT ?`)
	// findMembers finds members by their names.
	findMembers = reading(`SELECT ` + row.MemberColumns + ` FROM
			(SELECT DISTINCT room, user_id FROM member_terms WHERE room = (SELECT key FROM rooms WHERE name = ?1) AND term >= ?2 AND term < ?3) AS found
		CROSS JOIN members m USING (room, user_id)
		WHERE NOT EXISTS (SELECT 1 FROM sanctions s WHERE s.room = m.room AND s.user_id = m.user_id
			AND kind = 'ban' AND (until = 0 OR until > ?4))
		ORDER BY folded, m.name, m.user_id LIMIT ?5`)
	// findReaction finds a message and the rev of a user's reaction to it.
	findReaction = reading(`SELECT key, seq, CASE WHEN ?4 = '' THEN 0 ELSE
			coalesce((SELECT reactions.rev FROM reactions WHERE room = key AND reactions.seq = messages.seq AND user_id = ?4 AND emoji = ?3), 0)
		END FROM rooms JOIN messages ON messages.room = rooms.key AND id = ?2 WHERE rooms.name = ?1`)
	// listReactors finds the users after a rev.
	listReactors = reading(`SELECT r.user_id, coalesce(m.name, ''), coalesce(m.role, 'participant'), coalesce(m.picture, ''), coalesce(m.title, '')
		FROM reactions r LEFT JOIN members m ON m.room = r.room AND m.user_id = r.user_id
		WHERE r.room = ? AND r.seq = ? AND r.emoji = ? AND r.rev > ? ORDER BY r.rev LIMIT ?`)
)

// namesFrom is the first possible name of a room, namesTo the first after all names. Dropped rooms have names before
// namesFrom.
const (
	namesFrom = "0"
	namesTo   = "\x7f"
)

// RoomNames lists names of rooms; see [rules.Directory].
func (s reader) RoomNames(ctx context.Context, span rules.Span, limit int) ([]string, error) {
	if span.To == "" {
		span.To = namesTo
	}
	return readAll(ctx, s.reads[listNames], "list names of rooms", row.Value[string], max(span.From, namesFrom), span.To, limit)
}

// Rooms reads rooms; see [rules.Directory].
func (s reader) Rooms(ctx context.Context, user string, names []string) (rooms []rules.RoomEntry, err error) {
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	d := directory{&view{ctx: ctx, tx: tx, reads: s.reads, user: user}}
	for _, name := range names {
		r, ok, err := d.room(name)
		if err != nil {
			return nil, fmt.Errorf("read rooms: %w", err)
		}
		if ok {
			rooms = append(rooms, r)
		}
	}
	return rooms, nil
}

// Room reads one room; see [rules.Directory].
func (s reader) Room(ctx context.Context, room, user string) (r rules.RoomEntry, ok bool, err error) {
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return r, false, fmt.Errorf("read a room: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	d := directory{&view{ctx: ctx, tx: tx, reads: s.reads, user: user}}
	if r, ok, err = d.room(room); err != nil {
		return rules.RoomEntry{}, false, fmt.Errorf("read a room: %w", err)
	}
	return r, ok, nil
}

// Settings returns the settings of a room; see [rules.Directory].
func (s reader) Settings(ctx context.Context, room string) (protocol.RoomSettings, error) {
	var settings string
	err := s.reads[readSettings].QueryRowContext(ctx, room).Scan(&settings)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return protocol.RoomSettings{}, fmt.Errorf("read a room's settings: %w", err)
	}
	read, _ := protocol.ReadSettings(settings) // an unreadable setting counts as none
	return read, nil
}

// Members lists the members of a room; see [rules.Directory].
func (s reader) Members(ctx context.Context, room string, part rules.Part) ([]rules.MemberEntry, error) {
	return readAll(ctx, s.reads[listMembers], "list the members", row.Member, room, part.After, limit(part))
}

// FindMembers finds members by their names; see [rules.Directory].
func (s reader) FindMembers(ctx context.Context, room, name string, limit int) ([]rules.MemberEntry, error) {
	from := word.NamePrefix(name)
	if from == "" {
		return nil, nil
	}
	now := protocol.TimeOf(time.Now())
	return readAll(ctx, s.reads[findMembers], "find members", row.Member, room, from, from+"\U0010ffff", int64(now), limit)
}

// Reactors lists the users of a reaction; see [rules.Directory].
func (s reader) Reactors(ctx context.Context, room, id, emoji string, part rules.Part) (users []protocol.User, found bool, err error) {
	var key, seq, after int64
	err = s.reads[findReaction].QueryRowContext(ctx, room, id, emoji, part.After).Scan(&key, &seq, &after)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && part.After != "" && after == 0:
		return nil, false, nil
	case err == nil:
		err = query(ctx, s.reads[listReactors], row.Into(&users, row.Reactor), key, seq, emoji, after, limit(part))
	}
	if err != nil {
		return nil, false, fmt.Errorf("list the users of a reaction: %w", err)
	}
	return users, true, nil
}

// limit returns the limit of a part for SQL; -1 means no limit.
func limit(part rules.Part) int {
	if part.Limit == 0 {
		return -1
	}
	return part.Limit
}

// directory reads rooms from outside, in one snapshot.
type directory struct{ *view }

// room reads a room by its name, as a user sees it from outside.
func (d directory) room(name string) (r rules.RoomEntry, ok bool, err error) {
	var key int64
	row := d.stmt(directoryRoom).QueryRowContext(d.ctx, name)
	ok, err = found(row.Scan(&key, &r.Name, &r.Title, &r.Settings, &r.Epoch, &r.Head, (*int64)(&r.CreatedAt)))
	if ok {
		err = d.complete(&r, key)
	}
	return r, ok && err == nil, err
}

// complete fills in the fields that are not in the room's own row.
func (d directory) complete(r *rules.RoomEntry, key int64) error {
	d.key, d.name = key, r.Name
	counts := d.stmt(countMembers).QueryRowContext(d.ctx, key, d.user)
	if err := counts.Scan(&r.Members, &r.Read); err != nil {
		return err
	}
	if r.Head == 0 {
		return nil
	}
	if r.Read < r.Head {
		unread := d.stmt(countUnread).QueryRowContext(d.ctx, key, r.Read, d.user, rules.UnreadMax)
		if err := unread.Scan(&r.Unread); err != nil {
			return err
		}
		mentions := d.stmt(countMentioned).QueryRowContext(d.ctx, key, d.user, r.Read, rules.UnreadMax)
		if err := mentions.Scan(&r.Mentions); err != nil {
			return err
		}
	}
	newest, _, err := d.run(olderThan, math.MaxInt64, rules.Query{Limit: 1}.PageShare())
	if err != nil || len(newest) == 0 {
		return err
	}
	r.Last = &newest[0]
	return d.mine(newest)
}
