package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// writeStatements are prepared on the writer's connection.
type writeStatements struct {
	selectRoom    *sql.Stmt
	insertRoom    *sql.Stmt
	updateRoom    *sql.Stmt
	insertMessage *sql.Stmt
	selectMessage *sql.Stmt
	touch         *sql.Stmt
}

func prepareWrites(ctx context.Context, db *sql.DB) (w writeStatements, err error) {
	err = prepare(ctx, db, map[**sql.Stmt]string{
		&w.selectRoom: `SELECT key, epoch, head, last_at FROM rooms WHERE name = ?`,
		&w.insertRoom: `INSERT INTO rooms (name, epoch, made_at) VALUES (?, ?, ?)`,
		&w.updateRoom: `UPDATE rooms SET head = ?, last_at = ? WHERE key = ?`,
		&w.insertMessage: `INSERT INTO messages (room, made_as, ` + messageColumns + `)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room, id) DO NOTHING`,
		&w.selectMessage: `SELECT made_as, ` + messageColumns + ` FROM messages WHERE room = ? AND id = ?`,
		&w.touch:         `UPDATE probe SET touched = touched + 1`,
	})
	return w, err
}

// batch is one Commit under way.
type batch struct {
	now   protocol.Time
	rooms map[string]*room // those touched so far, as they stand in the transaction
	kept  map[string]room  // as they stood before
	// The statements, in the transaction.
	selectRoom, insertRoom, updateRoom *sql.Stmt
	insertMessage, selectMessage       *sql.Stmt
}

type room struct {
	key    int64
	name   string
	epoch  string
	head   int64
	lastAt protocol.Time // created_at of the newest message
	grown  bool          // has messages of this batch
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
	defer func() {
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
		rooms:         make(map[string]*room),
		kept:          s.rooms,
		selectRoom:    tx.Stmt(s.write.selectRoom),
		insertRoom:    tx.Stmt(s.write.insertRoom),
		updateRoom:    tx.Stmt(s.write.updateRoom),
		insertMessage: tx.Stmt(s.write.insertMessage),
		selectMessage: tx.Stmt(s.write.selectMessage),
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
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	s.keep(b.rooms)
	return outcomes, nil
}

// keep keeps rooms in mind as they have been committed.
func (s *SQLite) keep(rooms map[string]*room) {
	if len(s.rooms)+len(rooms) > roomsKeptMax {
		clear(s.rooms)
	}
	for name, r := range rooms {
		if len(s.rooms) == roomsKeptMax {
			return
		}
		r.grown = false
		s.rooms[name] = *r
	}
}

// apply carries out one op. Its error is the database's and ends the batch; a
// refusal is in the outcome.
func (b *batch) apply(op *hub.Op) (hub.Outcome, error) {
	r, err := b.enter(op.Room, !op.FindOnly)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound, nil
	}
	if err != nil {
		return hub.Outcome{}, err
	}
	var out hub.Outcome
	switch op.Kind {
	case hub.OpOpen:
	case hub.OpSend:
		if op.FindOnly {
			out, err = b.find(r, op)
		} else {
			out, err = b.send(r, op)
		}
	default:
		err = fmt.Errorf("unknown kind of op %d", op.Kind)
	}
	out.Epoch, out.Head = r.epoch, r.head
	return out, err
}

// enter finds the room, or, when asked to, makes it; sql.ErrNoRows: it is not
// there.
func (b *batch) enter(name string, orMake bool) (*room, error) {
	if r, ok := b.rooms[name]; ok {
		return r, nil
	}
	if r, ok := b.kept[name]; ok {
		b.rooms[name] = &r
		return &r, nil
	}
	r := &room{name: name}
	err := b.selectRoom.QueryRow(name).Scan(&r.key, &r.epoch, &r.head, &r.lastAt)
	if errors.Is(err, sql.ErrNoRows) && orMake {
		r.epoch = newEpoch()
		var added sql.Result
		if added, err = b.insertRoom.Exec(name, r.epoch, b.now); err == nil {
			r.key, err = added.LastInsertId()
		}
	}
	if err != nil {
		return nil, err
	}
	b.rooms[name] = r
	return r, nil
}

// newEpoch names a life of a room: 40 random bits, so that no two lives of one
// room share a name.
func newEpoch() string { return strings.ToLower(rand.Text()[:8]) }

// send stores the op's message at the room's next rev, or finds the one that
// has its id.
func (b *batch) send(r *room, op *hub.Op) (hub.Outcome, error) {
	next := r.head + 1
	m := protocol.Message{
		Room:      r.name,
		ID:        op.Send.ID,
		Seq:       next,
		Rev:       next,
		Sender:    op.Sender,
		CreatedAt: max(b.now, r.lastAt+1),
		SentAt:    op.Send.SentAt,
		Text:      op.Send.Text,
		Encrypted: op.Send.Encrypted,
		ReplyTo:   op.Send.ReplyTo,
	}
	values, err := messageValues(&m)
	if err != nil {
		return hub.Outcome{}, err
	}
	madeAs := fingerprint(&op.Send)
	added, err := b.insertMessage.Exec(append([]any{r.key, madeAs}, values...)...)
	if err != nil {
		return hub.Outcome{}, err
	}
	if n, err := added.RowsAffected(); err != nil {
		return hub.Outcome{}, err
	} else if n == 0 {
		return b.resend(r, op, madeAs)
	}
	r.head, r.lastAt, r.grown = next, m.CreatedAt, true
	return hub.Outcome{Message: m, New: true}, nil
}

var notFound = hub.Outcome{Code: protocol.CodeNotFound, Reason: "nothing was sent with this id"}

// find answers a send only if its id is taken.
func (b *batch) find(r *room, op *hub.Op) (hub.Outcome, error) {
	out, err := b.resend(r, op, fingerprint(&op.Send))
	if errors.Is(err, sql.ErrNoRows) {
		return notFound, nil
	}
	return out, err
}

// resend answers a send whose id is taken; sql.ErrNoRows: it is not.
func (b *batch) resend(r *room, op *hub.Op, madeAs []byte) (hub.Outcome, error) {
	var storedAs []byte
	m, err := scanMessage(b.selectMessage.QueryRow(r.key, op.Send.ID), r.name, &storedAs)
	if err != nil {
		return hub.Outcome{}, err
	}
	switch {
	case m.Sender.ID != op.Sender.ID:
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "another sender has used this id"}, nil
	case !bytes.Equal(storedAs, madeAs):
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "this id was sent with other content"}, nil
	}
	return hub.Outcome{Message: m}, nil
}

// saveRooms writes back the rooms that have grown.
func (b *batch) saveRooms() error {
	for _, r := range b.rooms {
		if !r.grown {
			continue
		}
		if _, err := b.updateRoom.Exec(r.head, r.lastAt, r.key); err != nil {
			return err
		}
	}
	return nil
}
