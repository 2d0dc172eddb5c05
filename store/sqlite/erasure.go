package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"hallway/relay/rules"
)

// States of an erasure, which is a row for a user to erase. The row names the user until no other table does, and then
// the pseudonym.
const (
	erasureForgets = "1" // the file must forget the user
	erasureDone    = "2" // the requesting command may delete the row
)

const (
	// erasuresEvery is the time between two checks for a user to erase, and for the progress of a relay's erasure.
	erasuresEvery = 500 * time.Millisecond
	// logBusyPause is the time after which a busy log is tried again.
	logBusyPause = 100 * time.Millisecond
)

// Erase removes a user from the database at path. The user's messages become tombstones under a random pseudonym, each
// with a new rev, so that clients get the change. Reactions, acts of moderation and reports by the user keep the
// pseudonym without a name. Memberships, sanctions and revocations of the user are deleted, and so are the texts of
// reports and acts about the user. It returns the number of messages. After an interruption it continues under the same
// pseudonym.
//
// If a relay uses the database, Erase asks the relay to do the erasure beside its other work ([Store.CarryErasures]);
// the relay continues even if the caller stops waiting. Without a relay Erase does the work itself and then rewrites
// the file, which needs the same space again meanwhile. It calls progress with numbers of messages.
func Erase(ctx context.Context, path, user string, now time.Time, progress Progress) (messages int, err error) {
	there, err := openExisting(ctx, path)
	if err != nil {
		return 0, fmt.Errorf("erase from %q: %w", path, err)
	}
	_ = there.Close()
	e := erasing{path: path, user: user, progress: progress}
	for again := true; again; {
		var s *Store
		switch s, err = Open(ctx, Options{Path: path}); {
		case errors.Is(err, errInUse):
			again, err = e.ask(ctx)
		case err != nil && !e.asked:
			return 0, NotBegunError{err}
		case err != nil:
			again = false
		default:
			err = errors.Join(e.alone(ctx, s, now), s.Close())
			again = false
		}
	}
	if err != nil && !errors.As(err, new(NotBegunError)) {
		err = fmt.Errorf("erase from %q: %w", path, explain(err))
	}
	return e.messages, err
}

// erasing is an erasure that a command has requested.
type erasing struct {
	path, user string
	progress   Progress
	asked      bool
	pseudonym  string

	messages, total int
}

// begin finds or adds the row of the erasure.
func (e *erasing) begin(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `INSERT INTO erasures (user_id, pseudonym) VALUES (?, ?) ON CONFLICT DO NOTHING`,
		e.user, "erased-"+strings.ToLower(rand.Text()))
	if err != nil {
		return err
	}
	err = db.QueryRowContext(ctx, `SELECT pseudonym, messages, (SELECT count(*) FROM messages WHERE sender_id = ?1)
		FROM erasures WHERE user_id = ?1`, e.user).Scan(&e.pseudonym, &e.messages, &e.total)
	e.total += e.messages
	return err
}

// look reads the progress. gone reports that another command has deleted the finished row.
func (e *erasing) look(ctx context.Context, db *sql.DB) (state string, gone bool, err error) {
	var messages int
	there, err := found(db.QueryRowContext(ctx, `SELECT messages, state FROM erasures WHERE pseudonym = ?`, e.pseudonym).Scan(&messages, &state))
	if there && messages > e.messages && e.progress != nil {
		e.progress(messages, max(messages, e.total))
	}
	e.messages = max(e.messages, messages)
	return state, !there && err == nil, err
}

// endErasures deletes the erasures in a state.
func endErasures(ctx context.Context, db *sql.DB, state string) error {
	_, err := db.ExecContext(ctx, `DELETE FROM erasures WHERE state = ?`, state)
	return err
}

