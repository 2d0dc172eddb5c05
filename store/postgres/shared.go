package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
)

// shared answers the questions of relays on one database.
type shared struct{ *db }

// Cluster returns the id of the database; see [rules.Shared].
func (s shared) Cluster(ctx context.Context) (id string, err error) {
	if err = s.readers.QueryRow(ctx, `SELECT cluster FROM database`).Scan(&id); err != nil {
		return "", fmt.Errorf("read the database's id: %w", explain(err))
	}
	return id, nil
}

const selectHeads = `SELECT k.name, coalesce(r.epoch, ''), coalesce(r.head, 0), coalesce(r.rules, 0), d.revocations
	FROM database d LEFT JOIN unnest($1::text[]) WITH ORDINALITY AS k (name, place) ON true LEFT JOIN rooms r ON r.name = k.name
	ORDER BY k.place`

// Heads reads the heads of rooms; see [rules.Shared].
func (s shared) Heads(ctx context.Context, names []string) (heads rules.Heads, err error) {
	if len(names) > 0 {
		heads.Rooms = make([]rules.Head, 0, len(names))
	}
	rows, err := s.heads.Query(ctx, selectHeads, names)
	if err == nil {
		var name *string
		var h rules.Head
		_, err = pgx.ForEachRow(rows, []any{&name, &h.Epoch, &h.Head, &h.Rules, &heads.Revocations}, func() error {
			if name != nil {
				h.Room = *name
				heads.Rooms = append(heads.Rooms, h)
			}
			return nil
		})
	}
	if err != nil {
		return rules.Heads{}, fmt.Errorf("read heads: %w", explain(err))
	}
	return heads, nil
}

// selectRuling reads a room with its mutes in force, in one snapshot.
const selectRuling = `SELECT r.epoch, r.rules, r.settings, (SELECT count(*) FROM reports WHERE room = r.key AND state = 'open'),
		coalesce((SELECT min(seq) FROM messages WHERE room = r.key), r.head + 1),
		coalesce(s.user_id, ''), coalesce(m.name, ''), coalesce(m.role, 'participant'), coalesce(s.until, 0), coalesce(s.reason, ''),
		coalesce(s.by_id, ''), coalesce(s.by_name, ''), coalesce(s.at, 0)
	FROM rooms r LEFT JOIN sanctions s ON s.room = r.key AND s.kind = 'mute' AND (s.until = 0 OR s.until > hallway_now())
	LEFT JOIN members m ON m.room = r.key AND m.user_id = s.user_id WHERE r.name = $1 ORDER BY s.user_id`

// Ruling reads a room's rules; see [rules.Shared].
func (s shared) Ruling(ctx context.Context, room string) (r rules.Ruling, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var settings string
		one := protocol.Sanction{Kind: protocol.ActMute}
		err := scan(&r.Epoch, &r.Version, &settings, &r.Reports, &r.Below, &one.User.ID, &one.User.Name, (*string)(&one.User.Role), (*int64)(&one.Until),
			&one.Reason, &one.By.ID, &one.By.Name, (*int64)(&one.At))
		r.Settings, _ = protocol.ReadSettings(settings) // an unreadable setting counts as none
		if one.User.ID != "" {
			r.Mutes = append(r.Mutes, one)
		}
		return err
	}, selectRuling, room)
	if err == nil && r.Settings.E2EE != 0 {
		// If a turn comes between the two queries, the room gets another version.
		r.Lock, err = s.lockOf(ctx, room)
	}
	if err != nil {
		return rules.Ruling{}, fmt.Errorf("read a room's rules: %w", err)
	}
	return r, nil
}

const (
	// markRead moves markers. It takes the rows in the order of their keys, so that two relays do not wait for each
	// other.
	markRead = `WITH k AS MATERIALIZED (
		SELECT i.room, i.user_id, max(least(k.seq, r.head)) AS seq FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS k (name, epoch, user_id, seq)
		JOIN rooms r ON r.name = k.name AND r.epoch = k.epoch JOIN members i ON i.room = r.key AND i.user_id = k.user_id
		GROUP BY i.room, i.user_id ORDER BY i.room, i.user_id)
	UPDATE members i SET read = k.seq FROM k WHERE i.room = k.room AND i.user_id = k.user_id AND i.read < k.seq`
	// storedMarks reads the same markers in the order of the arguments.
	storedMarks = `SELECT coalesce(i.read, 0) FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS k (name, epoch, user_id, n)
		LEFT JOIN rooms r ON r.name = k.name AND r.epoch = k.epoch LEFT JOIN members i ON i.room = r.key AND i.user_id = k.user_id ORDER BY k.n`
)

// MarkRead moves read markers; see [rules.Shared].
func (s shared) MarkRead(ctx context.Context, marks []rules.ReadMark) (stored []int64, err error) {
	if len(marks) == 0 {
		return nil, nil
	}
	n := len(marks)
	rooms, epochs, users, seqs := make([]string, n), make([]string, n), make([]string, n), make([]int64, n)
	for i, m := range marks {
		rooms[i], epochs[i], users[i], seqs[i] = m.Room, m.Epoch, m.User, m.Seq
	}
	err = pgx.BeginFunc(ctx, s.readers, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, markRead, rooms, epochs, users, seqs); err != nil {
			return err
		}
		found, err := tx.Query(ctx, storedMarks, rooms, epochs, users)
		if err != nil {
			return err
		}
		stored, err = pgx.CollectRows(found, pgx.RowTo[int64])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("move read markers: %w", explain(err))
	}
	return stored, nil
}
