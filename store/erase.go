package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// eraseRows are changed in one transaction.
const eraseRows = 500

// Erase takes a user out of the database at path, which no relay may use meanwhile.
// The user's messages become tombstones under a random pseudonym, at a new rev each,
// so that clients learn of it; reactions, what they did as a moderator and what they
// reported stand under the pseudonym without a name; memberships, sanctions of them,
// revocations, and the words of reports and acts about them are gone. It returns how
// many messages that were.
//
// The file is then written anew, which takes as much space again for that time.
// It goes on where one that was ended has stopped, under the same pseudonym.
// progress is told of messages.
func Erase(ctx context.Context, path, user string, now time.Time, progress Progress) (messages int, err error) {
	if _, err := os.Stat(path); err != nil {
		return 0, NotBegunError{fmt.Errorf("erase from %q: %w", path, err)}
	}
	s, err := Open(ctx, Options{Path: path})
	if err != nil {
		return 0, NotBegunError{err}
	}
	e := eraser{s: s, user: user, now: protocol.TimeOf(now), progress: progress}
	err = errors.Join(e.erase(ctx), s.Close())
	if err != nil {
		return e.done, fmt.Errorf("erase from %q: %w", path, explain(err))
	}
	return e.done, nil
}

// eraser is one erasing. It has the writer's turn for each transaction.
type eraser struct {
	s         *SQLite
	user      string
	pseudonym string
	now       protocol.Time
	progress  Progress

	done, total int // messages
}

func (e *eraser) erase(ctx context.Context) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	for _, part := range []struct {
		places string // the next messages to change, after a place
		change func(b *batch, r *room, m *protocol.Message) error
	}{
		{`SELECT room, seq FROM messages WHERE (room, seq) > (?1, ?2) AND sender_id = ?3 ORDER BY room, seq LIMIT ?4`, e.bury},
		{`SELECT DISTINCT room, seq FROM reactions WHERE (room, seq) > (?1, ?2) AND user_id = ?3 ORDER BY room, seq LIMIT ?4`, e.rename},
	} {
		if err := e.each(ctx, part.places, part.change); err != nil {
			return err
		}
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	// The index must forget the words, too.
	for more := true; more; {
		pause, err := e.s.tendSlice(ctx)
		if err != nil {
			return err
		}
		more = pause > 0
	}
	return e.overwrite(ctx)
}

