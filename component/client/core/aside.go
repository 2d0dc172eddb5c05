package core

import "hallway/protocol"

// aside holds the newest states of messages that came while a page is on its
// way, since the page may have been read before them; nil: none is expected, or
// too much came, and the page must be read again.
type aside map[string]*protocol.Message

func (a *aside) put(m *protocol.Message) {
	if old := (*a)[m.ID]; *a != nil && (old == nil || old.Rev <= m.Rev) {
		(*a)[m.ID] = m
	}
	if len(*a) > aheadMax {
		*a = nil
	}
}

// current is m, or the newer state of it that was put aside.
func (a aside) current(m *protocol.Message, own *ownReactions) *protocol.Message {
	if later := a[m.ID]; later != nil && later.Rev > m.Rev {
		return own.newer(later, m, true)
	}
	return m
}
