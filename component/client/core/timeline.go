package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// timeline is a window of the room's history: messages ascending by seq,
// without a hole. It begins as the newest page, follows the stream while it
// reaches to the newest message, and moves by pages either way. Its slice is
// shared with snapshots: elements are appended, never changed in place.
type timeline struct {
	messages []*protocol.Message
	byID     map[string]*protocol.Message

	begun      bool  // the newest page is here; before, what is beyond is not known
	moreBefore bool  // older messages are at the relay
	moreAfter  bool  // newer ones are: the window has moved away from the end
	newest     int64 // the highest seq that anyone told of

	aside aside // changes beyond the window

	own ownReactions
}

// oldest is the seq of the first message, 0 where there is none.
func (t *timeline) oldest() int64 {
	if len(t.messages) == 0 {
		return 0
	}
	return t.messages[0].Seq
}

// last is the seq of the last message, 0 where there is none.
func (t *timeline) last() int64 {
	if len(t.messages) == 0 {
		return 0
	}
	return t.messages[len(t.messages)-1].Seq
}

// apply puts a message in its place, or a newer state of it in place of the
// older one; whole tells that it comes from history. It reports whether the
// window shows something else now.
func (t *timeline) apply(m *protocol.Message, whole bool) bool {
	if old := t.byID[m.ID]; old != nil {
		m = t.own.newer(old, m, whole)
		if m == old {
			return false
		}
		i, _ := t.find(old.Seq)
		t.messages = slices.Clone(t.messages)
		t.messages[i] = m
		t.byID[m.ID] = m
		return true
	}
	t.newest = max(t.newest, m.Seq)
	if t.begun && (t.moreBefore && m.Seq < t.oldest() || t.moreAfter && m.Seq > t.last()) {
		t.putAside(m)
		return false
	}
	t.insert(m)
	// While a page is on its way the window's ends stay, so that it still fits.
	if t.begun && t.aside == nil && len(t.messages) > client.TimelineMax {
		t.dropOldest(len(t.messages) - client.TimelineMax + evictAtOnce)
	}
	return true
}

// expectPage begins to put aside what comes beyond the window.
func (t *timeline) expectPage() { t.aside = aside{} }

// expectNoPage ends that.
func (t *timeline) expectNoPage() { t.aside = nil }

// putAside keeps what a page may bring in an older state.
func (t *timeline) putAside(m *protocol.Message) {
	t.aside.put(m)
	if len(t.messages) > client.TimelineMax+aheadMax {
		t.aside = nil
	}
}

// evictAtOnce is how many messages are let go together, so that it is rare.
const evictAtOnce = client.TimelineMax / 10

func (t *timeline) find(seq int64) (int, bool) {
	return slices.BinarySearchFunc(t.messages, seq, func(m *protocol.Message, seq int64) int {
		return int(m.Seq - seq)
	})
}

func (t *timeline) insert(m *protocol.Message) {
	if t.byID == nil {
		t.byID = map[string]*protocol.Message{}
	}
	t.byID[m.ID] = m
	if t.last() < m.Seq {
		t.messages = append(t.messages, m)
		return
	}
	i, _ := t.find(m.Seq)
	t.messages = slices.Insert(slices.Clone(t.messages), i, m)
}

// begin makes the newest page the window: what came before it from the stream
// were changes to older messages.
func (t *timeline) begin(page []protocol.Message, more bool) {
	t.begun, t.moreBefore = true, more
	if !more || len(page) == 0 {
		return
	}
	if i, _ := t.find(page[0].Seq); i > 0 {
		t.dropOldest(i)
	}
}

// prepend takes the page before the oldest message.
func (t *timeline) prepend(page []protocol.Message, more bool) {
	older := make([]*protocol.Message, 0, len(page)+len(t.messages))
	first := t.oldest()
	for i := range page {
		if m := t.aside.current(&page[i], &t.own); t.byID[m.ID] == nil && (first == 0 || m.Seq < first) {
			older = append(older, m)
			t.byID[m.ID] = m
		}
	}
	t.messages = append(older, t.messages...)
	t.moreBefore, t.aside = more, nil
	if n := len(t.messages) - client.TimelineMax; n > 0 {
		t.dropNewest(n + evictAtOnce)
	}
}

// extend takes the page after the last message. The window reaches the end
// only when it holds the newest message that anyone told of.
func (t *timeline) extend(page []protocol.Message) {
	last := t.last()
	for i := range page {
		if m := t.aside.current(&page[i], &t.own); t.byID[m.ID] == nil && m.Seq > last {
			t.messages = append(t.messages, m)
			t.byID[m.ID] = m
			t.newest = max(t.newest, m.Seq)
		}
	}
	t.aside = nil
	t.moreAfter = t.last() < t.newest
	if n := len(t.messages) - client.TimelineMax; n > 0 {
		t.dropOldest(n + evictAtOnce)
	}
}

// jump makes a page the window, in place of what it showed: the newest, or one
// around a message; before and after tell whether there is more on either side.
func (t *timeline) jump(page []protocol.Message, before, after bool) {
	for i := range page {
		if shown := t.byID[page[i].ID]; shown != nil {
			t.putAside(shown) // perhaps changed since the page was read
		}
	}
	t.messages, t.byID = nil, map[string]*protocol.Message{}
	t.extend(page)
	t.moreBefore = before
	t.moreAfter = t.moreAfter || after
}

func (t *timeline) dropOldest(n int) {
	t.forget(t.messages[:n])
	t.messages = slices.Clone(t.messages[n:])
	t.moreBefore = true
}

func (t *timeline) dropNewest(n int) {
	keep := len(t.messages) - n
	t.forget(t.messages[keep:])
	t.messages = slices.Clone(t.messages[:keep])
	t.moreAfter = true
}

func (t *timeline) forget(messages []*protocol.Message) {
	for _, m := range messages {
		delete(t.byID, m.ID)
	}
}
