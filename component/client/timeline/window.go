package timeline

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// window is a part of the room's history: messages ascending by seq, without a
// hole. It begins as the newest page, follows the stream while it reaches to the
// newest message, and moves by pages either way.
type window struct {
	list
	begun      bool  // the newest page was loaded; before, it is not known what lies beyond
	moreBefore bool  // older messages are at the relay
	moreAfter  bool  // newer ones are: the window has moved away from the end
	newest     int64 // the highest seq that anyone told of
}

// evictAtOnce is how many messages are dropped together, so that it is rare.
const evictAtOnce = client.TimelineMax / 10

// Oldest returns the seq of the window's first message, or 0.
func (t *Timeline) Oldest() int64 {
	if len(t.window.entries) == 0 {
		return 0
	}
	return t.window.entries[0].m.Seq
}

// Last returns the seq of the window's last message, or 0.
func (t *Timeline) Last() int64 {
	entries := t.window.entries
	if len(entries) == 0 {
		return 0
	}
	return entries[len(entries)-1].m.Seq
}

// Newest returns the highest seq that the relay told of.
func (t *Timeline) Newest() int64 { return t.window.newest }

// MoreBefore reports whether the relay has messages before the window.
func (t *Timeline) MoreBefore() bool { return t.window.moreBefore }

// MoreAfter reports whether the relay has messages after the window.
func (t *Timeline) MoreAfter() bool { return t.window.moreAfter }

// Shows reports whether the window shows a message.
func (t *Timeline) Shows(id string) bool {
	e := t.entries[id]
	return e != nil && e.in&inWindow != 0
}

// Holds reports whether the window shows the message with a seq, if there is one.
func (t *Timeline) Holds(seq int64) bool {
	w := &t.window
	return (seq >= t.Oldest() || !w.moreBefore) && (seq <= t.Last() || !w.moreAfter)
}

// FirstOfOthers returns the seq of the window's first message after a seq that is
// not the user's and not deleted, or 0.
func (t *Timeline) FirstOfOthers(after int64) int64 {
	for _, e := range t.window.entries {
		if m := e.m; m.Seq > after && m.Sender.ID != t.me && !m.Deleted() {
			return m.Seq
		}
	}
	return 0
}

// Mentions counts the window's messages of others with a seq above after and up to a seq that mention the user.
func (t *Timeline) Mentions(after, to int64) (n int) {
	for _, e := range t.window.entries {
		if m := e.m; m.Seq > after && m.Seq <= to && m.Sender.ID != t.me && protocol.MentionsUser(m.Mentions, t.me) {
			n++
		}
	}
	return n
}

// take lets the window have an entry if its place is inside, and reports whether it
// is new there.
func (t *Timeline) take(e *entry) bool {
	w := &t.window
	if e.in&inWindow != 0 {
		return false
	}
	seq := e.m.Seq
	w.newest = max(w.newest, seq)
	if w.begun && (w.moreBefore && seq < t.Oldest() || w.moreAfter && seq > t.Last()) {
		return false
	}
	i := len(w.entries)
	for i > 0 && w.entries[i-1].m.Seq > seq {
		i--
	}
	if i > 0 && w.entries[i-1].m.Seq == seq {
		return false // no sound relay gives two messages one place
	}
	t.insert(&w.list, i, e)
	t.trim()
	return true
}

// trim drops the oldest messages of a window that is too long. While a page is on
// its way the window's ends stay, so that it still fits, as long as that is bearable.
func (t *Timeline) trim() {
	w := &t.window
	n := len(w.entries) - client.TimelineMax
	if n > looseMax {
		w.awaited = false // too much came meanwhile: the page must be read again
	}
	if w.begun && !w.awaited && n > 0 {
		t.dropOldest(n + evictAtOnce)
	}
}

// Begin makes the newest page the window. What the stream brought of older messages
// were changes.
func (t *Timeline) Begin(page []protocol.Message, more bool) {
	w := &t.window
	w.begun, w.moreBefore = true, more
	if !more || len(page) == 0 {
		return
	}
	first := page[0].Seq
	if i := slices.IndexFunc(w.entries, func(e *entry) bool { return e.m.Seq >= first }); i > 0 {
		t.dropOldest(i)
	}
}

// AwaitWindow begins to keep what changes beyond the window until a page is here.
func (t *Timeline) AwaitWindow() { t.window.awaited = true }

// WindowFailed tells that the page does not come.
func (t *Timeline) WindowFailed() { t.ended(&t.window.list) }

// AwaitsWindow reports whether a page may still be taken. It is false if too much
// has changed since it was asked for: then it must be read again.
func (t *Timeline) AwaitsWindow() bool { return t.window.awaited }

// Prepend takes the page before the window. As in extend, messages that are not in order are of no sound relay, and left out.
func (t *Timeline) Prepend(page []protocol.Message, more bool) {
	t.readMine(page)
	w := &t.window
	first, last := t.Oldest(), int64(0)
	older := make([]*entry, 0, len(page)+len(w.entries))
	for i := range page {
		if e, _ := t.put(&page[i], true); e.in&inWindow == 0 && e.m.Seq > last && (first == 0 || e.m.Seq < first) {
			t.enter(&w.list, e)
			older, last = append(older, e), e.m.Seq
		}
	}
	w.entries, w.shown = append(older, w.entries...), nil
	w.moreBefore = more
	if n := len(w.entries) - client.TimelineMax; n > 0 {
		t.cut(&w.list, len(w.entries)-n-evictAtOnce, len(w.entries))
		w.moreAfter = true
	}
	t.ended(&w.list)
}

// Extend takes the page after the window.
func (t *Timeline) Extend(page []protocol.Message) {
	t.readMine(page)
	t.extend(page)
	t.ended(&t.window.list)
}

// extend adds a page. The window reaches the end only when it holds the newest
// message that anyone told of.
func (t *Timeline) extend(page []protocol.Message) {
	w := &t.window
	for i := range page {
		if e, _ := t.put(&page[i], true); e.in&inWindow == 0 && e.m.Seq > t.Last() {
			t.insert(&w.list, len(w.entries), e)
			w.newest = max(w.newest, e.m.Seq)
		}
	}
	w.moreAfter = t.Last() < w.newest
	if n := len(w.entries) - client.TimelineMax; n > 0 {
		t.dropOldest(n + evictAtOnce)
	}
}

// Jump makes a page the window, in place of what it showed: the newest, or one around
// a message. Before and after tell whether there is more on either side.
func (t *Timeline) Jump(page []protocol.Message, before, after bool) {
	t.readMine(page)
	w := &t.window
	t.cut(&w.list, 0, len(w.entries)) // still in the table: it may have changed since the page was read
	t.extend(page)
	w.moreBefore = before
	w.moreAfter = w.moreAfter || after
	t.ended(&w.list)
}

func (t *Timeline) dropOldest(n int) {
	t.cut(&t.window.list, 0, n)
	t.window.moreBefore = true
	t.tidy()
}
