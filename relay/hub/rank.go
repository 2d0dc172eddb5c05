package hub

import (
	"slices"
	"sync"

	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	// ranksMax bounds how many users' grants are kept. A user beyond it has the rank of the
	// last join, or of the last token that changed it before.
	ranksMax = 100_000
	// ranksGrantsMax is how many grants are kept of a user: a frontend may have a token for
	// each room.
	ranksGrantsMax = 4
)

// Ranks holds what the last tokens seen of a user grant: users who are, or were, more than
// participants somewhere. All others are participants wherever they come. The hub's owner
// changes it; anybody may ask at any time.
type Ranks struct {
	mu   sync.RWMutex
	seen map[string]*ranked // by user id
}

// ranked is what is known of a user's rank.
type ranked struct {
	// grants were seen, the last one first. There are none of a user of whom the store has
	// a rank above participant until a token is seen.
	grants  []Grants
	unsaved int  // so many of them, from the first on, are not stored
	waits   bool // is in Hub.unsaved
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

// Of is a user's role in a room by the last token seen that opens it; ok is false where
// none was seen, or none but a participant's.
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

// Highest is the highest role that a user's last token gives in any room; "": none was seen.
func (r *Ranks) Highest(user string) protocol.Role {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if has := r.seen[user]; has != nil && len(has.grants) > 0 {
		return has.grants[0].Highest()
	}
	return ""
}

// saw notes what a user's last token grants, and reports whether it is the first that
// waits to be stored.
func (r *Ranks) saw(user string, g Grants) (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
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
	has.unsaved = min(has.unsaved+1, len(has.grants))
	first, has.waits = !has.waits, true
	return first
}

// saving takes what is to be stored of a user, in the order in which it was seen.
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
	return grants
}

// unsave notes that what was to be stored of a user was not, and reports whether it is the
// first that waits.
func (r *Ranks) unsave(user string) (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	has := r.seen[user]
	if has == nil {
		return false
	}
	has.unsaved = len(has.grants)
	first, has.waits = !has.waits, true
	return first
}

// saved notes that the store has it, and whether the user is more than a participant there.
// Of a user who is nothing else anywhere nothing is kept.
func (r *Ranks) saved(user string, above bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	has := r.seen[user]
	if has == nil || has.waits || above {
		return
	}
	if !slices.ContainsFunc(has.grants, func(g Grants) bool { return g.Highest() != protocol.RoleParticipant }) {
		delete(r.seen, user)
	}
}

func (r *Ranks) forget(user string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, user)
}

// lostGrants are those of a token that a session's token before it opened more rooms than:
// in these its user is a participant now.
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

// Ranks holds what the last tokens seen grant. Others may ask it.
func (h *Hub) Ranks() *Ranks { return &h.ranks }

// Ranked takes the users who were more than participants somewhere when the hub began,
// before its first call.
func (h *Hub) Ranked(users []string) {
	for _, u := range users[:min(len(users), ranksMax)] {
		h.ranks.seen[u] = &ranked{}
	}
}

// See takes note of a token that was seen, over REST or by hello or join: from now on its
// user has the ranks that it gives. The store hears of it at the next Tick.
func (h *Hub) See(who *Identity) {
	if h.ranks.Knows(who) {
		return
	}
	user := who.User.ID
	if h.ranks.saw(user, who.Grants) {
		h.unsaved = append(h.unsaved, user)
	}
	for _, s := range h.sessions {
		if s.user == nil || s.user.id != user {
			continue
		}
		for _, m := range s.members {
			name := m.presence.room.name
			if _, ok := who.Grants.Role(name); !ok {
				continue
			}
			if role, ok := s.role(name); ok {
				h.setRole(m, role)
			}
		}
	}
}

// role is the session's role in a room: that of its own token, or a lower one which a later
// token of the user gives; ok is false where its own token does not open the room.
func (s *Session) role(room string) (role protocol.Role, ok bool) {
	if role, ok = s.grants.Role(room); !ok {
		return "", false
	}
	if last, seen := s.hub.ranks.Of(s.user.id, room); seen && !last.AtLeast(role) {
		role = last
	}
	return role, true
}

// saveRanks has the store take note of tokens that were seen. What finds no place waits
// for the next Tick.
func (h *Hub) saveRanks() {
	for len(h.unsaved) > 0 && h.ops < h.cfg.QueueOps/2 && !h.full(nil, opBytes) {
		user := h.unsaved[0]
		h.unsaved = h.unsaved[1:]
		for _, g := range h.ranks.saving(user) {
			h.saveRank(user, rules.See{Grants: g})
		}
	}
	if len(h.unsaved) == 0 {
		h.unsaved = nil
	}
}

// saveRank saves what a token grants, in the rooms of which the op tells.
func (h *Hub) saveRank(user string, do rules.See) {
	h.enqueue(pending{op: rules.Op{Sender: protocol.User{ID: user}, Do: do}, done: func(o rules.Outcome) {
		seen, ok := o.Result.(rules.Seen)
		switch {
		case !ok: // tried again
			if h.ranks.unsave(user) {
				h.unsaved = append(h.unsaved, user)
			}
		case seen.More:
			do.After = seen.Next
			h.saveRank(user, do)
		default:
			h.ranks.saved(user, seen.Ranked)
		}
	}})
}

// withRanks is an op as it goes to the store: with the rank, by the last token seen, that
// matters for it.
func (h *Hub) withRanks(op rules.Op) rules.Op {
	switch do := op.Do.(type) {
	case rules.Open:
		do.Rank, _ = h.ranks.Of(op.Sender.ID, op.Room)
		op.Do = do
	case rules.Moderate:
		do.Rank, _ = h.ranks.Of(do.User, op.Room)
		op.Do = do
	case rules.Revoke:
		do.Rank = h.ranks.Highest(do.User)
		op.Do = do
	}
	return op
}
