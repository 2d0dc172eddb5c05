package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"hallway/protocol"
	"hallway/relay/hub"
)

// erase takes a user out of some messages of a room; see [hub.OpErase].
func (b *batch) erase(r *room, op *hub.Op) (out hub.Outcome, err error) {
	buried := 0
	for _, seq := range op.Erase.Seqs {
		m, err := scanMessage(b.tx.Stmt(b.write.messageAt).QueryRow(r.key, seq), r.name)
		if errors.Is(err, sql.ErrNoRows) {
			continue // too old, and deleted meanwhile
		}
		if err != nil {
			return out, err
		}
		changed := m.Sender.ID == op.User
		if changed {
			buried++
			err = b.entomb(r, &m, op)
		} else {
			changed, err = b.disown(r, &m, op)
		}
		if err != nil {
			return out, err
		}
		if changed {
			out.Messages = append(out.Messages, m)
		}
	}
	out.New = len(out.Messages) > 0
	_, err = b.tx.Exec(`UPDATE erasures SET messages = messages + ? WHERE user_id = ?`, buried, op.User)
	return out, err
}

// entomb makes a message of the user's a tombstone of nobody's, and a tombstone too.
func (b *batch) entomb(r *room, m *protocol.Message, op *hub.Op) error {
	deleted := m.DeletedAt
	if err := b.bury(r, m); err != nil {
		return err
	}
	if deleted != 0 {
		m.DeletedAt = deleted
	}
	m.Sender = protocol.User{ID: op.Erase.Pseudonym, Role: protocol.RoleParticipant}
	if err := b.update(r, m); err != nil {
		return err
	}
	_, err := b.tx.Exec(`UPDATE messages SET sender_id = ?, sender_name = ?, sender_role = ?, made_as = x'' WHERE room = ? AND seq = ?`,
		m.Sender.ID, m.Sender.Name, string(m.Sender.Role), r.key, m.Seq)
	return err
}

// disown gives the user's reactions to a message to the pseudonym, and reports whether
// the message shows it. One that the pseudonym has already, because the erasing was
// ended and the user came back, is taken away.
func (b *batch) disown(r *room, m *protocol.Message, op *hub.Op) (shown bool, err error) {
	for _, summary := range slices.Clone(m.Reactions) {
		given, err := affects(b.tx.Exec(`UPDATE OR IGNORE reactions SET user_id = ? WHERE room = ? AND seq = ? AND user_id = ? AND emoji = ?`,
			op.Erase.Pseudonym, r.key, m.Seq, op.User, summary.Emoji))
		if err != nil {
			return false, err
		}
		if at := slices.Index(summary.Users, op.User); given && at >= 0 {
			summary.Users[at], shown = op.Erase.Pseudonym, true
		}
		if given {
			continue
		}
		take := hub.Op{Sender: protocol.User{ID: op.User}, Emoji: summary.Emoji}
		taken, err := b.react(r, m, &take)
		if err != nil {
			return false, err
		}
		shown = shown || taken
	}
	if _, err := b.tx.Exec(`DELETE FROM reactions WHERE room = ? AND seq = ? AND user_id = ?`, r.key, m.Seq, op.User); err != nil {
		return false, err
	}
	if shown {
		err = b.update(r, m)
	}
	return shown, err
}

// eraseRest takes a user out of all that is not a message; see [hub.OpErase].
func (b *batch) eraseRest(op *hub.Op) error {
	guards, err := b.liftGuards()
	if err != nil {
		return err
	}
	for _, change := range []string{
		`DELETE FROM members WHERE user_id = ?1`,
		`DELETE FROM sanctions WHERE user_id = ?1`,
		`DELETE FROM revocations WHERE user_id = ?1`,
		`DELETE FROM ranks WHERE user_id = ?1`,
		`UPDATE sanctions SET by_id = ?2, by_name = '' WHERE by_id = ?1`,
		`UPDATE reports SET by_id = ?2, by_name = '', reason = '' WHERE by_id = ?1`,
		`UPDATE reports SET closed_by = ?2 WHERE closed_by = ?1`,
		`UPDATE audit SET details = '' WHERE ?1 = user_id OR ?1 = by_id AND act = 'report'`,
		`UPDATE audit SET by_id = ?2, by_name = '' WHERE by_id = ?1`,
		`UPDATE audit SET user_id = ?2 WHERE user_id = ?1`,
		`UPDATE erasures SET user_id = ?2, state = ` + erasureForgets + ` WHERE user_id = ?1`,
	} {
		args := []any{op.User, op.Erase.Pseudonym}
		if !strings.Contains(change, "?2") {
			args = args[:1]
		}
		if _, err := b.tx.Exec(change, args...); err != nil {
			return err
		}
	}
	for _, guard := range guards {
		if _, err := b.tx.Exec(guard); err != nil {
			return err
		}
	}
	b.erased, b.deletes, b.kept = true, true, nil
	for _, r := range b.rooms { // for what else is in this batch
		if err := b.loadSanctions(r); err != nil {
			return err
		}
	}
	return b.audit(&hub.Op{}, "erase", op.Erase.Pseudonym, "", nil)
}

