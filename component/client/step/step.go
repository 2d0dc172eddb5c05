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
	// Lose gives the connection up.
	Lose()
	// Timeout returns how long an answer may take.
	Timeout() time.Duration
	// LastHeard returns when the last frame came.
	LastHeard() time.Time
}

// Tokens gives the token for a request over REST.
type Tokens interface {
	// Token returns the present token.
	Token() string
	// TokenRefused asks for another one.
	TokenRefused()
}

// Late reports whether a deadline has come, and how long ago. A zero one never comes.
func (s *Step) Late(at time.Time) (late time.Duration, ok bool) {
	if at.IsZero() || s.Now.Before(at) {
		return 0, false
	}
	return s.Now.Sub(at), true
}

// Due reports whether a deadline has come, and clears it if so. Like Emit, it is called from everywhere.
//
//go:noinline
func (s *Step) Due(at *time.Time) bool {
	_, ok := s.Late(*at)
	if ok {
		*at = time.Time{}
	}
	return ok
}

// Earliest returns the first of some deadlines; zero ones do not count.
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
	// waitMax is the longest wait that a relay may ask for: slow mode asks for no more.
	waitMax = protocol.SlowModeSMax * time.Second
	// resendAfter is how long a refused frame waits if the relay names no time.
	resendAfter = 500 * time.Millisecond
	// LateGrace is the lateness of a timer beyond which the silence that it
	// measured is blamed on the timer.
	LateGrace = time.Second
	// AnswerTimeouts × timeout is how long an answer may be missing on a connection
	// that is alive otherwise.
	AnswerTimeouts = 3
	// RefusalsMax is how many tokens in a row may be refused before the core gives up.
	RefusalsMax = 3
)

// Jitter returns a uniformly random wait before try n, which counts from 1.
func (s *Step) Jitter(n int) time.Duration {
	bound := protocol.BackoffMax
	// With so many doublings the bound is reached for any n.
	if n < 16 {
		bound = min(bound, protocol.BackoffBase<<n)
	}
	return time.Duration(s.Rand() * float64(bound))
}

// NamedWait returns the wait that a relay has named, within waitMax: no relay
// silences a chat for good.
func NamedWait(ms int64) time.Duration {
	return time.Duration(min(max(0, ms), waitMax.Milliseconds())) * time.Millisecond
}

// ResendAt returns the time to send a refused frame again, no sooner than until:
// of several waits the longest counts.
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
