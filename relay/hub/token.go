package hub

import (
	"errors"
	"sync/atomic"
	"time"

	"hallway/protocol"
)

// A TokenKey stands for a secret or key that signs tokens. When it is withdrawn the
// sessions of its tokens end. It may be used from several goroutines.
type TokenKey struct{ withdrawn atomic.Bool }

// Withdraw ends the key's sessions at the next Tick.
func (k *TokenKey) Withdraw() { k.withdrawn.Store(true) }

// Withdrawn reports whether the key counts no more. A nil key always counts.
func (k *TokenKey) Withdrawn() bool { return k != nil && k.withdrawn.Load() }

// A TokenError tells why a token was refused. Nothing of it holds a part of the token.
type TokenError struct {
	Code       protocol.Code // "": CodeUnauthorized
	Why        protocol.Why
	Reason     string // safe to show
	RetryAfter time.Duration
}

func (e *TokenError) Error() string { return e.Reason }

// AsTokenError returns the TokenError in an error of a [Verifier], made where there is none.
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

// keyWithdrawn is what sessions of a withdrawn key are told.
const keyWithdrawn = "the key of the token counts no more"

// refuseToken answers a hello whose token was refused, and ends the session.
func (h *Hub) refuseToken(s *Session, err error) {
	t := AsTokenError(err)
	s.send(protocol.Error{Code: t.Code, Message: t.Reason, Why: t.Why, RetryAfterMs: milliseconds(t.RetryAfter)})
	code := protocol.CloseUnauthorized
	if t.Code == protocol.CodeUnavailable {
		code = protocol.CloseTryLater // the token may be good: the client keeps it
	}
	h.end(s, code, t.Reason)
}
