package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"hallway/store/column"
	"hallway/store/row"
	"hallway/store/word"
)

// Check looks for damage in the database at path, even while a relay uses it, and calls found with one line for each
// finding. It returns an error only if a check could not run.
func Check(ctx context.Context, path string, found func(string), progress Progress) error {
	err := inSnapshot(ctx, path, func(tx *sql.Tx) error { return inspect(ctx, tx, found, progress) })
	if err != nil {
		return fmt.Errorf("check %q: %w", path, err)
	}
	return nil
}

func inspect(ctx context.Context, tx *sql.Tx, found func(string), progress Progress) error {
	i := inspection{ctx: ctx, tx: tx, found: found}
	steps := i.steps()
	version, err := schemaOf(ctx, tx)
	switch {
	case err != nil:
		steps = steps[:1]
	case version != schema:
		steps = steps[:2]
		defer found(fmt.Sprintf("its schema is %d, this hallway's %d: only its pages could be checked", version, schema))
	}
	for n, step := range steps {
		if progress != nil {
			progress(n, len(steps))
		}
		if err := step(); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			found(strings.Join(strings.Fields(err.Error()), " "))
		}
	}
	if progress != nil {
		progress(len(steps), len(steps))
	}
	return nil
}

// schema is the version after all migrations.
const schema = 11

// inspection is one check of a database. A step returns an error if it could not continue; in a damaged file that is a
// finding, too.
type inspection struct {
	ctx   context.Context
	tx    *sql.Tx
	found func(string)
}

func (i *inspection) steps() []func() error {
	heads := func() error { return checkHeads(i.ctx, i.tx) }
	revs := func() error { return checkRevs(i.ctx, i.tx) }
	return []func() error{i.pages, i.references, heads, revs, i.summaries, i.reactions, i.mentions, i.names, i.vault, i.fileBytes, i.index}
}

// pages checks each page, index and constraint.
func (i *inspection) pages() error {
	return i.each(`PRAGMA integrity_check(`+fmt.Sprint(row.FindingsMax)+`)`, func(scan func(...any) error) (string, error) {
		var text string
		err := scan(&text)
		if isBeingEmptied(text) {
			text = ""
		}
		return strings.TrimPrefix(text, "ok"), err
	})
}

// references looks for rows that refer to missing rows.
func (i *inspection) references() error {
	return i.each(`PRAGMA foreign_key_check`, func(scan func(...any) error) (string, error) {
		var table, parent string
		var row, key sql.NullInt64
		err := scan(&table, &row, &parent, &key)
		return fmt.Sprintf("a row of %s belongs to none of %s", table, parent), err
	})
}

// each reports the text of each row, unless it is "".
func (i *inspection) each(sql string, text func(scan func(...any) error) (string, error), args ...any) error {
	return ask(i.ctx, i.tx, row.Findings(i.found, text), sql, args...)
}

// summaries compares the summaries of reactions in messages with the rows.
func (i *inspection) summaries() error {
	reactors, err := i.tx.PrepareContext(i.ctx, `SELECT emoji, user_id FROM reactions WHERE room = ? AND seq = ? AND rev > 0 ORDER BY rev`)
	if err != nil {
		return err
	}
	defer func() { _ = reactors.Close() }()
	// A connection reads one result at a time, so the messages come in parts.
	const part = 1000
	var key, seq int64
	for {
		type reacted struct {
			key, seq       int64
			name, reaction string
		}
		var messages []reacted
		err := ask(i.ctx, i.tx, func(scan func(...any) error) error {
			var m reacted
			err := scan(&m.key, &m.seq, &m.name, &m.reaction)
			messages = append(messages, m)
			return err
		}, `SELECT messages.room, seq, name, reactions FROM messages JOIN rooms ON rooms.key = messages.room
			WHERE (messages.room, seq) > (?, ?) AND reactions <> '' AND dropped = 0 ORDER BY messages.room, seq LIMIT ?`, key, seq, part)
		if err != nil {
			return err
		}
		for _, m := range messages {
			key, seq = m.key, m.seq
			same, err := i.summary(reactors, m.key, m.seq, m.reaction)
			if err != nil {
				return err
			}
			if !same {
				i.found(fmt.Sprintf("message %d of room %q sums its reactions up wrongly", m.seq, m.name))
			}
		}
		if len(messages) < part {
			return nil
		}
	}
}

// summary compares one message's reactions with the rows.
func (i *inspection) summary(reactors *sql.Stmt, key, seq int64, summary string) (same bool, err error) {
	var emoji, users []string
	err = query(i.ctx, reactors, func(scan func(...any) error) error {
		var one, user string
		err := scan(&one, &user)
		emoji, users = append(emoji, one), append(users, user)
		return err
	}, key, seq)
	return column.SumsUp(summary, emoji, users), err
}

