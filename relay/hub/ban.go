package hub

import (
	"maps"
	"sync"
	"time"

	"hallway/protocol"
)

// Ban is a user put out of a room.
type Ban struct{ Room, User string }

// Bans is who is put out of which rooms, for whoever reads what is not asked of the
// hub. The hub's owner changes it; anybody may ask at any time. The store judges what
// is changed; these follow it, and know of a ban whose result was lost once the banned
// tries something.
type Bans struct {
	mu    sync.RWMutex
	until map[Ban]protocol.Time // 0: for ever
}

// Of reports whether a ban is in force, and until when; 0: for ever.
func (b *Bans) Of(now time.Time, ban Ban) (until protocol.Time, banned bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	until, banned = b.until[ban]
	return until, banned && (until == 0 || until > protocol.TimeOf(now))
}

func (b *Bans) set(ban Ban, until protocol.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until[ban] = until
}

func (b *Bans) end(ban Ban) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.until, ban)
}

// drop ends those of a room that was deleted.
func (b *Bans) drop(room string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.until, func(ban Ban, _ protocol.Time) bool { return ban.Room == room })
}

// forget ends those of a user.
func (b *Bans) forget(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.until, func(ban Ban, _ protocol.Time) bool { return ban.User == user })
}

// Bans are those in force. Others may ask them.
func (h *Hub) Bans() *Bans { return &h.bans }

// Banned takes what was in force when the hub began, before its first call.
func (h *Hub) Banned(until map[Ban]protocol.Time) { maps.Copy(h.bans.until, until) }

// noteBan keeps the bans as the outcome of an op shows them.
func (h *Hub) noteBan(op *Op, o *Outcome) {
	switch {
	case o.Why == protocol.WhyBanned:
		h.bans.set(Ban{op.Room, op.Sender.ID}, o.Until)
	case op.Kind == OpDrop && (o.Code == "" || o.Code == protocol.CodeNotFound):
		h.bans.drop(op.Room)
	case op.Kind == OpModerate && o.Code == "" && op.Act == protocol.ActBan:
		h.bans.set(Ban{op.Room, op.User}, op.Until)
	case op.Kind == OpModerate && o.Code == "" && op.Act == protocol.ActUnban:
		h.bans.end(Ban{op.Room, op.User})
	}
}