// overwrite writes the database anew: what was deleted, now and earlier, is still
// in parts of the index and in pages that are free.
func (e *eraser) overwrite(ctx context.Context) error {
	e.s.turn.Lock()
	defer e.s.turn.Unlock()
	for _, step := range []string{`INSERT INTO search (search) VALUES ('optimize')`, `VACUUM`} {
		if _, err := e.s.writer.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// begin finds the pseudonym, or chooses one.
func (e *eraser) begin(ctx context.Context) error {
	e.s.turn.Lock()
	defer e.s.turn.Unlock()
	db := e.s.writer
	_, err := db.ExecContext(ctx, `INSERT INTO erasures (user_id, pseudonym) VALUES (?, ?) ON CONFLICT DO NOTHING`,
		e.user, "erased-"+strings.ToLower(rand.Text()))
	if err != nil {
		return err
	}
	return db.QueryRowContext(ctx, `SELECT pseudonym, (SELECT count(*) FROM messages WHERE sender_id = ?1)
		FROM erasures WHERE user_id = ?1`, e.user).Scan(&e.pseudonym, &e.total)
}

// each changes the messages at the places, in several transactions.
func (e *eraser) each(ctx context.Context, places string, change func(*batch, *room, *protocol.Message) error) error {
	type place struct{ room, seq int64 }
	var last place
	for {
		var found []place
		err := e.transaction(ctx, func(b *batch) error {
			stmt, err := b.tx.PrepareContext(ctx, places)
			if err != nil {
				return err
			}
			defer func() { _ = stmt.Close() }()
			err = query(ctx, stmt, func(scan func(...any) error) error {
				var p place
				err := scan(&p.room, &p.seq)
				found = append(found, p)
				return err
			}, last.room, last.seq, e.user, eraseRows)
			if err != nil {
				return err
			}
			for _, p := range found {
				if err := e.at(ctx, b, p.room, p.seq, change); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if e.progress != nil {
			e.progress(e.done, max(e.total, e.done))
		}
		if len(found) < eraseRows {
			return nil
		}
		last = found[len(found)-1]
	}
}

// at changes one message, unless its room was dropped: that is being emptied.
func (e *eraser) at(ctx context.Context, b *batch, key, seq int64, change func(*batch, *room, *protocol.Message) error) error {
	var name string
	err := b.tx.QueryRowContext(ctx, `SELECT name FROM rooms WHERE key = ? AND dropped = 0`, key).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := b.enter(name, false)
	if err != nil {
		return err
	}
	m, err := scanMessage(b.tx.Stmt(b.write.messageAt).QueryRow(key, seq), name)
	if err != nil {
		return err
	}
	return change(b, r, &m)
}

// bury makes a message of the user's a tombstone of nobody's, and a tombstone too.
func (e *eraser) bury(b *batch, r *room, m *protocol.Message) error {
	deleted := m.DeletedAt
	if err := b.bury(r, m); err != nil {
		return err
	}
	if deleted != 0 {
		m.DeletedAt = deleted
	}
	if err := b.update(r, m); err != nil {
		return err
	}
	e.done++
	_, err := b.tx.Exec(`UPDATE messages SET sender_id = ?, sender_name = '', sender_role = ?, made_as = x'' WHERE room = ? AND seq = ?`,
		e.pseudonym, string(protocol.RoleParticipant), r.key, m.Seq)
	return err
}

// rename gives the user's reactions to a message to the pseudonym.
func (e *eraser) rename(b *batch, r *room, m *protocol.Message) error {
	_, err := b.tx.Exec(`UPDATE reactions SET user_id = ? WHERE room = ? AND seq = ? AND user_id = ?`, e.pseudonym, r.key, m.Seq, e.user)
	if err != nil {
		return err
	}
	named := false
	for i := range m.Reactions {
		if at := slices.Index(m.Reactions[i].Users, e.user); at >= 0 {
			m.Reactions[i].Users[at], named = e.pseudonym, true
		}
	}
	if !named {
		return nil
	}
	return b.update(r, m)
}

// finish takes the user out of all that is not a message.
func (e *eraser) finish(ctx context.Context) error {
	return e.transaction(ctx, func(b *batch) error {
		guards, err := e.liftGuards(ctx, b)
		if err != nil {
			return err
		}
		for _, change := range append([]string{
			`DELETE FROM members WHERE user_id = ?1`,
			`DELETE FROM sanctions WHERE user_id = ?1`,
			`DELETE FROM revocations WHERE user_id = ?1`,
			`UPDATE sanctions SET by_id = ?2, by_name = '' WHERE by_id = ?1`,
			`UPDATE reports SET by_id = ?2, by_name = '', reason = '' WHERE by_id = ?1`,
			`UPDATE reports SET closed_by = ?2 WHERE closed_by = ?1`,
			`UPDATE audit SET details = '' WHERE ?1 = user_id OR ?1 = by_id AND act = 'report'`,
			`UPDATE audit SET by_id = ?2, by_name = '' WHERE by_id = ?1`,
			`UPDATE audit SET user_id = ?2 WHERE user_id = ?1`,
			`DELETE FROM erasures WHERE user_id = ?1`,
		}, guards...) {
			var args []any
			if strings.Contains(change, "?1") {
				args = append(args, e.user)
			}
			if strings.Contains(change, "?2") {
				args = append(args, e.pseudonym)
			}
			if _, err := b.tx.ExecContext(ctx, change, args...); err != nil {
				return err
			}
		}
		return b.audit(&hub.Op{}, "erase", e.pseudonym, "", nil)
	})
}

// liftGuards takes away what keeps the audit from being changed, and returns what
// puts it back in the same transaction.
func (e *eraser) liftGuards(ctx context.Context, b *batch) (guards []string, err error) {
	stmt, err := b.tx.PrepareContext(ctx, `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'`)
	if err != nil {
		return nil, err
	}
	var names []string
	err = query(ctx, stmt, func(scan func(...any) error) error {
		var name, guard string
		err := scan(&name, &guard)
		names, guards = append(names, name), append(guards, guard)
		return err
	})
	if err = errors.Join(err, stmt.Close()); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := b.tx.ExecContext(ctx, `DROP TRIGGER `+name); err != nil {
			return nil, err
		}
	}
	return guards, nil
}

// transaction is a commit of the store, by other means than ops.
func (e *eraser) transaction(ctx context.Context, do func(*batch) error) error {
	s := e.s
	s.turn.Lock()
	defer s.turn.Unlock()
	clear(s.rooms) // what it has of sanctions and members ends here
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing to do once committed
	b := &batch{now: e.now, tx: tx, write: &s.write, rooms: make(map[string]*room), kept: s.rooms}
	if err := do(b); err != nil {
		return err
	}
	if err := b.saveRooms(); err != nil {
		return err
	}
	s.upkeep.note(b)
	return tx.Commit()
}
