package hub

import (
	"maps"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Bans holds the bans in force, for readers outside the hub. The hub's owner changes it; any goroutine may read it. The
// store decides about changes. If the result of a ban was lost, Bans learns of the ban at the banned user's next
// attempt.
type Bans struct {
	mu    sync.RWMutex
	terms map[rules.Ban]rules.BanTerms
}

// Of reports whether a ban is in force against a user with that role, and returns its end; 0: for ever.
func (b *Bans) Of(now time.Time, ban rules.Ban, role protocol.Role) (until protocol.Time, banned bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	t, banned := b.terms[ban]
	banned = banned && (t.Until == 0 || t.Until > protocol.TimeOf(now))
	return t.Until, banned && (t.UpTo == "" || t.UpTo.AtLeast(role))
}

func (b *Bans) set(ban rules.Ban, terms rules.BanTerms) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.terms[ban] = terms
}

func (b *Bans) end(ban rules.Ban) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.terms, ban)
}

// replace replaces all bans.
func (b *Bans) replace(terms map[rules.Ban]rules.BanTerms) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.terms = terms
}

// drop removes the bans of a deleted room.
func (b *Bans) drop(room string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.terms, func(ban rules.Ban, _ rules.BanTerms) bool { return ban.Room == room })
}

// forget removes the bans of a user.
func (b *Bans) forget(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.terms, func(ban rules.Ban, _ rules.BanTerms) bool { return ban.User == user })
}

// note updates the bans from the outcome of an op.
func (b *Bans) note(op *rules.Op, o *rules.Outcome) {
	if o.Void {
		b.end(rules.Ban{Room: op.Room, User: op.Sender.ID})
	}
	if o.Why == protocol.WhyBanned {
		b.set(rules.Ban{Room: op.Room, User: op.Sender.ID}, rules.BanTerms{Until: o.Until, UpTo: o.UpTo})
		return
	}
	switch do := op.Do.(type) {
	case rules.Drop:
		if dropped(o) {
			b.drop(op.Room)
		}
	case rules.Moderate:
		done, ok := o.Result.(rules.Moderated)
		switch {
		case !ok:
		case do.Act == protocol.ActBan:
			b.set(rules.Ban{Room: op.Room, User: do.User}, rules.BanTerms{Until: do.Until, UpTo: done.UpTo})
		case do.Act == protocol.ActUnban:
			b.end(rules.Ban{Room: op.Room, User: do.User})
		}
	}
}
