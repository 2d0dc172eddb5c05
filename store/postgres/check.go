package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/column"
	"hallway/store/row"
	"hallway/store/word"
)

// Check looks for damage in the database, even while relays use it, and calls found with one line for each finding. It
// returns an error only if a check could not run. It does not look for damage in the server's files; pg_amcheck does.
func Check(ctx context.Context, url string, found func(string), progress Progress) error {
	err := inSnapshot(ctx, url, func(tx pgx.Tx) error {
		i := inspection{ctx: ctx, tx: tx, found: found}
		steps := i.steps()
		for n, step := range steps {
			if progress != nil {
				progress(n, len(steps))
			}
			if err := step(); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(len(steps), len(steps))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("check %q: %w", Name(url), err)
	}
	return nil
}

// inSnapshot calls do with a transaction that reads the present state of the database and changes nothing. It refuses a
// database of another schema.
func inSnapshot(ctx context.Context, url string, do func(pgx.Tx) error) error {
	config, err := parse(url)
	if err != nil {
		return NotBegunError{err}
	}
	d := &db{config: config}
	conn, err := d.connectOnce(ctx)
	if err != nil {
		return NotBegunError{explain(err)}
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var there bool
	if err := conn.QueryRow(ctx, `SELECT to_regclass('database') IS NOT NULL AND to_regclass('goose_db_version') IS NOT NULL`).Scan(&there); err != nil {
		return explain(err)
	}
	if !there {
		return NotBegunError{errors.New("it is not the database of a relay")}
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return explain(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	var version int
	if err := tx.QueryRow(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version); err != nil {
		return explain(err)
	}
	if version != schema {
		return NotBegunError{fmt.Errorf("its schema is %d, this hallway's %d: start the relay once", version, schema)}
	}
	return explain(do(tx))
}

// inspection is one check of a database.
type inspection struct {
	ctx   context.Context
	tx    pgx.Tx
	found func(string)
}

func (i *inspection) steps() []func() error {
	return []func() error{i.references, i.heads, i.revs, i.summaries, i.reactions, i.mentions, i.files, i.fileBytes, i.names, i.vault, i.index}
}

// each reports the text of each row, unless it is "".
func (i *inspection) each(query string, text func(scan func(...any) error) (string, error)) error {
	return inTransaction{i.ctx, i.tx}.Query(row.Findings(i.found, text), query)
}

// references looks for rows of missing rooms.
func (i *inspection) references() error {
	for _, table := range []string{"messages", "members", "member_terms", "sanctions", "reports", "reactions", "sent", "files", "turns", "wraps", "room_devices", "dues"} {
		err := i.each(`SELECT room, count(*) FROM `+table+` WHERE NOT EXISTS (SELECT 1 FROM rooms WHERE key = room) GROUP BY room`,
			func(scan func(...any) error) (string, error) {
				var key, n int64
				err := scan(&key, &n)
				return fmt.Sprintf("%d rows of %s belong to room %d, which is not there", n, table, key), err
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// heads checks that each room's head is the rev of its last change, whether the message exists or was deleted because
// of its age.
func (i *inspection) heads() error {
	return i.each(`SELECT name, head, last FROM (SELECT name, head, greatest(purged, (SELECT max(seq) FROM messages WHERE room = key),
			(SELECT max(rev) FROM messages WHERE room = key AND rev <> seq), 0) AS last FROM rooms WHERE name IS NOT NULL) AS r WHERE last <> head`,
		func(scan func(...any) error) (string, error) {
			var room string
			var head, last int64
			err := scan(&room, &head, &last)
			return fmt.Sprintf("the head of room %q is %d, its last change has rev %d", room, head, last), err
		})
}

// revs checks that no two messages of a room have one rev, and that times increase.
func (i *inspection) revs() error {
	err := i.each(`SELECT r.name, changed.rev FROM messages AS changed JOIN messages AS made ON made.room = changed.room AND made.seq = changed.rev
			AND made.rev = made.seq JOIN rooms r ON r.key = changed.room WHERE changed.rev <> changed.seq AND r.name IS NOT NULL`,
		row.RoomFinding("two messages of room %q have rev %d"))
	if err != nil {
		return err
	}
	return i.each(`SELECT r.name, m.seq FROM (SELECT room, seq, created_at, lag(created_at) OVER (PARTITION BY room ORDER BY seq) AS before FROM messages) AS m
			JOIN rooms r ON r.key = m.room WHERE m.created_at <= m.before AND r.name IS NOT NULL`,
		row.RoomFinding("message %[2]d of room %[1]q is not newer than the one before it"))
}

// summaries compares the summaries of reactions in messages with the rows.
func (i *inspection) summaries() error {
	return i.each(`SELECT name, m.seq, m.reactions, array_agg(x.emoji ORDER BY x.rev) FILTER (WHERE x.rev > 0), array_agg(x.user_id ORDER BY x.rev) FILTER (WHERE x.rev > 0)
		FROM messages m JOIN rooms ON key = m.room LEFT JOIN reactions x ON x.room = m.room AND x.seq = m.seq
		WHERE m.reactions <> '' AND name IS NOT NULL GROUP BY name, m.room, m.seq, m.reactions`, func(scan func(...any) error) (string, error) {
		var room, summary string
		var seq int64
		var emoji, users []string
		if err := scan(&room, &seq, &summary, &emoji, &users); err != nil {
			return "", err
		}
		if column.SumsUp(summary, emoji, users) {
			return "", nil
		}
		return fmt.Sprintf("message %d of room %q sums its reactions up wrongly", seq, room), nil
	})
}

// reactions looks for rows that no message's summary includes.
func (i *inspection) reactions() error {
	return i.each(`SELECT name, x.seq FROM reactions x JOIN rooms ON key = x.room LEFT JOIN messages m ON m.room = x.room AND m.seq = x.seq
		WHERE name IS NOT NULL AND coalesce(m.reactions, '') = ''`, row.RoomFinding("a reaction in room %q belongs to message %d, which has none"))
}

// names compares the names of members with their terms.
func (i *inspection) names() error {
	var version, want, rows int
	if err := i.tx.QueryRow(i.ctx, `SELECT names FROM database`).Scan(&version); err != nil || version != word.NamesVersion {
		return err // the terms of another version will be made anew
	}
	wrong := 0
	err := eachMember(i.ctx, i.tx, func(rooms []int64, users, names []string) error {
		var of []int64
		var terms, by []string
		for at, name := range names {
			for _, term := range word.NameTerms(name) {
				of, terms, by = append(of, rooms[at]), append(terms, term), append(by, users[at])
			}
		}
		want += len(terms)
		var lacks int
		err := i.tx.QueryRow(i.ctx, `SELECT count(*) FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (room, term, user_id)
			WHERE NOT EXISTS (SELECT 1 FROM member_terms t WHERE t.room = k.room AND t.term = k.term AND t.user_id = k.user_id)`, of, terms, by).Scan(&lacks)
		wrong += lacks
		return err
	})
	if err == nil {
		err = i.tx.QueryRow(i.ctx, `SELECT count(*) FROM member_terms`).Scan(&rows)
	}
	if err == nil && (wrong > 0 || rows != want) {
		i.found(fmt.Sprintf("the index of members' names lacks %d terms, and has %d, not %d", wrong, rows, want))
	}
	return err
}

// mentions compares the mentions in messages with the rows.
func (i *inspection) mentions() error {
	return i.each(`SELECT name, room, seq, more, sender_id, users, by_ids FROM (
			SELECT m.room, m.seq, m.more, m.sender_id, array_agg(x.user_id ORDER BY x.user_id) FILTER (WHERE x.user_id IS NOT NULL) AS users,
				array_agg(DISTINCT x.by_id) FILTER (WHERE x.user_id IS NOT NULL) AS by_ids
			FROM messages m LEFT JOIN mentions x ON x.room = m.room AND x.seq = m.seq WHERE m.more LIKE '[%' OR m.more LIKE '{"files":%' OR x.user_id IS NOT NULL
			GROUP BY m.room, m.seq, m.more, m.sender_id) AS m JOIN rooms ON key = room WHERE name IS NOT NULL`, func(scan func(...any) error) (string, error) {
		var room, more string
		var key, seq int64
		var users, by []string
		var m protocol.Message
		if err := scan(&room, &key, &seq, &more, &m.Sender.ID, &users, &by); err != nil {
			return "", err
		}
		err := column.DecodeMore(&m, more)
		want := rules.Mentioned(&m)
		slices.Sort(want)
		if err == nil && slices.Equal(want, users) && (len(by) == 0 || slices.Equal(by, []string{m.Sender.ID})) {
			return "", nil
		}
		return fmt.Sprintf("the mentions of message %d of room %q are counted wrongly", seq, room), nil
	})
}

// index compares the index of words with the texts that it should cover.
func (i *inspection) index() error {
	var version int
	if err := i.tx.QueryRow(i.ctx, `SELECT words FROM database`).Scan(&version); err != nil || version != word.Version {
		return err // the index of another version will be made anew
	}
	return i.each(`SELECT name, m.room, m.seq, m.text, coalesce(tsvector_to_array(s.terms), '{}') FROM messages m JOIN rooms ON key = m.room
		JOIN indexed x ON x.room = m.room LEFT JOIN search s ON s.room = m.room AND s.seq = m.seq
		WHERE name IS NOT NULL AND m.rev <= x.rev AND (m.text <> '' OR s.terms IS NOT NULL)`, func(scan func(...any) error) (string, error) {
		var room, text string
		var key, seq int64
		var terms []string
		if err := scan(&room, &key, &seq, &text, &terms); err != nil {
			return "", err
		}
		want := lexemes(key, seq, text)
		slices.Sort(want)
		slices.Sort(terms)
		if slices.Equal(slices.Compact(want), terms) {
			return "", nil
		}
		return fmt.Sprintf("message %d of room %q is in the index of words with other words than it has", seq, room), nil
	})
}