// liftGuards takes away what keeps the audit from being changed, and returns what
// puts it back in the same transaction.
func (b *batch) liftGuards() (guards []string, err error) {
	stmt, err := b.tx.Prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'`)
	if err != nil {
		return nil, err
	}
	var names []string
	err = query(context.Background(), stmt, func(scan func(...any) error) error {
		var name, guard string
		err := scan(&name, &guard)
		names, guards = append(names, name), append(guards, guard)
		return err
	})
	if err = errors.Join(err, stmt.Close()); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := b.tx.Exec(`DROP TRIGGER ` + name); err != nil {
			return nil, err
		}
	}
	return guards, nil
}

// Carry has ops carried out, and returns an outcome each, as [Store.Commit] does, but
// whoever is told of what they change is told. An op of which nothing is known has the
// outcome CodeUnavailable.
type Carry func(ctx context.Context, ops []hub.Op) ([]hub.Outcome, error)

// eraser takes one user out of the tables.
type eraser struct {
	s               *Store
	user, pseudonym string
	carry           Carry
}

// tracesQuery finds the next messages that are a user's or that the user has reacted
// to, after a place. It reads all texts there are; so it is asked beside the commits.
const tracesQuery = `SELECT room, seq, (SELECT name FROM rooms WHERE key = room AND dropped = 0) FROM (
		SELECT room, seq FROM messages WHERE (room, seq) > (?1, ?2) AND sender_id = ?3
		UNION SELECT room, seq FROM reactions WHERE (room, seq) > (?1, ?2) AND user_id = ?3
		ORDER BY room, seq LIMIT ?4)`

// erasePart is how many messages are changed at once: others come in between.
const erasePart = 25

// run goes through all messages once: what the user writes meanwhile may stay.
func (e *eraser) run(ctx context.Context) error {
	var key, seq int64 // up to where
	for more := true; more; {
		var ops []hub.Op
		found := 0
		err := query(ctx, e.s.read.traces, func(scan func(...any) error) error {
			last := key
			var name sql.NullString
			if err := scan(&key, &seq, &name); err != nil {
				return err
			}
			found++
			if !name.Valid { // the room was dropped: it is being emptied
				return nil
			}
			if len(ops) == 0 || key != last {
				ops = append(ops, hub.Op{Kind: hub.OpErase, Room: name.String, User: e.user, Erase: &hub.Erasure{Pseudonym: e.pseudonym}})
			}
			op := &ops[len(ops)-1]
			op.Erase.Seqs = append(op.Erase.Seqs, seq)
			return nil
		}, key, seq, e.user, erasePart)
		if err != nil {
			return err
		}
		if err := e.step(ctx, ops); err != nil {
			return err
		}
		more = found == erasePart
	}
	return e.step(ctx, []hub.Op{{Kind: hub.OpErase, User: e.user, Erase: &hub.Erasure{Pseudonym: e.pseudonym}}})
}

// step has ops carried out.
func (e *eraser) step(ctx context.Context, ops []hub.Op) error {
	if len(ops) == 0 {
		return nil
	}
	outcomes, err := e.carry(ctx, ops)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		if o.Code != "" && o.Code != protocol.CodeNotFound { // a room that is not there has nothing
			return errors.New(o.Reason)
		}
	}
	return nil
}
