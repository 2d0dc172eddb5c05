package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hallway/relay/rules"
	"hallway/store/row"
)

const (
	// jobErasures names the job of the process that erases users, for eraseTime at a time.
	jobErasures = "erasures"
	eraseTime   = 10 * time.Second
	// erasuresEvery is the time between two checks for a user to erase, and for the progress.
	erasuresEvery = 500 * time.Millisecond
)

// eraser removes one user from the tables.
type eraser struct {
	u               *upkeep
	user, pseudonym string
	carry           rules.Carry
}

// traces finds the next messages after a position that the user has sent or reacted to, or that mention the user. It
// reads all messages once.
const traces = `SELECT room, seq, (SELECT name FROM rooms WHERE key = room) FROM (
		(SELECT room, seq FROM messages WHERE (room, seq) > ($1, $2) AND sender_id = $3 ORDER BY room, seq LIMIT $4)
		UNION (SELECT room, seq FROM reactions WHERE (room, seq) > ($1, $2) AND user_id = $3 ORDER BY room, seq LIMIT $4)
		UNION (SELECT room, seq FROM mentions WHERE (room, seq) > ($1, $2) AND user_id = $3 ORDER BY room, seq LIMIT $4)
	) AS found ORDER BY room, seq LIMIT $4`

// run removes the user.
func (e *eraser) run(ctx context.Context) error {
	run := row.Eraser{
		User: e.user, Pseudonym: e.pseudonym,
		Traces: func(each func(row.Scan) error, room, seq int64, limit int) error {
			return e.u.each(ctx, each, traces, room, seq, e.user, limit)
		},
		Out: func(ops []rules.Op) error { return e.step(ctx, ops) },
	}
	return run.Run()
}

// step carries out ops.
func (e *eraser) step(ctx context.Context, ops []rules.Op) error {
	if err := e.carry.Out(ctx, ops); err != nil || len(ops) == 0 {
		return err
	}
	held, err := e.u.Lease(ctx, jobErasures, e.u.holder, eraseTime)
	if err == nil && !held {
		err = errors.New("another relay continues the erasure")
	}
	return err
}

// Erase removes a user from the database. The user's messages become tombstones under a random pseudonym, each with a
// new rev, so that clients get the change. Reactions, acts of moderation and reports by the user keep the pseudonym
// without a name. Memberships, sanctions and revocations of the user are deleted, and so are the texts of reports and
// acts about the user. It returns the number of messages. After an interruption it continues under the same pseudonym.
//
// If relays use the database, one relay does the erasure beside its other work, and continues even if the caller stops
// waiting. Erase calls progress with numbers of messages.
func Erase(ctx context.Context, url, user string, progress Progress) (messages int, err error) {
	if err := inSnapshot(ctx, url, func(pgx.Tx) error { return nil }); err != nil { // Open would make one
		return 0, fmt.Errorf("erase from %q: %w", Name(url), err)
	}
	s, err := Open(ctx, Options{URL: url, idle: true})
	if err != nil {
		return 0, NotBegunError{err}
	}
	defer func() { _ = s.Close() }()
	e := erasure{s: s, user: user, progress: progress}
	if err = e.run(ctx); err != nil {
		err = fmt.Errorf("erase from %q: %w", Name(url), explain(err))
	}
	return e.messages, err
}

// erasure is an erasure that a command has requested.
type erasure struct {
	s               *Store
	user, pseudonym string
	progress        Progress
	messages, total int // erased so far, and to erase
}

// begin finds or adds the row of the erasure.
func (e *erasure) begin(ctx context.Context) error {
	_, err := e.s.readers.Exec(ctx, `INSERT INTO erasures (user_id, pseudonym) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		e.user, "erased-"+strings.ToLower(rand.Text()))
	if err != nil {
		return err
	}
	return e.s.readers.QueryRow(ctx, `SELECT pseudonym, messages + (SELECT count(*) FROM messages WHERE sender_id = $1) FROM erasures WHERE user_id = $1`, e.user).
		Scan(&e.pseudonym, &e.total)
}

// run erases the user, or waits for the relay that does.
func (e *erasure) run(ctx context.Context) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	run := eraser{u: &e.s.upkeep, user: e.user, pseudonym: e.pseudonym, carry: func(ctx context.Context, ops []rules.Op) ([]rules.Outcome, error) {
		outcomes, err := e.s.Commit(time.Now(), ops)
		if err == nil {
			_, err = e.readProgress(ctx)
		}
		return outcomes, errors.Join(err, ctx.Err())
	}}
	tick := time.NewTicker(erasuresEvery)
	defer tick.Stop()
	for {
		done, err := e.readProgress(ctx)
		if done && err == nil {
			_, err = e.s.readers.Exec(ctx, `DELETE FROM erasures WHERE pseudonym = $1`, e.pseudonym)
		}
		if done || err != nil {
			return err
		}
		if held, err := e.s.Lease(ctx, jobErasures, e.s.upkeep.holder, eraseTime); err == nil && held { // no relay does it
			if err := run.run(ctx); err != nil {
				return err
			}
			continue
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("stopped waiting; the relays go on with it")
		}
	}
}

// readProgress reads the progress. done reports that the user is erased.
func (e *erasure) readProgress(ctx context.Context) (done bool, err error) {
	var n int
	err = e.s.readers.QueryRow(ctx, `SELECT messages, done FROM erasures WHERE pseudonym = $1`, e.pseudonym).Scan(&n, &done)
	if errors.Is(err, pgx.ErrNoRows) { // another command has deleted the finished row
		return true, nil
	}
	if n > e.messages && e.progress != nil {
		e.progress(n, max(n, e.total))
	}
	e.messages = max(e.messages, n)
	return done, err
}

// CarryErasures erases all users whose erasure was or will be requested by [Erase]; see [rules.Upkeep]. One relay does
// it for all relays.
func (u *upkeep) CarryErasures(carry rules.Carry) {
	u.running.Go(func() {
		tick := time.NewTicker(erasuresEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C: // failed erasures are retried
			case <-u.ctx.Done():
				return
			}
			if held, err := u.Lease(u.ctx, jobErasures, u.holder, eraseTime); err != nil || !held {
				continue
			}
			for erased := true; erased; {
				erased = u.carryErasure(u.ctx, carry) == nil
			}
		}
	})
}

var errNone = errors.New("there is no user to erase")

// carryErasure erases the next user.
func (u *upkeep) carryErasure(ctx context.Context, carry rules.Carry) error {
	e := eraser{u: u, carry: carry}
	err := u.readers.QueryRow(ctx, `SELECT user_id, pseudonym FROM erasures WHERE NOT done LIMIT 1`).Scan(&e.user, &e.pseudonym)
	if errors.Is(err, pgx.ErrNoRows) {
		return errNone
	}
	if err != nil {
		return err
	}
	return e.run(ctx)
}