// reactions looks for rows that no message's summary includes.
func (i *inspection) reactions() error {
	return i.each(`SELECT name, reactions.seq FROM reactions JOIN rooms ON rooms.key = reactions.room
		LEFT JOIN messages ON messages.room = reactions.room AND messages.seq = reactions.seq
		WHERE dropped = 0 AND coalesce(messages.reactions, '') = ''`, row.RoomFinding("a reaction in room %q belongs to message %d, which has none"))
}

// mentions compares the mentions in messages with the rows.
func (i *inspection) mentions() error {
	return i.each(`SELECT name, m.seq FROM messages m JOIN rooms ON rooms.key = m.room WHERE dropped = 0 AND m.mentions <> '' AND
			(SELECT group_concat(user_id || ' ' || by_id, char(10)) FROM
				(SELECT user_id, by_id FROM mentions WHERE room = m.room AND seq = m.seq ORDER BY user_id)) IS NOT
			(SELECT group_concat(user_id || ' ' || m.sender_id, char(10)) FROM
				(SELECT DISTINCT coalesce(value ->> 'user', '') AS user_id FROM json_each(m.mentions) ORDER BY user_id))
		UNION ALL
		SELECT DISTINCT name, mentions.seq FROM mentions JOIN rooms ON rooms.key = mentions.room
			LEFT JOIN messages ON messages.room = mentions.room AND messages.seq = mentions.seq
			WHERE dropped = 0 AND coalesce(messages.mentions, '') = ''`, row.RoomFinding("the mentions of message %[2]d in room %[1]q are counted wrongly"))
}

// names compares the names of members with their terms.
func (i *inspection) names() error {
	var version int
	if err := i.tx.QueryRowContext(i.ctx, `SELECT names FROM index_version`).Scan(&version); err != nil || version != word.NamesVersion {
		return err // the terms of another version will be made anew
	}
	has, err := i.tx.PrepareContext(i.ctx, `SELECT count(*) FROM member_terms WHERE room = ? AND term = ? AND user_id = ?`)
	if err != nil {
		return err
	}
	defer func() { _ = has.Close() }()
	var want, rows, told int
	err = eachMember(i.ctx, i.tx, func(room int64, user, name string) error {
		for _, term := range word.NameTerms(name) {
			want++
			var n int
			if err := has.QueryRowContext(i.ctx, room, term, user).Scan(&n); err != nil {
				return err
			}
			if n == 0 && told < row.FindingsMax {
				told++
				i.found(fmt.Sprintf("member %q is not found by the name", user))
			}
		}
		return nil
	})
	if err == nil {
		err = i.tx.QueryRowContext(i.ctx, `SELECT count(*) FROM member_terms`).Scan(&rows)
	}
	if err == nil && told == 0 && rows != want {
		i.found(fmt.Sprintf("the index of members' names has %d terms, not %d", rows, want))
	}
	return err
}

// index compares the index of words with the texts that it should cover.
func (i *inspection) index() error {
	var version int
	if err := i.tx.QueryRowContext(i.ctx, `SELECT version FROM index_version`).Scan(&version); err != nil || version != word.Version {
		return err // the index of another version will be made anew
	}
	return errors.Join(
		i.each(`SELECT name, seq, text, coalesce(c0text, '') FROM messages JOIN rooms ON rooms.key = messages.room
			LEFT JOIN reindexes ON reindexes.room = messages.room
			LEFT JOIN search_content ON docid = (messages.room << 32) + seq
			WHERE dropped = 0 AND rev <= indexed AND text <> '' AND seq <= ? AND seq >= coalesce(below, 0)`, i.unindexed, seqMax),
		i.each(`SELECT name, docid & ? FROM search_content JOIN rooms ON rooms.key = docid >> 32
			LEFT JOIN messages ON messages.room = docid >> 32 AND seq = docid & ?1
			WHERE dropped = 0 AND (seq IS NULL OR text = '' AND rev <= indexed)`,
			row.RoomFinding("the index of words has message %[2]d of room %[1]q, which has no such text"), seqMax),
	)
}

func (i *inspection) unindexed(scan func(...any) error) (string, error) {
	var room, text, terms string
	var seq int64
	err := scan(&room, &seq, &text, &terms)
	if err != nil || terms == word.Index(text) {
		return "", err
	}
	return fmt.Sprintf("message %d of room %q is not in the index of words", seq, room), nil
}
