package timeline

import (
	"hallway/component/client"
	"hallway/protocol"
)

// Timeline holds the messages of one room. New returns one. It is not safe for concurrent
// use.
type Timeline struct {
	table
	window window
	pinned pinned

	// Results holds the results of a search.
	Results Results
}

// New returns an empty timeline for a user. me is the user's id, or "" if it is not known yet.
func New(me string) *Timeline {
	t := &Timeline{}
	t.Reset(me)
	return t
}

// Reset drops all messages, for another epoch of the room or another user.
func (t *Timeline) Reset(me string) {
	*t = Timeline{
		table:  table{entries: map[string]*entry{}, me: me, seals: seals{Encrypts: t.Encrypts}},
		window: window{list: list{bit: inWindow}},
		pinned: pinned{list: list{bit: inPinned}},

		Results: Results{list: list{bit: inFound}, timeline: t},
	}
	t.lists = [...]*list{&t.window.list, &t.pinned.list, &t.Results.list}
}

// SetUser sets the timeline's user.
func (t *Timeline) SetUser(me string) { t.me = me }

// Apply takes a state of a message, from history if whole is true, and otherwise from the live
// stream. outdated says that a newer state came before. It reports whether a list
// has changed.
func (t *Timeline) Apply(m *protocol.Message, whole, outdated bool) (changed bool) {
	if whole {
		m.Mine = t.mine(m, m.Mine, m.Rev+1)
	}
	e, changed := t.put(m, whole)
	if !outdated && t.pinned.loaded && e.m.Pinned && t.pin(e) {
		changed = true
	}
	if t.take(e) {
		changed = true
	}
	if e.in == 0 {
		t.keepLoose(e)
	}
	return changed
}

// put makes m the state of its entry, unless a newer one is known, and reports
// whether a list has changed. A new entry is loose: the caller must put it into a
// list, or call keepLoose or tidy.
func (t *Timeline) put(m *protocol.Message, whole bool) (e *entry, changed bool) {
	e, changed = t.store(m, whole)
	return e, changed && t.follow(e)
}

// follow updates the lists that hold an entry after its message has changed,
// and reports whether there is such a list.
func (t *Timeline) follow(e *entry) bool {
	if e.in == 0 {
		return false
	}
	for _, l := range t.lists {
		if e.in&l.bit != 0 {
			l.shown = nil
		}
	}
	if e.in&inPinned != 0 && !e.m.Pinned {
		t.unpin(e)
	}
	if e.in&inFound != 0 && e.m.Deleted() {
		t.remove(&t.Results.list, e)
	}
	return true
}

// Show adds the messages to a snapshot. It leaves out the window before the history has loaded.
func (t *Timeline) Show(s *client.Snapshot) {
	s.MoreBefore, s.MoreAfter = t.window.moreBefore, t.window.moreAfter
	s.Pinned, s.Marks = t.pinned.messages(), t.marks()
	if s.Loaded {
		s.Messages = t.window.messages()
	}
}
