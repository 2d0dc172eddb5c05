package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/vault"
)

// batch is one Commit under way.
type batch struct {
	transaction
	*scratch // its rooms are the touched ones in their state in the transaction; grown holds the keys of rooms with changes
	now      protocol.Time
	kept     map[string]room // the rooms' state before
	gone     map[string]bool // dropped in the transaction, so kept is wrong
	dropped  []int64         // keys of dropped rooms
	// sent holds the times at which participants sent in slow mode, sentBefore those of earlier batches; cleared holds
	// the seq up to which no message of a user is left.
	sent, sentBefore map[sender]protocol.Time
	cleared          map[sender]int64
	mentioning       map[int64]bool // the keys of rooms in which a message mentions a user
	clearing         time.Duration  // how long the batch has cleared
	clock            func() time.Time
	sanctions        int   // read or added
	erased           bool  // a user was erased: the writer's memory of rooms is out of date
	deletes          bool  // the batch deleted content that the file must forget
	err              error // from a clear, or from counting mentions
	vault            vault.Vault
}

// Commit carries out ops in one transaction; see [rules.Store].
func (s *Store) Commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	outcomes, err := s.commit(protocol.TimeOf(now), ops)
	if err != nil {
		s.renewAfter(err)
		return nil, fmt.Errorf("commit %d ops: %w", len(ops), err)
	}
	return outcomes, nil
}

func (s *Store) commit(now protocol.Time, ops []rules.Op) (_ []rules.Outcome, err error) {
	parts, err := rules.Parts(ops)
	if err != nil {
		return nil, err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	began := time.Now()
	defer func() {
		s.upkeep.committed += time.Since(began)
		s.upkeep.ops += len(ops)
		if err != nil {
			s.upkeep.wiping.marked = false
			clear(s.rooms) // the commit may or may not be stored
			clear(s.cleared)
		}
	}()
	defer s.scratch.end()
	tx, err := begin(s.db, s.scratch.stmts)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.tx.Rollback() }() // no effect after the commit

	b := &batch{
		transaction: tx,
		scratch:     &s.scratch,
		now:         now,
		kept:        s.rooms,
		sentBefore:  s.sent,
		cleared:     s.cleared,
		clock:       s.clock,
	}
	b.vault.Conn = inTransaction{tx.tx}
	outcomes := make([]rules.Outcome, 0, len(ops))
	for _, part := range parts {
		if outcomes, err = b.carryOut(part, outcomes); err != nil {
			return nil, err
		}
	}
	if b.deletes {
		if err := s.upkeep.wiping.markUnwiped(context.Background(), tx.tx); err != nil {
			return nil, err
		}
	}
	s.upkeep.note(b) // even after a failed commit, because it may be stored
	if err := tx.tx.Commit(); err != nil {
		return nil, err
	}
	s.keep(b)
	return outcomes, nil
}

// keep remembers the committed state of the batch's rooms.
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
		s.rooms[name] = *r
	}
	if len(s.sent)+len(b.sent) > sentKeptMax {
		clear(s.sent)
	}
	maps.Copy(s.sent, b.sent)
}

// carryOut carries out a part of the batch.
func (b *batch) carryOut(ops []rules.Op, outcomes []rules.Outcome) ([]rules.Outcome, error) {
	set, err := b.load(ops)
	if err != nil {
		return nil, err
	}
	for i := range ops {
		outcomes = append(outcomes, set.Do(&ops[i]))
	}
	if err := cmp.Or(b.err, b.vault.Err); err != nil {
		return nil, err
	}
	return outcomes, b.save(set)
}
