package timeline

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// window is a part of the room's history: messages ascending by seq, without a
// hole. It starts as the newest page. It follows the stream while it contains the
// newest message, and moves by pages in both directions.
type window struct {
	list
	begun      bool  // the newest page has loaded
	moreBefore bool  // the relay has older messages
	moreAfter  bool  // the relay has newer messages: the window has moved away from the end
	newest     int64 // the highest known seq
}

// evictAtOnce is the number of messages that are dropped together, so that drops are rare.
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

// Newest returns the highest known seq.
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

// Holds reports whether the window covers a seq.
func (t *Timeline) Holds(seq int64) bool {
	w := &t.window
	return (seq >= t.Oldest() || !w.moreBefore) && (seq <= t.Last() || !w.moreAfter)
}

// FirstOfOthers returns the seq of the window's first message after a seq that another user
// has sent and that is not deleted, or 0.
func (t *Timeline) FirstOfOthers(after int64) int64 {
	for _, e := range t.window.entries {
		if m := e.m; m.Seq > after && m.Sender.ID != t.me && !m.Deleted() {
			return m.Seq
		}
	}
	return 0
}

// Mentions returns the number of the window's messages of others with after < seq <= to that mention the user.
func (t *Timeline) Mentions(after, to int64) (n int) {
	for _, e := range t.window.entries {
		if m := e.m; m.Seq > after && m.Seq <= to && m.Sender.ID != t.me && protocol.MentionsUser(m.Mentions, t.me) {
			n++
		}
	}
	return n
}

// take inserts an entry into the window if its seq is inside, and reports whether it
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
		return false // a correct relay does not give two messages the same seq
	}
	t.insert(&w.list, i, e)
	t.trim()
	return true
}

// trim drops the oldest messages of a window that is too long. While a page is being loaded
// the window keeps its ends, so that the page fits, unless it grows by more than looseMax.
func (t *Timeline) trim() {
	w := &t.window
	n := len(w.entries) - client.TimelineMax
	if n > looseMax {
		w.awaited = false // too many messages have come: the page must be read again
	}
	if w.begun && !w.awaited && n > 0 {
		t.dropOldest(n + evictAtOnce)
	}
}

// Begin makes the newest page the window. It drops older messages, which came because they have
// changed.
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

// AwaitWindow keeps messages that change outside of the window until a page comes.
func (t *Timeline) AwaitWindow() { t.window.awaited = true }

// WindowFailed ends the wait for a page that failed.
func (t *Timeline) WindowFailed() { t.ended(&t.window.list) }

// AwaitsWindow reports whether the awaited page may be applied. It is false if too many
// messages have changed since the request: then the page must be read again.
func (t *Timeline) AwaitsWindow() bool { return t.window.awaited }

// Prepend adds the page before the window. Like extend, it ignores messages that are not in order.
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

// Extend adds the page after the window.
func (t *Timeline) Extend(page []protocol.Message) {
	t.readMine(page)
	t.extend(page)
	t.ended(&t.window.list)
}

// extend adds a page. The window has reached the end when it holds the newest known
// message.
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

// Jump replaces the window by another page. before and after say whether the relay has more messages on
// each side.
func (t *Timeline) Jump(page []protocol.Message, before, after bool) {
	t.readMine(page)
	w := &t.window
	t.cut(&w.list, 0, len(w.entries)) // the entries stay in the table: they may be newer than the page
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
