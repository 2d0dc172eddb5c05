package hub

import (
	"maps"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Ban is a user put out of a room.
type Ban struct{ Room, User string }

// Bans is who is put out of which rooms, for whoever reads what is not asked of the
// hub. The hub's owner changes it; anybody may ask at any time. The store judges what
// is changed; these follow it, and know of a ban whose result was lost once the banned
// tries something.
type Bans struct {
	mu    sync.RWMutex
	terms map[Ban]BanTerms
}

// BanTerms are until when a ban holds, and against which roles.
type BanTerms struct {
	Until protocol.Time // 0: for ever
	UpTo  protocol.Role // the highest role against which it holds; "": against everybody
}

// Of reports whether a ban is in force against a user who comes with that role, and until
// when; 0: for ever.
func (b *Bans) Of(now time.Time, ban Ban, role protocol.Role) (until protocol.Time, banned bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	t, banned := b.terms[ban]
	banned = banned && (t.Until == 0 || t.Until > protocol.TimeOf(now))
	return t.Until, banned && (t.UpTo == "" || t.UpTo.AtLeast(role))
}

func (b *Bans) set(ban Ban, terms BanTerms) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.terms[ban] = terms
}

func (b *Bans) end(ban Ban) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.terms, ban)
}

// drop ends those of a room that was deleted.
func (b *Bans) drop(room string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.terms, func(ban Ban, _ BanTerms) bool { return ban.Room == room })
}

// forget ends those of a user.
func (b *Bans) forget(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.terms, func(ban Ban, _ BanTerms) bool { return ban.User == user })
}

// Bans are those in force. Others may ask them.
func (h *Hub) Bans() *Bans { return &h.bans }

// Banned takes what was in force when the hub began, before its first call.
func (h *Hub) Banned(terms map[Ban]BanTerms) { maps.Copy(h.bans.terms, terms) }

// noteBan keeps the bans as the outcome of an op shows them.
func (h *Hub) noteBan(op *rules.Op, o *rules.Outcome) {
	if o.Void {
		h.bans.end(Ban{op.Room, op.Sender.ID})
	}
	if o.Why == protocol.WhyBanned {
		h.bans.set(Ban{op.Room, op.Sender.ID}, BanTerms{o.Until, o.UpTo})
		return
	}
	switch do := op.Do.(type) {
	case rules.Drop:
		if dropped(o) {
			h.bans.drop(op.Room)
		}
	case rules.Moderate:
		done, ok := o.Result.(rules.Moderated)
		switch {
		case !ok:
		case do.Act == protocol.ActBan:
			h.bans.set(Ban{op.Room, do.User}, BanTerms{do.Until, done.UpTo})
		case do.Act == protocol.ActUnban:
			h.bans.end(Ban{op.Room, do.User})
		}
	}
}
