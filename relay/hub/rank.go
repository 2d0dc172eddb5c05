package hub

import (
	"slices"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

const (
	// ranksMax bounds the users whose grants are kept. Every other user has the rank of the last join, or of the last
	// token that changed it before.
	ranksMax = 100_000
	// ranksGrantsMax bounds a user's kept grants: a frontend may use a token for each room.
	ranksGrantsMax = 4
	// storedWithin is the time that another relay has to store the grants that it has announced.
	storedWithin = 30 * time.Second
)

// Ranks holds the grants of the last tokens seen, for users who are or were more than participants in any room. All
// others are participants everywhere. The hub's owner changes it; any goroutine may read it at any time.
type Ranks struct {
	mu   sync.RWMutex
	seen map[string]*ranked // by user id
}

// ranked holds the grants and the rank of a user.
type ranked struct {
	// grants holds the seen grants, the newest first. It is empty for a user with a stored rank above participant until
	// a token is seen.
	grants  []Grants
	unsaved int  // the number of grants, from the first, that are not stored
	waits   bool // the user is in ranking.unsaved
	storing int  // grants in the queue or being committed
	// heardAt is the time when another relay announced the newest grants, which it stores. It is zero once they are
	// stored, or if they make the user a participant.
	heardAt time.Time
}

// Knows reports whether the identity's token changes nothing.
func (r *Ranks) Knows(who *Identity) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	has := r.seen[who.User.ID]
	if has == nil {
		return who.Grants.Highest() == protocol.RoleParticipant || len(r.seen) >= ranksMax
	}
	return len(has.grants) > 0 && has.grants[0].Same(who.Grants)
}

// Of returns a user's role in a room by the last token seen that opens it. ok is false without such a token, or if it
// gives only a participant's role.
func (r *Ranks) Of(user, room string) (role protocol.Role, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if has := r.seen[user]; has != nil {
		for _, g := range has.grants {
			if role, ok := g.Role(room); ok {
				return role, true
			}
		}
	}
	return "", false
}

// Highest returns the highest role that a user's last token gives in any room; "": no token was seen.
func (r *Ranks) Highest(user string) protocol.Role {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if has := r.seen[user]; has != nil && len(has.grants) > 0 {
		return has.grants[0].Highest()
	}
	return ""
}

// saw notes the grants of a user's newest token, and reports whether they are the first that wait for the store.
func (r *Ranks) saw(user string, g Grants) (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	has := r.put(user, g)
	has.unsaved = min(has.unsaved+1, len(has.grants))
	first, has.waits = !has.waits, true
	return first
}

// heard notes the grants of a user's newest token, which another relay has seen and stores.
func (r *Ranks) heard(now time.Time, user string, g Grants) {
	r.mu.Lock()
	defer r.mu.Unlock()
	has := r.put(user, g)
	if has.unsaved > 0 {
		has.unsaved = min(has.unsaved+1, len(has.grants)) // stored again with those behind it
	}
	if g.Highest() != protocol.RoleParticipant {
		has.heardAt = now
	}
}

// put puts the grants of a user's newest token before the others.
func (r *Ranks) put(user string, g Grants) *ranked {
	has := r.seen[user]
	if has == nil {
		has = &ranked{}
		r.seen[user] = has
	}
	if i := slices.IndexFunc(has.grants, g.Same); i >= 0 {
		has.grants = slices.Delete(has.grants, i, i+1)
		if i < has.unsaved {
			has.unsaved--
		}
	}
	has.grants = slices.Insert(has.grants, 0, g)
	has.grants = has.grants[:min(len(has.grants), ranksGrantsMax)]
	has.unsaved = min(has.unsaved, len(has.grants))
	has.heardAt = time.Time{}
	return has
}

// keep demotes to participant all users who are not on the list, except those whose newest token is not stored yet. It
// returns the demoted users with grants, by id, and forgets the others. early reports that another relay may have an
// unstored token.
func (r *Ranks) keep(now time.Time, above []string, here func(user string) bool) (lowered []string, early bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	listed := make(map[string]bool, len(above))
	for _, u := range above {
		listed[u] = true
		if r.seen[u] == nil && len(r.seen) < ranksMax {
			r.seen[u] = &ranked{}
		}
	}
	for u, has := range r.seen {
		switch {
		case listed[u]:
			has.heardAt = time.Time{}
		case has.waits, has.storing > 0:
		case now.Before(has.heardAt.Add(storedWithin)):
			early = true
		case !here(u):
			delete(r.seen, u)
		case has.above():
			lowered = append(lowered, u)
		}
	}
	slices.Sort(lowered)
	return lowered, early
}

// above reports whether the grants make the user more than a participant in any room.
func (r *ranked) above() bool {
	return slices.ContainsFunc(r.grants, func(g Grants) bool { return g.Highest() != protocol.RoleParticipant })
}

// saving returns a user's unstored grants, in the order of their tokens, and marks them as being stored.
func (r *Ranks) saving(user string) []Grants {
	r.mu.Lock()
	defer r.mu.Unlock()
	has := r.seen[user]
	if has == nil {
		return nil
	}
	grants := slices.Clone(has.grants[:has.unsaved])
	slices.Reverse(grants)
	has.unsaved, has.waits = 0, false
	has.storing += len(grants)
	return grants
}

// unsave notes that a user's grants could not be stored, and reports whether they are the first that wait.
func (r *Ranks) unsave(user string) (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	has := r.seen[user]
	if has == nil {
		return false
	}
	has.storing--
	has.unsaved = len(has.grants)
	first, has.waits = !has.waits, true
	return first
}

// saved notes that the store has the grants, and whether the user is more than a participant there. It forgets a user
// who is a participant everywhere.
func (r *Ranks) saved(user string, above bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	has := r.seen[user]
	if has == nil {
		return
	}
	if has.storing--; has.waits || above {
		return
	}
	if !has.above() {
		delete(r.seen, user)
	}
}

func (r *Ranks) forget(user string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, user)
}

// lostGrants are the grants of a token that opens fewer rooms than the session's earlier token. In the lost rooms the
// user becomes a participant.
type lostGrants struct {
	Grants
	rooms []string
}

func (g lostGrants) Role(room string) (protocol.Role, bool) {
	if role, ok := g.Grants.Role(room); ok {
		return role, true
	}
	return protocol.RoleParticipant, slices.Contains(g.rooms, room)
}

func (g lostGrants) Same(other Grants) bool {
	o, ok := other.(lostGrants)
	return ok && g.Grants.Same(o.Grants) && slices.Equal(g.rooms, o.rooms)
}

func (g lostGrants) Entries() []bus.Grant {
	entries := slices.Clone(g.Grants.Entries())
	for _, room := range g.rooms {
		entries = append(entries, bus.Grant{Pattern: room, Role: protocol.RoleParticipant})
	}
	return entries
}

// complete returns an op with the rank that the store needs, by the last token seen.
func (r *Ranks) complete(op rules.Op) rules.Op {
	switch do := op.Do.(type) {
	case rules.Open:
		do.Rank, _ = r.Of(op.Sender.ID, op.Room)
		op.Do = do
	case rules.Moderate:
		do.Rank, _ = r.Of(do.User, op.Room)
		op.Do = do
	case rules.Revoke:
		do.Rank = r.Highest(do.User)
		op.Do = do
	}
	return op
}