// ask leaves the erasure to the relay that uses the database, and waits. again reports that the relay has stopped.
func (e *erasing) ask(ctx context.Context) (again bool, err error) {
	path, err := resolve(e.path)
	if err != nil {
		return false, NotBegunError{err}
	}
	db := connectWriter(path)
	defer func() { _ = db.Close() }()
	if !e.asked {
		if version, err := schemaOf(ctx, db); err != nil || version != schema { // a relay of another version may never check for erasures
			return false, NotBegunError{fmt.Errorf("erase from %q: %w, of another version", path, errInUse)}
		}
		if err := e.begin(ctx, db); err != nil {
			return false, err
		}
		e.asked = true
	}
	tick := time.NewTicker(erasuresEvery)
	defer tick.Stop()
	for {
		state, gone, err := e.look(ctx, db)
		switch {
		case ctx.Err() != nil:
			return false, errors.New("stopped waiting; the relay goes on with it")
		case err != nil || gone:
			return false, err
		case state == erasureDone:
			_, err := db.ExecContext(ctx, `DELETE FROM erasures WHERE pseudonym = ?`, e.pseudonym)
			return false, err
		}
		switch held, err := lock(ctx, path, "0"); {
		case err == nil:
			return true, held.Close()
		case !errors.Is(err, errInUse) && ctx.Err() == nil:
			return false, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// alone erases in a database that no other process uses.
func (e *erasing) alone(ctx context.Context, s *Store, now time.Time) error {
	state, gone, err := e.look(ctx, s.writer)
	if err == nil && gone {
		state, err = "", s.inTurn(func() error { return e.begin(ctx, s.writer) })
	}
	if err != nil {
		return err
	}
	run := eraser{s: s, user: e.user, pseudonym: e.pseudonym, carry: func(ctx context.Context, ops []rules.Op) ([]rules.Outcome, error) {
		outcomes, err := s.Commit(now, ops)
		if err == nil {
			_, _, err = e.look(ctx, s.writer)
		}
		return outcomes, errors.Join(err, ctx.Err())
	}}
	if state != erasureForgets && state != erasureDone {
		if err := run.run(ctx); err != nil {
			return err
		}
	}
	// The index must forget the words, too.
	for more := true; more; {
		pause, err := s.runSlice(ctx)
		if err != nil {
			return err
		}
		more = pause > 0
	}
	// Deleted content, even of earlier deletions, is still in parts of the index and in free pages.
	return s.inTurn(func() error {
		for _, step := range []string{`INSERT INTO search (search) VALUES ('optimize')`, `VACUUM`} {
			if _, err := s.writer.ExecContext(ctx, step); err != nil {
				return err
			}
		}
		return errors.Join(endErasures(ctx, s.writer, erasureForgets), endErasures(ctx, s.writer, erasureDone))
	})
}

// CarryErasures erases all users whose erasure was or will be requested by [Erase]; see [rules.Upkeep].
func (s *Store) CarryErasures(carry rules.Carry) {
	ctx, cancel := context.WithCancel(context.Background())
	s.running.Go(func() {
		<-s.stop
		cancel()
	})
	s.running.Go(func() {
		tick := time.NewTicker(erasuresEvery)
		defer tick.Stop()
		for {
			for s.carryErasure(ctx, carry) {
			}
			select {
			case <-tick.C: // failed erasures are retried
			case <-s.stop:
				return
			}
		}
	})
}

var nextErasure = reading(`SELECT user_id, pseudonym, state FROM erasures WHERE state <> ? ORDER BY state DESC LIMIT 1`)

// carryErasure erases the next user, and reports whether it did.
func (s *Store) carryErasure(ctx context.Context, carry rules.Carry) bool {
	var user, pseudonym, state string
	err := s.reads[nextErasure].QueryRowContext(ctx, erasureDone).Scan(&user, &pseudonym, &state)
	if err == nil && state != erasureForgets {
		e := eraser{s: s, user: user, pseudonym: pseudonym, carry: carry}
		err = e.run(ctx)
	}
	if err == nil {
		err = s.forget(ctx)
	}
	if err == nil {
		err = s.inTurn(func() error {
			_, err := s.writer.ExecContext(ctx, `UPDATE erasures SET state = ? WHERE pseudonym = ?`, erasureDone, pseudonym)
			return err
		})
	}
	return err == nil
}

// InUse reports whether a database could not be opened because a relay uses it.
func InUse(err error) bool { return errors.Is(err, errInUse) }
