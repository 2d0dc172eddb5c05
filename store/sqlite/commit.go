package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// writeStatements are prepared on the writer's connection.
type writeStatements struct {
	selectRoom     *sql.Stmt
	insertRoom     *sql.Stmt
	updateRoom     *sql.Stmt
	selectSettings *sql.Stmt
	configureRoom  *sql.Stmt
	dropRoom       *sql.Stmt

	insertMessage *sql.Stmt
	selectMessage *sql.Stmt
	updateMessage *sql.Stmt

	insertReaction  *sql.Stmt
	countBrought    *sql.Stmt
	leaveReaction   *sql.Stmt
	deleteEmoji     *sql.Stmt
	deleteReaction  *sql.Stmt
	deleteReactions *sql.Stmt
	reactors        *sql.Stmt

	selectMember *sql.Stmt
	insertMember *sql.Stmt
	renameMember *sql.Stmt
	readMember   *sql.Stmt
	deleteMember *sql.Stmt

	messageAt *sql.Stmt
	bySender  *sql.Stmt

	selectSanctions *sql.Stmt
	upsertSanction  *sql.Stmt
	deleteSanction  *sql.Stmt
	openReport      *sql.Stmt
	insertReport    *sql.Stmt
	selectReport    *sql.Stmt
	closeReport     *sql.Stmt
	insertAudit     *sql.Stmt
	revoke          *sql.Stmt
	unrevoke        *sql.Stmt

	selectRanks *sql.Stmt
	selectRank  *sql.Stmt
	upsertRank  *sql.Stmt
	deleteRank  *sql.Stmt
	isRanked    *sql.Stmt

	upkeep upkeepStatements
	touch  *sql.Stmt
}

