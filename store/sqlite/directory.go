package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"hallway/protocol"
	"hallway/relay/rules"
)

// directoryStatements are prepared on the readers' connections.
type directoryStatements struct {
	names  *sql.Stmt
	room   *sql.Stmt
	counts *sql.Stmt
	unread *sql.Stmt
	// mentions counts the unread ones.
	mentions *sql.Stmt
	members  *sql.Stmt

	settings *sql.Stmt

	sanctions   *sql.Stmt
	reports     *sql.Stmt
	audit       *sql.Stmt
	revocations *sql.Stmt
}

func prepareDirectory(ctx context.Context, db *sql.DB) (d directoryStatements, err error) {
	err = prepare(ctx, db, map[**sql.Stmt]string{
		&d.names: `SELECT name FROM rooms WHERE dropped = 0 AND name >= ? AND name < ? ORDER BY name LIMIT ?`,
		&d.room:  `SELECT key, name, title, settings, epoch, head, made_at FROM rooms WHERE dropped = 0 AND name = ?`,
		&d.counts: `SELECT (SELECT count(*) FROM members WHERE room = ?1),
			coalesce((SELECT read FROM members WHERE room = ?1 AND user_id = ?2), 0)`,
		&d.unread: `SELECT count(*) FROM (SELECT 1 FROM messages
			WHERE room = ? AND seq > ? AND deleted_at = 0 AND sender_id <> ? LIMIT ?)`,
		&d.mentions: countMentions,
		&d.settings: `SELECT settings FROM rooms WHERE dropped = 0 AND name = ?`,
		&d.members: `SELECT user_id, members.name, role, read, joined_at
			FROM rooms JOIN members ON members.room = rooms.key WHERE rooms.name = ? AND user_id > ?
			ORDER BY user_id LIMIT ?`,

		&d.sanctions: `SELECT sanctions.user_id, coalesce(members.name, ''), coalesce(members.role, 'participant'),
				kind, until, reason, by_id, by_name, at
			FROM rooms JOIN sanctions ON sanctions.room = rooms.key
			LEFT JOIN members ON members.room = rooms.key AND members.user_id = sanctions.user_id
			WHERE rooms.name = ? AND (until = 0 OR until > ?) AND sanctions.user_id > ?
			ORDER BY sanctions.user_id, kind DESC LIMIT ?`,
		&d.reports: `SELECT ` + reportColumns + ` FROM reports
			WHERE room = (SELECT key FROM rooms WHERE name = ?1) AND n < ?2 AND ?3 IN ('', state) ORDER BY n DESC LIMIT ?4`,
		&d.audit:       `SELECT ` + auditColumns + ` FROM audit WHERE room = ? AND n < ? ORDER BY n DESC LIMIT ?`,
		&d.revocations: `SELECT user_id, at FROM revocations`,
	})
	return d, err
}

// The first name that a room can have, and the first beyond all. Dropped rooms have
// names before the first.
const (
	namesFrom = "0"
	namesTo   = "\x7f"
)

// RoomNames lists names of rooms; see [rules.Directory].
func (s *reader) RoomNames(ctx context.Context, span rules.Span, limit int) ([]string, error) {
	if span.To == "" {
		span.To = namesTo
	}
	names, err := s.names(ctx, max(span.From, namesFrom), span.To, limit)
	if err != nil {
		return nil, fmt.Errorf("list names of rooms: %w", err)
	}
	return names, nil
}

func (s *reader) names(ctx context.Context, from, to string, limit int) (names []string, err error) {
	rows, err := s.read.directory.names.QueryContext(ctx, from, to, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// Rooms reads rooms; see [rules.Directory].
func (s *reader) Rooms(ctx context.Context, user string, names []string) (rooms []rules.RoomEntry, err error) {
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	d := directory{&view{ctx: ctx, tx: tx, read: &s.read, user: user}}
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

// Room is one of them; see [rules.Directory].
func (s *reader) Room(ctx context.Context, room, user string) (r rules.RoomEntry, ok bool, err error) {
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return r, false, fmt.Errorf("read a room: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	d := directory{&view{ctx: ctx, tx: tx, read: &s.read, user: user}}
	if r, ok, err = d.room(room); err != nil {
		return rules.RoomEntry{}, false, fmt.Errorf("read a room: %w", err)
	}
	return r, ok, nil
}

// Settings returns the settings of a room; see [rules.Directory].
func (s *reader) Settings(ctx context.Context, room string) (protocol.RoomSettings, error) {
	var settings string
	err := s.read.directory.settings.QueryRowContext(ctx, room).Scan(&settings)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return protocol.RoomSettings{}, fmt.Errorf("read a room's settings: %w", err)
	}
	read, _ := protocol.ReadSettings(settings) // what is no setting counts as none
	return read, nil
}

// Members lists who has joined; see [rules.Directory].
func (s *reader) Members(ctx context.Context, room string, part rules.Part) ([]rules.MemberEntry, error) {
	members, err := s.members(ctx, room, part)
	if err != nil {
		return nil, fmt.Errorf("list the members: %w", err)
	}
	return members, nil
}

func (s *reader) members(ctx context.Context, room string, part rules.Part) (members []rules.MemberEntry, err error) {
	rows, err := s.read.directory.members.QueryContext(ctx, room, part.After, limit(part))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var m rules.MemberEntry
		err := rows.Scan(&m.User.ID, &m.User.Name, (*string)(&m.User.Role), &m.Read, (*int64)(&m.JoinedAt))
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, rows.Err()
}

// limit returns the limit of a part for SQL, where -1 stands for no limit.
func limit(part rules.Part) int {
	if part.Limit == 0 {
		return -1
	}
	return part.Limit
}

// directory reads rooms from outside, in one snapshot.
type directory struct{ *view }

// room is one by its name, as it is seen from outside.
func (d directory) room(name string) (r rules.RoomEntry, ok bool, err error) {
	var key int64
	row := d.stmt(d.read.directory.room).QueryRowContext(d.ctx, name)
	err = row.Scan(&key, &r.Name, &r.Title, &r.Settings, &r.Epoch, &r.Head, (*int64)(&r.CreatedAt))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err == nil {
		err = d.complete(&r, key)
	}
	return r, err == nil, err
}

// complete fills in what is not in the room's own row.
func (d directory) complete(r *rules.RoomEntry, key int64) error {
	d.key, d.name = key, r.Name
	counts := d.stmt(d.read.directory.counts).QueryRowContext(d.ctx, key, d.user)
	if err := counts.Scan(&r.Members, &r.Read); err != nil {
		return err
	}
	if r.Head == 0 {
		return nil
	}
	if r.Read < r.Head {
		unread := d.stmt(d.read.directory.unread).QueryRowContext(d.ctx, key, r.Read, d.user, rules.UnreadMax)
		if err := unread.Scan(&r.Unread); err != nil {
			return err
		}
		mentions := d.stmt(d.read.directory.mentions).QueryRowContext(d.ctx, key, d.user, r.Read, rules.UnreadMax)
		if err := mentions.Scan(&r.Mentions); err != nil {
			return err
		}
	}
	newest, _, err := d.run(d.read.older, math.MaxInt64, rules.Query{Limit: 1}.PageShare())
	if err != nil || len(newest) == 0 {
		return err
	}
	r.Last = &newest[0]
	return d.mine(newest)
}
