package hub

import "slices"

// A purge names the messages of a room that were deleted because of their age: in one epoch, those with a seq below the
// given one.
type purge struct {
	epoch string
	below int64
}

func (p *purge) has(epoch string, e *entry) bool { return epoch == p.epoch && e.seq < p.below }

// purged removes deleted messages from a window, and later from its fills.
func (w *Windows) purged(window *Window, gone purge) {
	if window.gone.epoch == gone.epoch && window.gone.below >= gone.below {
		return
	}
	window.gone = gone
	v := window.now.Load()
	if v == nil || !slices.ContainsFunc(v.entries, func(e entry) bool { return gone.has(v.epoch, &e) }) {
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
