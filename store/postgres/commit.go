package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/vault"
)

// attemptsMax limits the attempts at a batch that conflicts with other relays.
const attemptsMax = 10

var (
	errAgain   = errors.New("another relay has changed the same rows") // nothing was stored
	errUnknown = errors.New("the server warned: the commit may not be safe")
)

// Commit carries out ops; see [rules.Store]. created_at comes from the server's clock.
func (s *Store) Commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	outcomes, err := s.commit(now, ops)
	if err != nil {
		s.kept.forget() // the commit may or may not be stored
		return nil, fmt.Errorf("commit %d ops: %w", len(ops), explain(err))
	}
	return outcomes, nil
}

// commit carries out ops. If the server refuses a value, it tries the two halves separately.
func (s *Store) commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	if s.closed {
		return nil, errClosed
	}
	parts, err := rules.Parts(ops)
	if err != nil {
		return nil, err
	}
	// A commit is never cancelled: the server would report success although no standby has the commit.
	ctx := context.Background()
	conn, made, err := s.writer.connect(ctx)
	if err != nil {
		return nil, err
	}
	if made {
		s.kept.forget()
	}
	if outcomes, done, err := s.quick(ctx, conn, now, ops); done || err != nil {
		return outcomes, err
	}
	for range attemptsMax {
		outcomes, err := s.carryOut(ctx, conn, now, parts)
		if err == nil {
			return outcomes, nil
		}
		if conn.IsClosed() || errors.Is(err, errUnknown) || !rollback(ctx, conn) {
			s.writer.disconnect()
			return nil, err
		}
		switch {
		case isRefused(err):
			return s.apart(now, ops)
		case !isConflict(err):
			return nil, err
		}
	}
	return nil, errAgain
}

// apart carries out ops of which one has a value that the server refuses: only that op fails.
func (s *Store) apart(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	if len(ops) == 1 {
		return []rules.Outcome{{Refusal: rules.Refusal{Code: protocol.CodeBadRequest, Reason: "the database cannot store this"}}}, nil
	}
	first, err := s.commit(now, ops[:len(ops)/2])
	if err != nil {
		return nil, err
	}
	second, err := s.commit(now, ops[len(ops)/2:])
	if err != nil {
		return nil, err
	}
	return append(first, second...), nil
}

// rollback ends a transaction that failed, and reports whether the connection can be used again.
func rollback(ctx context.Context, conn *pgx.Conn) bool {
	if conn.PgConn().TxStatus() == 'I' {
		return true
	}
	_, err := conn.Exec(ctx, `ROLLBACK`)
	return err == nil
}

// hasClass reports whether the server refused a statement with a code of one of these classes.
func hasClass(err error, classes ...string) bool {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return false
	}
	for _, class := range classes {
		if len(refused.Code) >= len(class) && refused.Code[:len(class)] == class {
			return true
		}
	}
	return false
}

// isRefused reports whether a value cannot be stored: it does not fit the type (22), or is too large (54).
func isRefused(err error) bool { return hasClass(err, "22", "54") }

// isConflict reports whether another relay caused the failure, so that a retry may succeed: two rows with one key
// (23505), a deadlock or a similar conflict (40).
func isConflict(err error) bool { return errors.Is(err, errAgain) || hasClass(err, "23505", "40") }

// A batch is one running transaction.
type batch struct {
	s     *Store
	ctx   context.Context
	conn  *pgx.Conn
	clock *protocol.Time // the source of created_at; nil: the server's clock
	now   protocol.Time
	names []string // the rooms of all ops
	// owners are the users of all ops that register devices.
	owners []string

	rooms     map[string]*room       // their state in the transaction; nil: they must be read
	gone      []string               // dropped in the transaction
	grown     map[int64]bool         // keys of rooms with changes
	reads     map[memberKey]int64    // the read markers of members at loading
	mentions  map[memberKey]mentions // unread mentions at loading
	forgotten bool                   // a user was removed from everything
	// cleared holds the seq up to which no message of a user is left.
	cleared  map[sender]int64
	clearing time.Duration // how long the batch has cleared
	err      error         // from a clear, or from counting mentions
	vault    vault.Vault
	writes   pgx.Batch
}

// memberKey names a member's row.
type memberKey struct {
	room int64
	user string
}

// carryOut carries out the parts of a batch in one transaction.
func (s *Store) carryOut(ctx context.Context, conn *pgx.Conn, now time.Time, parts [][]rules.Op) ([]rules.Outcome, error) {
	b := &batch{s: s, ctx: ctx, conn: conn, grown: make(map[int64]bool), reads: make(map[memberKey]int64), mentions: make(map[memberKey]mentions), cleared: make(map[sender]int64)}
	b.vault = vault.Vault{Conn: inTransaction{ctx, conn}, Ruled: b.ruled}
	b.clock = s.callersTime(now)
	known := make(map[string]bool)
	var outcomes []rules.Outcome
	for _, part := range parts {
		for i := range part {
			if name := part[i].Room; name != "" && !known[name] {
				known[name] = true
				b.names = append(b.names, name)
			}
			if _, ok := part[i].Do.(rules.Register); ok {
				b.owners = append(b.owners, part[i].Sender.ID)
			}
		}
	}
	s.writer.warned.Store(false)
	for n, part := range parts {
		set, err := b.load(part)
		if err != nil {
			return nil, err
		}
		for i := range part {
			outcomes = append(outcomes, set.Do(&part[i]))
		}
		if err := cmp.Or(b.err, b.vault.Err); err != nil {
			return nil, err
		}
		if err := b.save(set, n == len(parts)-1); err != nil {
			return nil, err
		}
		if b.forgotten { // sanctions changed, too
			b.forgotten, b.rooms = false, nil
		}
	}
	if s.writer.warned.Load() {
		return nil, errUnknown
	}
	s.kept.keep(b.rooms, b.gone)
	s.upkeep.grew(b.grown)
	for who, at := range b.cleared {
		if len(s.cleared) >= clearedKeptMax {
			clear(s.cleared)
		}
		s.cleared[who] = at
	}
	return outcomes, nil
}
