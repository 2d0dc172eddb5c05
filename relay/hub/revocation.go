package hub

import (
	"sync"

	"hallway/protocol"
)

// Revocations holds the times of revocations: only a later token of a revoked user is valid. The hub's owner changes
// it; any goroutine may read it.
type Revocations struct {
	mu    sync.RWMutex
	since map[string]protocol.Time // by user id
}

// Refuse reports whether the identity's token was revoked. A token without an issue time counts as revoked, as does one
// issued in the second of the revocation.
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

// replace replaces all revocations.
func (r *Revocations) replace(since map[string]protocol.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.since = since
}

// RevokedReason is the reason in a revoked user's refusals.
const RevokedReason = "the user's tokens were revoked"
