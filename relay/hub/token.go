package hub

import (
	"errors"
	"sync/atomic"
	"time"

	"hallway/protocol"
)

// A TokenKey stands for a secret or key that signs tokens. When it is withdrawn, the sessions of its tokens end. It is
// safe for concurrent use.
type TokenKey struct{ withdrawn atomic.Bool }

// Withdraw ends the key's sessions at the next Tick.
func (k *TokenKey) Withdraw() { k.withdrawn.Store(true) }

// Withdrawn reports whether the key was withdrawn; false for a nil key.
func (k *TokenKey) Withdrawn() bool { return k != nil && k.withdrawn.Load() }

// A TokenError is the reason why a token was refused. It holds no part of the token.
type TokenError struct {
	Code       protocol.Code // "": CodeUnauthorized
	Why        protocol.Why
	Reason     string // safe to show
	RetryAfter time.Duration
}

// Error returns the reason.
func (e *TokenError) Error() string { return e.Reason }

// AsTokenError returns the TokenError in an error of a [Verifier], or makes one.
func AsTokenError(err error) TokenError {
	t := TokenError{Reason: err.Error()}
	var known *TokenError
	if errors.As(err, &known) {
		t = *known
	}
	if t.Code == "" {
		t.Code = protocol.CodeUnauthorized
	}
	return t
}

// keyWithdrawn is the reason in the refusals of a withdrawn key's sessions.
const keyWithdrawn = "the key of the token counts no more"
