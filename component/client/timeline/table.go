package timeline

import (
	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// looseMax is the highest number of loose messages that are kept while a page is awaited.
// If there are more, the page must be read again.
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
	in lists // the lists that hold it
	// For an encrypted message. After it is decrypted, m has its text in place of the encrypted form:

	sealed *protocol.Encrypted
	mark   client.Mark
	files  []protocol.SealedFile
}

// list is a sequence of entries.
type list struct {
	bit     lists
	entries []*entry
	// shown holds the same messages for snapshots. It only grows by appending. nil: it must be
	// rebuilt.
	shown   []*protocol.Message
	awaited bool // a page of the list is being loaded
}

// messages returns the list for a snapshot.
//
//go:noinline
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

// table holds the known messages by id.
type table struct {
	entries map[string]*entry
	loose   int // the number of entries in no list
	lists   [3]*list

	seals

	me     string        // the user's id
	recent []ownReaction // the user's last reactions from the live stream
}

// Known returns the newest known state of a message, or nil.
func (t *table) Known(id string) *protocol.Message {
	if e := t.entries[id]; e != nil {
		return e.m
	}
	return nil
}

// store makes m the state of its entry, unless a newer one is known, and reports
// whether it has changed an existing entry.
func (t *table) store(m *protocol.Message, whole bool) (e *entry, changed bool) {
	e = t.entries[m.ID]
	if e == nil {
		e = &entry{m: m}
		t.entries[m.ID] = e
		t.loose++
		t.replaced(e, nil)
		return e, false
	}
	newer := t.newer(e.m, m, whole)
	if newer == e.m || newer.Seq != e.m.Seq { // a correct relay does not change a seq
		return e, false
	}
	old := e.m
	e.m = newer
	if newer == m {
		t.replaced(e, old)
	}
	return e, true
}

// enter records that a list holds an entry.
func (t *table) enter(l *list, e *entry) {
	step.Assert(e.in&l.bit == 0, "a list holds a message only once")
	if e.in == 0 {
		t.loose--
	}
	e.in |= l.bit
}

// leave records that a list no longer holds an entry.
func (t *table) leave(l *list, e *entry) {
	step.Assert(e.in&l.bit != 0, "a message leaves a list that holds it")
	if e.in &^= l.bit; e.in == 0 {
		t.loose++
	}
}

// insert inserts an entry into a list, at index i.
func (t *table) insert(l *list, i int, e *entry) {
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

// cut removes the entries from i to j from a list.
func (t *table) cut(l *list, i, j int) {
	for _, e := range l.entries[i:j] {
		t.leave(l, e)
	}
	n := copy(l.entries[i:], l.entries[j:])
	clear(l.entries[i+n:])
	l.entries, l.shown = l.entries[:i+n], nil
}

// remove removes an entry from a list.
func (t *table) remove(l *list, e *entry) {
	for i := range l.entries {
		if l.entries[i] == e {
			t.cut(l, i, i+1)
			return
		}
	}
}

// keepLoose keeps a loose entry while a page is awaited, and otherwise removes it.
func (t *table) keepLoose(e *entry) {
	switch {
	case t.loose > looseMax:
		t.stopAwaiting()
		t.tidy()
	case !t.awaiting() && t.entries[e.m.ID] == e:
		delete(t.entries, e.m.ID)
		t.loose--
	}
}

func (t *table) awaiting() bool {
	for _, l := range t.lists {
		if l.awaited {
			return true
		}
	}
	return false
}

// stopAwaiting cancels all awaited pages, because too many messages have changed meanwhile.
func (t *table) stopAwaiting() {
	for _, l := range t.lists {
		l.awaited = false
	}
}

// tidy removes loose entries, unless a page is awaited.
func (t *table) tidy() {
	step.Assert(t.loose >= 0 && t.loose <= len(t.entries), "loose messages are in the table")
	if t.loose == 0 || t.awaiting() {
		return
	}
	for id, e := range t.entries {
		if e.in == 0 {
			delete(t.entries, id)
		}
	}
	t.loose = 0
}

// ended records that a list no longer awaits a page.
func (t *table) ended(l *list) {
	l.awaited, t.rescan = false, t.Encrypts
	t.tidy()
}
