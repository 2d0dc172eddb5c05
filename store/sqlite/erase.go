package sqlite

import (
	"context"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// forget removes a user from everything except messages.
func (b *batch) forget(f *rules.Forget) error {
	guards, err := b.dropAuditTriggers()
	if err != nil {
		return err
	}
	if err := b.forgetNames(f.User); err != nil {
		return err
	}
	for _, known := range []map[sender]protocol.Time{b.sentBefore, b.sent} {
		for who := range known {
			if who.user == f.User {
				b.noteSent(who, 0)
			}
		}
	}
	for _, change := range []string{
		`DELETE FROM members WHERE user_id = ?1`,
		`DELETE FROM sanctions WHERE user_id = ?1`,
		`DELETE FROM revocations WHERE user_id = ?1`,
		`DELETE FROM ranks WHERE user_id = ?1`,
		forgetUnused,
		disownFiles,
		disownBytes,
		forgetBytes,
		`UPDATE sanctions SET by_id = ?2, by_name = '' WHERE by_id = ?1`,
		`UPDATE reports SET by_id = ?2, by_name = '', reason = '' WHERE by_id = ?1`,
		`UPDATE reports SET closed_by = ?2 WHERE closed_by = ?1`,
		`UPDATE audit SET details = '' WHERE ?1 = user_id OR ?1 = by_id AND act = 'report'`,
		`UPDATE audit SET by_id = ?2, by_name = '' WHERE by_id = ?1`,
		`UPDATE audit SET user_id = ?2 WHERE user_id = ?1`,
		`UPDATE erasures SET user_id = ?2, state = ` + erasureForgets + ` WHERE user_id = ?1`,
	} {
		args := []any{f.User, f.Pseudonym}
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
	b.erased, b.kept = true, nil
	clear(b.rooms) // later ops of this batch read them again
	return nil
}

// dropAuditTriggers drops the triggers that protect the audit from changes, and returns the statements that create them
// again in the same transaction.
func (b *batch) dropAuditTriggers() (guards []string, err error) {
	var names []string
	err = ask(context.Background(), b.tx, func(scan func(...any) error) error {
		var name, guard string
		err := scan(&name, &guard)
		names, guards = append(names, name), append(guards, guard)
		return err
	}, `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'`)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := b.tx.Exec(`DROP TRIGGER ` + name); err != nil {
			return nil, err
		}
	}
	return guards, nil
}

// eraser removes one user from the tables.
type eraser struct {
	s               *Store
	user, pseudonym string
	carry           rules.Carry
}

// findTraces finds the next messages after a position that the user has sent or reacted to, or that mention the user.
// It reads all texts, so it runs beside the commits.
var findTraces = reading(`SELECT room, seq, (SELECT name FROM rooms WHERE key = room AND dropped = 0) FROM (
		SELECT room, seq FROM messages WHERE (room, seq) > (?1, ?2) AND sender_id = ?3
		UNION SELECT room, seq FROM reactions WHERE (room, seq) > (?1, ?2) AND user_id = ?3
		UNION SELECT room, seq FROM mentions WHERE (room, seq) > (?1, ?2) AND user_id = ?3
		ORDER BY room, seq LIMIT ?4)`)

// run removes the user.
func (e *eraser) run(ctx context.Context) error {
	run := row.Eraser{
		User: e.user, Pseudonym: e.pseudonym,
		Traces: func(each func(row.Scan) error, room, seq int64, limit int) error {
			return query(ctx, e.s.reads[findTraces], each, room, seq, e.user, limit)
		},
		Out: func(ops []rules.Op) error { return e.carry.Out(ctx, ops) },
	}
	return run.Run()
}
