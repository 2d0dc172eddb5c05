package hub

import (
	"maps"
	"sync"

	"hallway/protocol"
)

// Revocations is who is revoked: whose tokens count only if they were issued
// later. The hub's owner changes it; anybody may ask at any time.
type Revocations struct {
	mu    sync.RWMutex
	since map[string]protocol.Time // by user id
}

// Refuse reports whether the identity's token counts no more. One that does not
// say when it was issued does not, nor does one of the same second.
func (r *Revocations) Refuse(who *Identity) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	since, revoked := r.since[who.User.ID]
	return revoked && (who.IssuedAt.IsZero() || protocol.TimeOf(who.IssuedAt) <= since)
}

func (r *Revocations) set(user string, on bool, since protocol.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if on {
		r.since[user] = since
	} else {
		delete(r.since, user)
	}
}

// Revocations are those in force. Others may ask them.
func (h *Hub) Revocations() *Revocations { return &h.revocations }

// Revoked takes what was in force when the hub began, before its first call.
func (h *Hub) Revoked(since map[string]protocol.Time) { maps.Copy(h.revocations.since, since) }

// RevokedReason is what the revoked are told.
const RevokedReason = "the user's tokens were revoked"

// revoke notes that a user is revoked, or not any more, and ends the connections.
func (h *Hub) revoke(user string, on bool, since protocol.Time) {
	h.revocations.set(user, on, since)
	if !on {
		return
	}
	// From the end, because ending a session moves the last one to its place.
	for i := len(h.sessions) - 1; i >= 0; i-- {
		if s := h.sessions[i]; s.user != nil && s.user.id == user {
			h.endRevoked(s)
		}
	}
}

func (h *Hub) endRevoked(s *Session) {
	s.send(protocol.Error{Code: protocol.CodeUnauthorized, Message: RevokedReason, Why: protocol.WhyRevoked})
	h.end(s, protocol.ClosePutOut, RevokedReason)
}
