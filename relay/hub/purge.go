package hub

// purge is what was deleted of a room by its age: in one of its lives the messages
// with a seq below the one named.
type purge struct {
	epoch string
	below int64
}

func (p *purge) has(epoch string, e *entry) bool { return epoch == p.epoch && e.seq < p.below }

// Purged takes that messages were deleted in the store because of their age: of
// that life of the room those with a seq below the one named. Nobody is told: who
// has them keeps them, who asks does not get them.
func (h *Hub) Purged(name, epoch string, below int64) {
	if r := h.rooms[name]; r != nil {
		h.windows.purged(r.window, purge{epoch, below})
	}
}

// purged drops what is gone from a window, and from what is read for it later.
func (w *Windows) purged(window *Window, gone purge) {
	window.gone = gone
	v := window.now.Load()
	if v == nil {
		return
	}
	next := *v
	next.entries, next.bytes = nil, 0
	for _, e := range v.entries {
		if !gone.has(v.epoch, &e) {
			next.entries, next.bytes = append(next.entries, e), next.bytes+e.bytes()
		}
	}
	w.publish(window, &next)
}
