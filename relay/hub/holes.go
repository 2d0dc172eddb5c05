package hub

import "time"

// HealAfter is the time that a hole in a room's revs waits for news before it is read from the database.
const HealAfter = 20 * time.Millisecond

// A holeList holds the rooms whose streams are behind the database, and the times at which their holes are read.
type holeList struct {
	reader    Reader
	rooms     []*room   // rooms with a level.healAt
	at        time.Time // the earliest healAt; zero: none
	unsettled []*room   // rooms that may have a hole since this call
}

// note notes that the database holds a rev of a room.
func (h *holeList) note(r *room, rev int64) {
	r.level.known = max(r.level.known, rev)
	if r.level.known > r.told && !r.level.unsettled {
		r.level.unsettled = true
		h.unsettled = append(h.unsettled, r)
	}
}

// settle sets the time at which the holes that this call has found are read. Until then news may fill them.
func (h *holeList) settle(now time.Time, after time.Duration) {
	for _, r := range h.unsettled {
		lv := r.level
		lv.unsettled = false
		if r.open && lv.known > r.told && lv.healAt.IsZero() && !lv.healing {
			h.readAt(r, now.Add(after))
		}
	}
	clear(h.unsettled)
	h.unsettled = h.unsettled[:0]
}

// readAt sets when a room's hole is read.
func (h *holeList) readAt(r *room, at time.Time) {
	lv := r.level
	if lv.healAt.IsZero() {
		h.rooms = append(h.rooms, r)
	}
	lv.healAt = at
	if h.at.IsZero() || at.Before(h.at) {
		h.at = at
	}
}

// read begins to read the holes that are due.
func (h *holeList) read(now time.Time) {
	if h.at.IsZero() || now.Before(h.at) {
		return
	}
	h.at = time.Time{}
	kept := h.rooms[:0]
	for _, r := range h.rooms {
		lv := r.level
		switch {
		case lv.healAt.IsZero():
		case r.members == 0 || !r.open || lv.known <= r.told:
			lv.healAt = time.Time{} // filled meanwhile
		case now.Before(lv.healAt):
			kept = append(kept, r)
			if h.at.IsZero() || lv.healAt.Before(h.at) {
				h.at = lv.healAt
			}
		default:
			lv.healAt, lv.healing, lv.sought = time.Time{}, true, lv.known
			h.reader.ReadSince(r.name, r.told)
		}
	}
	clear(h.rooms[len(kept):])
	h.rooms = kept
}
