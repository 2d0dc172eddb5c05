package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// namesTo is after all names.
const namesTo = "\x7f"

// RoomNames lists names of rooms; see [rules.Directory].
func (s reader) RoomNames(ctx context.Context, span rules.Span, limit int) ([]string, error) {
	if span.To == "" {
		span.To = namesTo
	}
	return readAll(ctx, s.db, "list names of rooms", row.Value[string],
		`SELECT name FROM rooms WHERE name >= $1 AND name < $2 ORDER BY name LIMIT $3`, text(span.From), text(span.To), limit)
}

// selectRooms reads rooms with their newest messages. It counts no unread messages for a member who has read up to the
// head.
var selectRooms = `SELECT r.name, r.title, r.settings, r.made_at, c.members, coalesce(i.read, 0),
		CASE WHEN coalesce(i.read, 0) >= r.head THEN 0 ELSE (SELECT count(*) FROM (SELECT 1 FROM messages
			WHERE room = r.key AND seq > coalesce(i.read, 0) AND deleted_at = 0 AND sender_id <> $2 LIMIT $3) AS unread) END,
		CASE WHEN coalesce(i.read, 0) >= r.head THEN 0 ELSE (` + countMentions("r.key", "$2", "coalesce(i.read, 0)", "$3") + `) END,
		r.epoch, r.head, m.seq IS NOT NULL, CASE WHEN m.reactions <> '' AND $2 <> '' THEN
			(SELECT array_agg(emoji) FROM reactions WHERE room = r.key AND seq = m.seq AND user_id = $2 AND rev > 0) END, 0, ` + pageColumns + `
	FROM unnest($1::text[]) WITH ORDINALITY AS k (name, place) JOIN rooms r ON r.name = k.name
	LEFT JOIN members i ON i.room = r.key AND i.user_id = $2
	CROSS JOIN LATERAL (SELECT count(*) AS members FROM members WHERE room = r.key) AS c
	LEFT JOIN LATERAL (SELECT * FROM messages WHERE room = r.key ORDER BY seq DESC LIMIT 1) AS m ON true
	ORDER BY k.place`

// Rooms reads rooms; see [rules.Directory].
func (s reader) Rooms(ctx context.Context, user string, names []string) (rooms []rules.RoomEntry, err error) {
	v := &view{}
	var r rules.RoomEntry
	v.row = newMessageRow(&r.Name, &r.Title, &r.Settings, (*int64)(&r.CreatedAt), &r.Members, &r.Read, &r.Unread, &r.Mentions,
		&v.epoch, &v.head, &v.there, &v.mine, &v.side)
	rows, err := s.readers.Query(ctx, selectRooms, names, user, rules.UnreadMax)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		m, ok, err := v.next(rows)
		if err != nil {
			return nil, fmt.Errorf("read rooms: %w", explain(err))
		}
		one := r
		one.Epoch, one.Head, one.Last = v.epoch, v.head, nil
		if ok {
			m.Room = one.Name
			one.Last = &m
		}
		rooms = append(rooms, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read rooms: %w", explain(err))
	}
	return rooms, nil
}

// Room reads one room; see [rules.Directory].
func (s reader) Room(ctx context.Context, room, user string) (r rules.RoomEntry, ok bool, err error) {
	rooms, err := s.Rooms(ctx, user, []string{room})
	if err != nil || len(rooms) == 0 {
		return r, false, err
	}
	return rooms[0], true, nil
}

// Settings returns the settings of a room; see [rules.Directory].
func (s reader) Settings(ctx context.Context, room string) (protocol.RoomSettings, error) {
	var settings string
	err := s.readers.QueryRow(ctx, `SELECT settings FROM rooms WHERE name = $1`, room).Scan(&settings)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return protocol.RoomSettings{}, fmt.Errorf("read a room's settings: %w", explain(err))
	}
	read, _ := protocol.ReadSettings(settings) // an unreadable setting counts as none
	return read, nil
}

// Members lists the members of a room; see [rules.Directory].
func (s reader) Members(ctx context.Context, room string, part rules.Part) ([]rules.MemberEntry, error) {
	return readAll(ctx, s.db, "list the members", row.Member, `SELECT `+row.MemberColumns+` FROM rooms JOIN members m ON m.room = rooms.key
		WHERE rooms.name = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3`, room, text(part.After), limit(part))
}

// limit returns the limit of a part for SQL; null means no limit.
func limit(part rules.Part) *int {
	if part.Limit == 0 {
		return nil
	}
	return &part.Limit
}
