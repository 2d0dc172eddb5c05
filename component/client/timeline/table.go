package timeline

import (
	"hallway/component/client/step"
	"hallway/protocol"
)

// looseMax is how many messages that no list holds are kept while a page is awaited;
// beyond it the page must be read again.
const looseMax = 1024

// lists is a set of lists.
type lists uint8

const (
	inWindow lists = 1 << iota
	inPinned
	inFound
)

// entry is a message in the table, at its newest known state.
type entry struct {
	m  *protocol.Message
	in lists // that hold it
}

// list is a sequence of entries.
type list struct {
	bit     lists
	entries []*entry
	// shown holds the same messages for snapshots. It is only ever appended to; nil:
	// it must be made anew.
	shown   []*protocol.Message
	awaited bool // a page of it is on its way
}

// messages returns the list for a snapshot.
func (l *list) messages() []*protocol.Message {
	if l.shown == nil && len(l.entries) > 0 {
		l.shown = make([]*protocol.Message, len(l.entries), len(l.entries)+16)
		for i, e := range l.entries {
			l.shown[i] = e.m
		}
	}
	n := len(l.shown)
	return l.shown[:n:n]
}

// Timeline is the messages of one room. New makes one; it is not safe for concurrent
// use.
type Timeline struct {
	table map[string]*entry // by id
	loose int               // entries that no list holds

	me     string        // the user's id
	recent []ownReaction // the user's own, as they came live

	window window
	pinned pinned
	found  list
}

// New makes an empty timeline for a user, whose id is "" as long as it is not known.
func New(me string) *Timeline {
	return &Timeline{
		table:  map[string]*entry{},
		me:     me,
		window: window{list: list{bit: inWindow}},
		pinned: pinned{list: list{bit: inPinned}},
		found:  list{bit: inFound},
	}
}

// SetUser tells whose timeline it is.
func (t *Timeline) SetUser(me string) { t.me = me }

// Known returns the newest state of a message that is known, or nil.
func (t *Timeline) Known(id string) *protocol.Message {
	if e := t.table[id]; e != nil {
		return e.m
	}
	return nil
}

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
	e = t.table[m.ID]
	if e == nil {
		e = &entry{m: m}
		t.table[m.ID] = e
		t.loose++
		return e, false
	}
	newer := t.newer(e.m, m, whole)
	if newer == e.m || newer.Seq != e.m.Seq { // no sound relay gives a message another place
		return e, false
	}
	e.m = newer
	return e, t.follow(e)
}

// follow brings the lists up to date that hold an entry whose message has changed,
// and reports whether there are any.
func (t *Timeline) follow(e *entry) bool {
	if e.in == 0 {
		return false
	}
	for _, l := range t.lists() {
		if e.in&l.bit != 0 {
			l.shown = nil
		}
	}
	if e.in&inPinned != 0 && !e.m.Pinned {
		t.unpin(e)
	}
	if e.in&inFound != 0 && e.m.Deleted() {
		t.remove(&t.found, e)
	}
	return true
}

func (t *Timeline) lists() [3]*list { return [...]*list{&t.window.list, &t.pinned.list, &t.found} }

// enter notes that a list holds an entry now.
func (t *Timeline) enter(l *list, e *entry) {
	step.Assert(e.in&l.bit == 0, "a list holds a message once")
	if e.in == 0 {
		t.loose--
	}
	e.in |= l.bit
}

// leave notes that a list does not hold an entry any more.
func (t *Timeline) leave(l *list, e *entry) {
	step.Assert(e.in&l.bit != 0, "a message leaves a list that holds it")
	if e.in &^= l.bit; e.in == 0 {
		t.loose++
	}
}

// insert puts an entry at a place of a list.
func (t *Timeline) insert(l *list, i int, e *entry) {
	t.enter(l, e)
	if i < len(l.entries) {
		l.entries = append(l.entries, nil)
		copy(l.entries[i+1:], l.entries[i:])
		l.entries[i], l.shown = e, nil
		return
	}
	l.entries = append(l.entries, e)
	if l.shown != nil {
		l.shown = append(l.shown, e.m)
	}
}

// cut takes the entries from i to j out of a list.
func (t *Timeline) cut(l *list, i, j int) {
	for _, e := range l.entries[i:j] {
		t.leave(l, e)
	}
	n := copy(l.entries[i:], l.entries[j:])
	clear(l.entries[i+n:])
	l.entries, l.shown = l.entries[:i+n], nil
}

// remove takes an entry out of a list.
func (t *Timeline) remove(l *list, e *entry) {
	for i := range l.entries {
		if l.entries[i] == e {
			t.cut(l, i, i+1)
			return
		}
	}
}

// keepLoose keeps an entry that no list holds as long as a page is awaited.
func (t *Timeline) keepLoose(e *entry) {
	switch {
	case t.loose > looseMax:
		t.stopAwaiting()
		t.tidy()
	case !t.awaiting() && t.table[e.m.ID] == e:
		delete(t.table, e.m.ID)
		t.loose--
	}
}

func (t *Timeline) awaiting() bool {
	return t.window.awaited || t.pinned.awaited || t.found.awaited
}

// stopAwaiting gives up all pages that are on their way: too much came meanwhile.
func (t *Timeline) stopAwaiting() {
	for _, l := range t.lists() {
		l.awaited = false
	}
}

// tidy forgets loose entries, unless a page is awaited.
func (t *Timeline) tidy() {
	step.Assert(t.loose >= 0 && t.loose <= len(t.table), "loose messages are in the table")
	if t.loose == 0 || t.awaiting() {
		return
	}
	for id, e := range t.table {
		if e.in == 0 {
			delete(t.table, id)
		}
	}
	t.loose = 0
}

// ended notes that the page of a list is here, or will not come.
func (t *Timeline) ended(l *list) {
	l.awaited = false
	t.tidy()
}
