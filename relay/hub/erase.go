package hub

import (
	"slices"
	"time"
)

// Erase takes parts of the erasing of a user, each an OpErase, from whom the operator
// has asked for it. Everybody's other ops come in between. done is called once for
// each, with its index in ops, perhaps before Erase returns.
func (h *Hub) Erase(_ time.Time, ops []Op, done func(i int, o Outcome)) {
	for i, op := range ops {
		p := pending{op: op, done: func(o Outcome) { done(i, o) }}
		if h.full(nil, p.bytes()) {
			h.refuse(&p, unavailable())
			continue
		}
		h.enqueue(p)
	}
	h.flush()
}

// erased tells a room what became of its messages. The user is put out of all rooms,
// as if removed from each: what the hub knows of the user there is no longer so.
func (h *Hub) erased(op *Op, r *room, o *Outcome) {
	if o.Code != "" {
		return
	}
	h.newsOfAll(r, o)
	if op.Room == "" {
		h.revocations.set(op.User, false, 0)
		h.bans.forget(op.User)
		h.ranks.forget(op.User)
	}
	for _, s := range h.sessions {
		if s.user == nil || s.user.id != op.User {
			continue
		}
		for _, m := range slices.Clone(s.members) {
			h.putOut(m.presence.room, op.User, removed())
		}
	}
}
