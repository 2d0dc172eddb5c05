package timeline

import (
	"slices"

	"hallway/protocol"
)

// A message's Mine holds the user's own reactions. A page of history contains them. A live change
// names only the first users of a reaction. If the user may be among the others, Mine keeps its
// previous value, and the user's changes since then are applied to it.

// ownRecentMax is the number of remembered reactions of the user: more than can come while a page
// is being loaded.
const ownRecentMax = 128

// ownReaction is a reaction that the user has added or removed, on any device.
type ownReaction struct {
	id    string
	rev   int64
	cause protocol.Cause
}

// Live fills in Mine for a message from the live stream. guessed is true if the user may have other
// reactions, too.
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

// readMine fills in Mine for messages from history, even if the relay leaves it out.
func (t *table) readMine(page []protocol.Message) {
	for i := range page {
		m := &page[i]
		m.Mine = t.mine(m, m.Mine, m.Rev+1)
	}
}

// mine returns the user's own emoji on m: known is their state at rev since, and the user's later
// changes are applied to it.
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

// unsure reports whether the user may have reactions that are missing in m.Mine, if m was unknown
// before it came live.
func (t *table) unsure(m *protocol.Message) bool {
	return slices.ContainsFunc(m.Reactions, func(r protocol.Reaction) bool {
		return int64(len(r.Users)) < r.Count && !slices.Contains(m.Mine, r.Emoji)
	})
}

// newer returns the state to show after a message that is shown as old has come as m. whole says that
// m comes from history. It returns old itself if m contains nothing new.
func (t *table) newer(old, m *protocol.Message, whole bool) *protocol.Message {
	switch {
	case m.Rev > old.Rev:
		return m
	case m.Rev == old.Rev:
		if !slices.Equal(m.Mine, old.Mine) {
			return m
		}
	case whole:
		// A live change has overtaken m, but m knows more of Mine.
		if mine := t.mine(old, m.Mine, m.Rev+1); !slices.Equal(mine, old.Mine) {
			known := *old
			known.Mine = mine
			return &known
		}
	}
	return old
}