func prepareWrites(ctx context.Context, db *sql.DB) (w writeStatements, err error) {
	err = prepare(ctx, db, map[**sql.Stmt]string{
		&w.selectRoom: `SELECT key, epoch, head, last_at, settings, EXISTS (SELECT 1 FROM sanctions WHERE room = rooms.key),
			(SELECT count(*) FROM reports WHERE room = rooms.key AND state = 'open') FROM rooms WHERE name = ?`,
		&w.insertRoom:     `INSERT INTO rooms (name, epoch, made_at) VALUES (?, ?, ?)`,
		&w.updateRoom:     `UPDATE rooms SET head = ?, last_at = ? WHERE key = ?`,
		&w.selectSettings: `SELECT title, settings FROM rooms WHERE key = ?`,
		&w.configureRoom:  `UPDATE rooms SET title = ?, settings = ? WHERE key = ?`,
		&w.dropRoom:       `UPDATE rooms SET name = '/' || key, dropped = 1 WHERE key = ?`,

		&w.insertMessage: `INSERT INTO messages (room, made_as, ` + createdColumns + `)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room, id) DO NOTHING`,
		&w.selectMessage: `SELECT made_as, ` + messageColumns + ` FROM messages WHERE room = ? AND id = ?`,
		&w.updateMessage: `UPDATE messages SET rev = ?, sent_at = ?, text = ?, encrypted = ?, reply_to = ?,
			edited_at = ?, deleted_at = ?, pinned = ?, reactions = ? WHERE room = ? AND seq = ?`,

		// A row with rev 0 is no reaction: its user has brought the emoji, and taken it back.
		&w.insertReaction: `INSERT INTO reactions (room, seq, user_id, emoji, rev, brought) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET rev = excluded.rev WHERE reactions.rev = 0`,
		&w.countBrought: `SELECT count(*) FROM reactions WHERE room = ? AND seq = ? AND user_id = ? AND brought = 1`,
		&w.leaveReaction: `UPDATE reactions SET rev = 0
			WHERE room = ? AND seq = ? AND user_id = ? AND emoji = ? AND brought = 1 AND rev > 0`,
		&w.deleteReaction:  `DELETE FROM reactions WHERE room = ? AND seq = ? AND user_id = ? AND emoji = ? AND rev > 0`,
		&w.deleteEmoji:     `DELETE FROM reactions WHERE room = ? AND seq = ? AND emoji = ?`,
		&w.deleteReactions: `DELETE FROM reactions WHERE room = ? AND seq = ?`,
		&w.reactors:        `SELECT user_id FROM reactions WHERE room = ? AND seq = ? AND emoji = ? AND rev > 0 ORDER BY rev LIMIT ?`,

		&w.selectMember: `SELECT name, role, read FROM members WHERE room = ? AND user_id = ?`,
		&w.insertMember: `INSERT INTO members (room, user_id, name, role, joined_at) VALUES (?, ?, ?, ?, ?)`,
		&w.renameMember: `UPDATE members SET name = ?, role = ? WHERE room = ? AND user_id = ?`,
		&w.readMember:   `UPDATE members SET read = ? WHERE room = ? AND user_id = ?`,
		&w.deleteMember: `DELETE FROM members WHERE room = ? AND user_id = ?`,

		&w.messageAt: `SELECT ` + messageColumns + ` FROM messages WHERE room = ? AND seq = ?`,
		&w.bySender: `SELECT seq FROM messages
			WHERE room = ?1 AND seq > ?2 AND seq <= ?3 AND sender_id = ?4 AND deleted_at = 0 ORDER BY seq`,

		&w.selectSanctions: `SELECT user_id, kind, until, reason, by_id, by_name, by_role, known, at FROM sanctions WHERE room = ?`,
		&w.upsertSanction: `INSERT INTO sanctions (room, user_id, kind, until, reason, by_id, by_name, by_role, known, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until, reason = excluded.reason,
			by_id = excluded.by_id, by_name = excluded.by_name, by_role = excluded.by_role, known = excluded.known, at = excluded.at`,
		&w.deleteSanction: `DELETE FROM sanctions WHERE room = ? AND user_id = ? AND kind = ?`,
		&w.openReport: `SELECT ` + reportColumns + ` FROM reports
			WHERE room = ? AND message = ? AND by_id = ? AND state = 'open'`,
		&w.insertReport: `INSERT INTO reports (room, message, by_id, by_name, reason, at) VALUES (?, ?, ?, ?, ?, ?)`,
		&w.selectReport: `SELECT ` + reportColumns + ` FROM reports WHERE room = ? AND n = ?`,
		&w.closeReport:  `UPDATE reports SET state = ?, closed_by = ?, closed_at = ? WHERE n = ?`,
		&w.insertAudit: `INSERT INTO audit (room, at, by_id, by_name, by_role, act, user_id, message, details)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		&w.revoke:   `INSERT INTO revocations (user_id, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at`,
		&w.unrevoke: `DELETE FROM revocations WHERE user_id = ?`,

		&w.selectRanks: `SELECT key, rooms.name, role FROM members JOIN rooms ON rooms.key = members.room
			WHERE user_id = ? AND key > ? AND dropped = 0 ORDER BY key LIMIT ?`,
		&w.selectRank: `SELECT role FROM ranks WHERE user_id = ?`,
		&w.upsertRank: `INSERT INTO ranks (user_id, role) VALUES (?, ?) ON CONFLICT DO UPDATE SET role = excluded.role`,
		&w.deleteRank: `DELETE FROM ranks WHERE user_id = ?`,
		&w.isRanked: `SELECT EXISTS (SELECT 1 FROM members JOIN rooms ON rooms.key = members.room
			WHERE user_id = ?1 AND role IN ('moderator', 'organizer') AND dropped = 0)
			OR EXISTS (SELECT 1 FROM ranks WHERE user_id = ?1)`,

		&w.touch: `UPDATE probe SET touched = touched + 1`,
	})
	if err == nil {
		w.upkeep, err = prepareUpkeep(ctx, db)
	}
	return w, err
}

// batch is one Commit under way.
type batch struct {
	now   protocol.Time
	tx    *sql.Tx
	write *writeStatements
	rooms map[string]*room // those touched so far, as they stand in the transaction
	kept  map[string]room  // as they stood before
	gone  map[string]bool  // dropped in the transaction: not as kept
	// dropped are the keys of the dropped rooms.
	dropped []int64
	// sent is when participants have sent in slow mode, sentBefore that of the
	// batches before; cleared, up to what seq nothing of a user is left.
	sent, sentBefore map[sender]protocol.Time
	cleared          map[sender]int64
	clearing         time.Duration // how long the batch has cleared
	clock            func() time.Time
	sanctions        int  // read or added
	erased           bool // somebody was: nothing that is known of rooms holds
	deletes          bool // there was something that the file is to forget
	// insertMessage in the transaction: most ops need it.
	insertMessage *sql.Stmt
}

type room struct {
	key    int64
	name   string
	epoch  string
	head   int64
	lastAt protocol.Time // created_at of the newest message
	grown  bool          // has changes of this batch
	standing
}

// roomsKeptMax is how many rooms the writer keeps in mind, some 250 bytes each
// beside their sanctions.
const roomsKeptMax = 10_000

// Commit carries out ops in one transaction; see [hub.Store].
func (s *Store) Commit(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	outcomes, err := s.commit(protocol.TimeOf(now), ops)
	if err != nil {
		s.renewAfter(err)
		return nil, fmt.Errorf("commit %d ops: %w", len(ops), err)
	}
	return outcomes, nil
}

func (s *Store) commit(now protocol.Time, ops []hub.Op) (_ []hub.Outcome, err error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	began := time.Now()
	defer func() {
		s.upkeep.committed += time.Since(began)
		s.upkeep.ops += len(ops)
		if err != nil {
			s.upkeep.wiping.marked = false
			clear(s.rooms) // whether the commit is stored is not known
			clear(s.cleared)
		}
	}()
	tx, err := s.writer.Begin()
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // nothing to do once committed

	b := &batch{
		now:           now,
		tx:            tx,
		write:         &s.write,
		rooms:         make(map[string]*room),
		kept:          s.rooms,
		sentBefore:    s.sent,
		cleared:       s.cleared,
		clock:         s.clock,
		insertMessage: tx.Stmt(s.write.insertMessage),
	}
	outcomes := make([]hub.Outcome, len(ops))
	for i := range ops {
		if outcomes[i], err = b.apply(&ops[i]); err != nil {
			return nil, err
		}
	}
	if err := b.saveRooms(); err != nil {
		return nil, err
	}
	if b.deletes {
		if err := s.upkeep.wiping.markUnwiped(context.Background(), tx); err != nil {
			return nil, err
		}
	}
	s.upkeep.note(b) // also where the commit fails: it may be stored
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	s.keep(b)
	return outcomes, nil
}

// keep keeps the batch's rooms in mind as they have been committed.
func (s *Store) keep(b *batch) {
	if b.erased {
		clear(s.rooms)
		clear(b.rooms)
		s.sanctions, b.sanctions = 0, 0
	}
	for name := range b.gone {
		delete(s.rooms, name)
	}
	if s.sanctions += b.sanctions; len(s.rooms)+len(b.rooms) > roomsKeptMax || s.sanctions > sanctionsKeptMax {
		clear(s.rooms)
		s.sanctions = 0
		for _, r := range b.rooms {
			s.sanctions += len(r.sanctions)
		}
	}
	for name, r := range b.rooms {
		if len(s.rooms) == roomsKeptMax || s.sanctions > sanctionsKeptMax {
			break
		}
		r.grown = false
		s.rooms[name] = *r
	}
	if len(s.sent)+len(b.sent) > sentKeptMax {
		clear(s.sent)
	}
	maps.Copy(s.sent, b.sent)
}

// apply carries out one op. Its error is the database's and ends the batch; a
// refusal is in the outcome.
func (b *batch) apply(op *hub.Op) (out hub.Outcome, err error) {
	switch {
	case op.Kind == hub.OpRevoke:
		return b.revoke(op)
	case op.Kind == hub.OpSee:
		return b.see(op)
	case op.Kind == hub.OpErase && op.Room == "":
		return out, b.eraseRest(op)
	}
	makes := op.Kind == hub.OpOpen || op.Kind == hub.OpConfigure || op.Kind == hub.OpSend && !op.FindOnly
	r, err := b.enter(op.Room, makes)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound(op), nil
	}
	if err != nil {
		return out, err
	}
	void, err := b.void(r, op)
	if err != nil {
		return out, err
	}
	if out = b.barred(r, op); out.Code == "" {
		out, err = b.carryOut(r, op)
	} else if op.Kind == hub.OpSend {
		out, err = b.resendOr(r, op, out)
	}
	out.Void = void
	if op.Kind != hub.OpDrop {
		out.Epoch, out.Head = r.epoch, r.head
	}
	return out, err
}

// carryOut does what the room does not bar.
func (b *batch) carryOut(r *room, op *hub.Op) (out hub.Outcome, err error) {
	switch op.Kind {
	case hub.OpOpen:
		return b.open(r, op)
	case hub.OpSend:
		return b.send(r, op)
	case hub.OpEdit, hub.OpDelete, hub.OpReact, hub.OpPin:
		return b.change(r, op)
	case hub.OpRead:
		out.Read, err = b.read(r, op)
	case hub.OpConfigure, hub.OpAdjust:
		var changed bool
		changed, err = b.configure(r, op)
		out.New, out.Settings = changed && op.Kind == hub.OpAdjust, r.settings
	case hub.OpDrop:
		err = b.drop(r, op)
	case hub.OpModerate:
		return b.moderate(r, op)
	case hub.OpReport:
		return b.report(r, op)
	case hub.OpResolve:
		return b.resolve(r, op)
	case hub.OpErase:
		return b.erase(r, op)
	default:
		err = fmt.Errorf("unknown kind of op %d", op.Kind)
	}
	return out, err
}

// notFound refuses an op whose room, or message, is not there.
func notFound(op *hub.Op) hub.Outcome {
	reason := "the room has no message with this id"
	switch op.Kind {
	case hub.OpSend:
		reason = "nothing was sent with this id"
	case hub.OpRead, hub.OpDrop, hub.OpAdjust, hub.OpModerate, hub.OpErase:
		reason = "there is no such room"
	case hub.OpResolve:
		reason = "the room has no such report"
	}
	return hub.Outcome{Code: protocol.CodeNotFound, Reason: reason}
}

// saveRooms writes back the rooms that have grown.
func (b *batch) saveRooms() error {
	update := b.tx.Stmt(b.write.updateRoom)
	for _, r := range b.rooms {
		if !r.grown {
			continue
		}
		if _, err := update.Exec(r.head, r.lastAt, r.key); err != nil {
			return err
		}
	}
	return nil
}
