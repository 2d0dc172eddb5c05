package timeline

import (
	"slices"

	"hallway/protocol"
)

// A message's Mine are the user's own reactions. A page of history names them. A live
// change names the first users of a reaction only. If the user may be among the rest, Mine
// stays as it was, with the user's own changes since then applied.

// ownRecentMax is how many of the user's own reactions are remembered: more than
// can come while a page is on its way.
const ownRecentMax = 128

// ownReaction is a change by the user, on any device.
type ownReaction struct {
	id    string
	rev   int64
	cause protocol.Cause
}

// Live fills in Mine for a message that came live. It is a guess if the user may have
// reactions that nothing tells of.
func (t *table) Live(m *protocol.Message, cause *protocol.Cause) (guessed bool) {
	if cause != nil && cause.By == t.me {
		if len(t.recent) >= ownRecentMax {
			t.recent = append(t.recent[:0], t.recent[ownRecentMax/2:]...)
		}
		t.recent = append(t.recent, ownReaction{id: m.ID, rev: m.Rev, cause: *cause})
	}
	m.Mine = nil
	if len(m.Reactions) == 0 {
		return false
	}
	var before []string
	since, known := int64(0), t.Known(m.ID)
	if known != nil {
		before, since = known.Mine, known.Rev
		if cause == nil || known.Rev < m.Rev {
			since++
		}
	}
	m.Mine = t.mine(m, before, since)
	return known == nil && t.unsure(m)
}

// readMine fills in Mine for messages from history, also for those of a relay that
// leaves it out.
func (t *table) readMine(page []protocol.Message) {
	for i := range page {
		m := &page[i]
		m.Mine = t.mine(m, m.Mine, m.Rev+1)
	}
}

// mine returns the user's own emoji on m: those known at rev since, with
// the user's later changes applied.
func (t *table) mine(m *protocol.Message, known []string, since int64) []string {
	var mine []string
	for _, r := range m.Reactions {
		own := slices.Contains(r.Users, t.me)
		if !own && int64(len(r.Users)) < r.Count {
			own = slices.Contains(known, r.Emoji)
			for _, later := range t.recent {
				if later.id == m.ID && later.rev >= since && later.rev <= m.Rev && later.cause.Emoji == r.Emoji {
					own = later.cause.On
				}
			}
		}
		if own {
			mine = append(mine, r.Emoji)
		}
	}
	return mine
}

// unsure reports whether the user may have reactions that Mine of m does not name, if
// m was not known before it came live.
func (t *table) unsure(m *protocol.Message) bool {
	return slices.ContainsFunc(m.Reactions, func(r protocol.Reaction) bool {
		return int64(len(r.Users)) < r.Count && !slices.Contains(m.Mine, r.Emoji)
	})
}

// newer returns the state to show of a message that is shown as old and has now come
// as m: whole, from history, or live. It is old itself if m tells nothing new.
func (t *table) newer(old, m *protocol.Message, whole bool) *protocol.Message {
	switch {
	case m.Rev > old.Rev:
		return m
	case m.Rev == old.Rev:
		if !slices.Equal(m.Mine, old.Mine) {
			return m
		}
	case whole:
		// Overtaken by a live change, which could not tell all of Mine.
		if mine := t.mine(old, m.Mine, m.Rev+1); !slices.Equal(mine, old.Mine) {
			known := *old
			known.Mine = mine
			return &known
		}
	}
	return old
}
