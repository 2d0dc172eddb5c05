// Package step holds the things that every part of the core gets: the time of the step
// under way, random numbers, the list of effects ([Step]), and
// interfaces to the connection ([Link], [Tokens]).
//
// A new helper goes here only if several parts need it. This package must not know
// any part.
package step

import (
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// Step is one call of the core. The core owns it and resets it for each call; the
// parts keep a pointer to it.
type Step struct {
	Now     time.Time
	Effects []client.Effect // in their promised order
	Changed bool            // the snapshot has changed

	// Rand returns uniformly random numbers in [0, 1).
	Rand func() float64

	requests int // over REST, so far
}

// Request returns the number of a new request over REST.
func (s *Step) Request() int {
	s.requests++
	return s.requests
}

// Begin starts a step at a time.
func (s *Step) Begin(now time.Time) { s.Now, s.Effects, s.Changed = now, nil, false }

// Emit appends an effect. It is not inlined, because its many callers would
// make the page larger.
//
//go:noinline
func (s *Step) Emit(e client.Effect) { s.Effects = append(s.Effects, e) }

// Link is the connection.
type Link interface {
	// Write writes a frame.
	Write(f protocol.ClientFrame)
	// Probe asks whether the relay is still there.
	Probe()
	// Lose closes the connection. The next try follows.
	Lose()
	// Timeout returns the time limit for an answer.
	Timeout() time.Duration
	// LastHeard returns the arrival time of the last frame.
	LastHeard() time.Time
}

// Tokens gives the token for a request over REST.
type Tokens interface {
	// Token returns the present token.
	Token() string
	// TokenRefused asks for a new token.
	TokenRefused()
}

// Late reports whether a deadline has passed, and how long ago. A zero deadline never passes.
func (s *Step) Late(at time.Time) (late time.Duration, ok bool) {
	if at.IsZero() || s.Now.Before(at) {
		return 0, false
	}
	return s.Now.Sub(at), true
}

// Due reports whether a deadline has passed, and then clears it. Like Emit, it has many callers.
//
//go:noinline
func (s *Step) Due(at *time.Time) bool {
	_, ok := s.Late(*at)
	if ok {
		*at = time.Time{}
	}
	return ok
}

// Earliest returns the first deadline. It ignores zero ones.
func Earliest(deadlines ...time.Time) (first time.Time) {
	for _, at := range deadlines {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// Assert ends the program if an invariant of the core is broken. No input
// may break one: a part checks its input first.
func Assert(holds bool, invariant string) {
	if !holds {
		broken(invariant)
	}
}

//go:noinline
func broken(invariant string) { panic("client: broken invariant: " + invariant) }

const (
	// waitMax is the longest wait that a relay may name. It is also the longest pause in slow mode.
	waitMax = protocol.SlowModeSMax * time.Second
	// resendAfter is the wait of a refused frame if the relay names none.
	resendAfter = 500 * time.Millisecond
	// LateGrace is the tolerated lateness of a timer. A timer that is later proves nothing about the
	// connection, because the page may have slept.
	LateGrace = time.Second
	// AnswerTimeouts × timeout is the time limit for an answer on a connection on which other frames
	// come.
	AnswerTimeouts = 3
	// RefusalsMax is the number of refused tokens in a row after which the core gives up.
	RefusalsMax = 3
)

// Jitter returns a uniformly random wait before try n, which counts from 1.
func (s *Step) Jitter(n int) time.Duration {
	bound := protocol.BackoffMax
	// Above 16 doublings the result is BackoffMax in any case.
	if n < 16 {
		bound = min(bound, protocol.BackoffBase<<n)
	}
	return time.Duration(s.Rand() * float64(bound))
}

// NamedWait returns the wait that a relay has named, at most waitMax, so that no relay
// silences a chat for ever.
func NamedWait(ms int64) time.Duration {
	return time.Duration(min(max(0, ms), waitMax.Milliseconds())) * time.Millisecond
}

// ResendAt returns the time to send a refused frame again. It is not before until, so that the
// longest of several waits counts.
func (s *Step) ResendAt(until time.Time, f *protocol.Error) time.Time {
	wait := resendAfter
	if f.RetryAfterMs > 0 {
		wait = NamedWait(f.RetryAfterMs)
	}
	if at := s.Now.Add(wait); at.After(until) {
		return at
	}
	return until
}
