package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Erase takes parts of the erasing of a user, each a [rules.Erase] or a [rules.Forget], from whom the operator
// has asked for it. Everybody's other ops come in between. done is called once for
// each, with its index in ops, perhaps before Erase returns.
func (h *Hub) Erase(_ time.Time, ops []rules.Op, done func(i int, o rules.Outcome)) {
	for i, op := range ops {
		p := pending{op: op, done: func(o rules.Outcome) { done(i, o) }}
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
func (h *Hub) erased(user string, r *room, messages []protocol.Message, o *rules.Outcome) {
	h.newsOfAll(r, messages, o)
	for _, s := range h.sessions {
		if s.user == nil || s.user.id != user {
			continue
		}
		for _, m := range slices.Clone(s.members) {
			h.putOut(m.presence.room, user, removed())
		}
	}
}

// forgotten ends the erasing of a user.
func (h *Hub) forgotten(user string, o *rules.Outcome) {
	h.revocations.set(user, false, 0)
	h.bans.forget(user)
	h.ranks.forget(user)
	h.erased(user, nil, nil, o)
}
