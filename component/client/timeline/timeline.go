package timeline

import (
	"hallway/component/client"
	"hallway/protocol"
)

// Timeline is the messages of one room. New makes one; it is not safe for concurrent
// use.
type Timeline struct {
	table
	window window
	pinned pinned

	// Results holds the results of a search.
	Results Results
}

// New makes an empty timeline for a user, whose id is "" as long as it is not known.
func New(me string) *Timeline {
	t := &Timeline{}
	t.Reset(me)
	return t
}

// Reset drops all messages, for another life of the room or another user.
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

// Apply takes a message at some rev, live or, if whole, from history. Outdated tells
// that a newer state came before and may be forgotten. It reports whether a list
// shows something else now.
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
// whether a list shows something else for it. A new entry is loose: the caller
// puts it into a list, or calls keepLoose or tidy.
func (t *Timeline) put(m *protocol.Message, whole bool) (e *entry, changed bool) {
	e, changed = t.store(m, whole)
	return e, changed && t.follow(e)
}

// follow brings the lists up to date that hold an entry whose message has changed,
// and reports whether there are any.
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

// Show puts what people see into a snapshot, the window only if the history is loaded.
func (t *Timeline) Show(s *client.Snapshot) {
	s.MoreBefore, s.MoreAfter = t.window.moreBefore, t.window.moreAfter
	s.Pinned, s.Marks = t.pinned.messages(), t.marks()
	if s.Loaded {
		s.Messages = t.window.messages()
	}
}
