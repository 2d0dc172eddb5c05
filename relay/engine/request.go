package engine

import (
	"context"
	"errors"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// errEnded is the answer to a request after the engine's end.
var errEnded = errors.New("the engine has ended")

// ask hands an event to the hub's owner and waits for its answer. The error is ctx's or errEnded.
func ask[T any](ctx context.Context, e *Engine, ev func(now time.Time, answer func(T))) (T, error) {
	answers := make(chan T, 1)
	e.do(func(now time.Time) { ev(now, func(t T) { answers <- t }) })
	var none T
	select {
	case t := <-answers:
		return t, nil
	case <-ctx.Done():
		return none, ctx.Err()
	case <-e.ended:
		return none, errEnded
	}
}

// Change carries out an op over REST, with the rules, order and rate of a frame. It takes all ops except Open and Read.
// The caller has checked the op's content; the hub sets its sender. The outcome may be a refusal, with RetryAfter if a
// later try may succeed. After an error, which is ctx's, the change may or may not be stored.
func (e *Engine) Change(ctx context.Context, who hub.Identity, op rules.Op) (rules.Outcome, error) {
	o, err := ask(ctx, e, func(now time.Time, answer func(rules.Outcome)) { e.hub.Change(now, who, op, answer) })
	if errors.Is(err, errEnded) {
		return rules.Outcome{Refusal: rules.Refusal{Code: protocol.CodeUnavailable, Reason: "the relay is going away", RetryAfter: e.goaway()}}, nil
	}
	return o, err
}

// Online returns the ids of the users who are in a room at present, on any relay. The error is ctx's.
func (e *Engine) Online(ctx context.Context, room string) (map[string]bool, error) {
	users, err := ask(ctx, e, func(now time.Time, answer func(map[string]bool)) { e.hub.Online(now, room, answer) })
	if errors.Is(err, errEnded) {
		return nil, nil // no connection is left
	}
	return users, err
}

// Level waits until this relay has the other relays' presence and read markers that are not in the database yet. The
// error is ctx's.
func (e *Engine) Level(ctx context.Context) error {
	if e.cluster == nil {
		return nil
	}
	_, err := ask(ctx, e, func(now time.Time, answer func(struct{})) { e.hub.Level(now, func() { answer(struct{}{}) }) })
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

// Erase carries out parts of a user's erasure, each a rules.Erase or a rules.Forget, and returns an outcome for each
// part. After an error, which is ctx's or errEnded, the parts may or may not be stored.
func (e *Engine) Erase(ctx context.Context, ops []rules.Op) ([]rules.Outcome, error) {
	return ask(ctx, e, func(now time.Time, answer func([]rules.Outcome)) {
		outcomes, left := make([]rules.Outcome, len(ops)), len(ops)
		e.hub.Erase(now, ops, func(i int, o rules.Outcome) {
			outcomes[i] = o
			if left--; left == 0 {
				answer(outcomes)
			}
		})
	})
}

// Purged notes that the store has deleted old messages of one life of a room: those with a seq below the given one.
func (e *Engine) Purged(room, epoch string, below int64) {
	e.do(func(time.Time) { e.hub.Purged(room, epoch, below) })
}

// See notes the token of a request; see [hub.Hub.See].
func (e *Engine) See(who hub.Identity) {
	if !e.ranks.Knows(&who) {
		e.do(func(time.Time) { e.hub.See(&who) })
	}
}

// Revoked reports whether the identity's token was revoked.
func (e *Engine) Revoked(who hub.Identity) bool { return e.revocations.Refuse(&who) }

// Banned reports whether a user with that role is banned from a room at the time now, and until when; 0: for ever.
func (e *Engine) Banned(now time.Time, ban rules.Ban, role protocol.Role) (until protocol.Time, banned bool) {
	return e.bans.Of(now, ban, role)
}

// Rank returns a user's role in a room by the last token seen. ok is false if the caller can rely on the stored role.
func (e *Engine) Rank(user, room string) (role protocol.Role, ok bool) { return e.ranks.Of(user, room) }

// Config returns the hub's configuration with its defaults.
func (e *Engine) Config() hub.Config { return e.config }

// Conns returns the number of connections that the engine has taken over and that have not ended.
func (e *Engine) Conns() int { return int(e.conns.Load()) }

// Waiting returns the number of events that wait for the hub.
func (e *Engine) Waiting() int { return len(e.events) }

// Attend makes the transport look for events, and reports whether any connection has work to do.
func (e *Engine) Attend() bool { return e.transport.Attend() }

// statsTimeout bounds how long Stats waits for a busy hub.
const statsTimeout = time.Second

// Stats returns the hub's counters. If the hub is too busy to answer, it returns the last answer.
func (e *Engine) Stats() hub.Stats {
	told := make(chan struct{})
	go e.do(func(time.Time) {
		s := e.hub.Stats()
		e.stats.Store(&s)
		close(told)
	})
	timeout := time.NewTimer(statsTimeout)
	defer timeout.Stop()
	select {
	case <-told:
	case <-timeout.C:
	case <-e.ended:
	}
	return *e.stats.Load()
}
