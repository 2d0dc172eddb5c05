package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// writeStatements are prepared on the writer's connection.
type writeStatements struct {
	selectRoom    *sql.Stmt
	insertRoom    *sql.Stmt
	updateRoom    *sql.Stmt
	configureRoom *sql.Stmt
	dropRoom      *sql.Stmt

	insertMessage *sql.Stmt
	selectMessage *sql.Stmt
	updateMessage *sql.Stmt

	insertReaction  *sql.Stmt
	deleteReaction  *sql.Stmt
	deleteReactions *sql.Stmt
	reactors        *sql.Stmt

	selectMember *sql.Stmt
	insertMember *sql.Stmt
	renameMember *sql.Stmt
	readMember   *sql.Stmt

	upkeep upkeepStatements
	touch  *sql.Stmt
}

func prepareWrites(ctx context.Context, db *sql.DB) (w writeStatements, err error) {
	err = prepare(ctx, db, map[**sql.Stmt]string{
		&w.selectRoom:    `SELECT key, epoch, head, last_at FROM rooms WHERE name = ?`,
		&w.insertRoom:    `INSERT INTO rooms (name, epoch, made_at) VALUES (?, ?, ?)`,
		&w.updateRoom:    `UPDATE rooms SET head = ?, last_at = ? WHERE key = ?`,
		&w.configureRoom: `UPDATE rooms SET title = ?1, settings = ?2 WHERE key = ?3 AND (title <> ?1 OR settings <> ?2)`,
		&w.dropRoom:      `UPDATE rooms SET name = '/' || key, dropped = 1 WHERE key = ?`,

		&w.insertMessage: `INSERT INTO messages (room, made_as, ` + createdColumns + `)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room, id) DO NOTHING`,
		&w.selectMessage: `SELECT made_as, ` + messageColumns + ` FROM messages WHERE room = ? AND id = ?`,
		&w.updateMessage: `UPDATE messages SET rev = ?, sent_at = ?, text = ?, encrypted = ?, reply_to = ?,
			edited_at = ?, deleted_at = ?, pinned = ?, reactions = ? WHERE room = ? AND seq = ?`,

		&w.insertReaction: `INSERT INTO reactions (room, seq, user_id, emoji, rev) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`,
		&w.deleteReaction:  `DELETE FROM reactions WHERE room = ? AND seq = ? AND user_id = ? AND emoji = ?`,
		&w.deleteReactions: `DELETE FROM reactions WHERE room = ? AND seq = ?`,
		&w.reactors:        `SELECT user_id FROM reactions WHERE room = ? AND seq = ? AND emoji = ? ORDER BY rev LIMIT ?`,

		&w.selectMember: `SELECT name, role, read FROM members WHERE room = ? AND user_id = ?`,
		&w.insertMember: `INSERT INTO members (room, user_id, name, role, joined_at) VALUES (?, ?, ?, ?, ?)`,
		&w.renameMember: `UPDATE members SET name = ?, role = ? WHERE room = ? AND user_id = ?`,
		&w.readMember:   `UPDATE members SET read = ? WHERE room = ? AND user_id = ?`,

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
}

// roomsKeptMax is how many rooms the writer keeps in mind, some 200 bytes each.
const roomsKeptMax = 10_000

// Commit carries out ops in one transaction; see [hub.Store].
func (s *SQLite) Commit(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	outcomes, err := s.commit(protocol.TimeOf(now), ops)
	if err != nil {
		s.renewAfter(err)
		return nil, fmt.Errorf("commit %d ops: %w", len(ops), err)
	}
	return outcomes, nil
}

func (s *SQLite) commit(now protocol.Time, ops []hub.Op) (_ []hub.Outcome, err error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	began := time.Now()
	defer func() {
		s.upkeep.committed += time.Since(began)
		s.upkeep.ops += len(ops)
		if err != nil {
			clear(s.rooms) // whether the commit is stored is not known
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
	s.upkeep.note(b) // also where the commit fails: it may be stored
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	s.keep(b)
	return outcomes, nil
}

// keep keeps the batch's rooms in mind as they have been committed.
func (s *SQLite) keep(b *batch) {
	for name := range b.gone {
		delete(s.rooms, name)
	}
	if len(s.rooms)+len(b.rooms) > roomsKeptMax {
		clear(s.rooms)
	}
	for name, r := range b.rooms {
		if len(s.rooms) == roomsKeptMax {
			return
		}
		r.grown = false
		s.rooms[name] = *r
	}
}

// apply carries out one op. Its error is the database's and ends the batch; a
// refusal is in the outcome.
func (b *batch) apply(op *hub.Op) (out hub.Outcome, err error) {
	makes := op.Kind == hub.OpOpen || op.Kind == hub.OpConfigure || op.Kind == hub.OpSend && !op.FindOnly
	r, err := b.enter(op.Room, makes)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound(op), nil
	}
	if err != nil {
		return out, err
	}
	switch op.Kind {
	case hub.OpOpen:
		out.Read, err = b.join(r, op.Sender)
	case hub.OpSend:
		out, err = b.send(r, op)
	case hub.OpEdit, hub.OpDelete, hub.OpReact, hub.OpPin:
		out, err = b.change(r, op)
	case hub.OpRead:
		out.Read, err = b.read(r, op)
	case hub.OpConfigure:
		_, err = b.tx.Stmt(b.write.configureRoom).Exec(op.Title, op.Settings, r.key)
	case hub.OpDrop:
		return out, b.drop(r)
	default:
		err = fmt.Errorf("unknown kind of op %d", op.Kind)
	}
	out.Epoch, out.Head = r.epoch, r.head
	return out, err
}

// notFound refuses an op whose room, or message, is not there.
func notFound(op *hub.Op) hub.Outcome {
	reason := "the room has no message with this id"
	switch op.Kind {
	case hub.OpSend:
		reason = "nothing was sent with this id"
	case hub.OpRead, hub.OpDrop:
		reason = "there is no such room"
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
