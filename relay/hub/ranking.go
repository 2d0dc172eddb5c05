package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// ranking notes the tokens that users show, and stores their ranks.
type ranking struct {
	*shared
	sessions *sessions
	rooms    *rooms
	writes   *writes
	unsaved  []string // users whose ranks wait to be stored
}

// noteToken notes a token: its user has the token's ranks from now on. The next Tick stores it.
func (rk *ranking) noteToken(who *Identity) {
	if rk.ranks.Knows(who) {
		return
	}
	user := who.User.ID
	if rk.ranks.saw(user, who.Grants) {
		rk.unsaved = append(rk.unsaved, user)
	}
	rk.setRoles(user, who.Grants)
	if rk.gossip != nil {
		rk.gossip.tell(&bus.Granted{User: user, Grants: who.Grants.Entries()})
	}
}

// noteTokenElsewhere notes a token that another relay has seen and stores.
func (rk *ranking) noteTokenElsewhere(now time.Time, n *bus.Granted) {
	who := Identity{User: protocol.User{ID: n.User}, Grants: rk.cfg.GrantsOf(n.Grants)}
	if rk.ranks.Knows(&who) {
		return
	}
	rk.gossip.rulings.changed(nil)
	rk.ranks.heard(now, n.User, who.Grants)
	rk.setRoles(n.User, who.Grants)
}

// keep demotes to participant all users who are not on the list: another relay has seen such a user's lower token. It
// reports whether the list may be too old for some users.
func (rk *ranking) keep(now time.Time, above []string) (early bool) {
	here := func(user string) bool {
		u := rk.sessions.users.byID[user]
		return u != nil && u.conns > 0
	}
	lowered, early := rk.ranks.keep(now, above, here)
	for _, user := range lowered {
		none := rk.cfg.GrantsOf([]bus.Grant{{Pattern: "*", Role: protocol.RoleParticipant}})
		rk.ranks.heard(now, user, none)
		rk.setRoles(user, none)
	}
	return early
}

// setRoles gives a user's sessions their roles in the rooms that the grants open.
func (rk *ranking) setRoles(user string, grants Grants) {
	for _, s := range rk.sessions.ofUser(user) {
		for _, m := range s.members {
			name := m.presence.room.name
			if _, ok := grants.Role(name); !ok {
				continue
			}
			if role, ok := s.role(name); ok {
				rk.rooms.setRole(m, role)
			}
		}
	}
}

// save stores the unstored tokens. The next Tick stores those for which the queue is full.
func (rk *ranking) save() {
	for len(rk.unsaved) > 0 && rk.writes.ops < rk.cfg.QueueOps/2 && !rk.writes.full(nil, opBytes) {
		user := rk.unsaved[0]
		rk.unsaved = rk.unsaved[1:]
		for _, g := range rk.ranks.saving(user) {
			rk.store(user, rules.See{Grants: g})
		}
	}
	if len(rk.unsaved) == 0 {
		rk.unsaved = nil
	}
}

// store stores a part of a token's roles, and then the next part.
func (rk *ranking) store(user string, do rules.See) {
	rk.writes.enqueue(pending{op: rules.Op{Sender: protocol.User{ID: user}, Do: do}, done: func(o rules.Outcome) {
		seen, ok := o.Result.(rules.Seen)
		switch {
		case !ok: // retried later
			if rk.ranks.unsave(user) {
				rk.unsaved = append(rk.unsaved, user)
			}
		case seen.More:
			do.After = seen.Next
			rk.store(user, do)
		default:
			rk.ranks.saved(user, seen.Ranked)
		}
	}})
}
