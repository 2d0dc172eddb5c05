package client

import (
	"slices"

	"hallway/protocol"
)

// timeline is the loaded part of the room's history: the newest messages,
// ascending by seq, without a hole. Its slice is shared with snapshots:
// elements are appended, never changed in place.
type timeline struct {
	messages []*protocol.Message
	byID     map[string]*protocol.Message
	// moreBefore: older messages are at the relay. Before begin it is not known.
	moreBefore bool
	begun      bool
}

// oldest is the seq of the first message, 0 where there is none.
func (t *timeline) oldest() int64 {
	if len(t.messages) == 0 {
		return 0
	}
	return t.messages[0].Seq
}

// apply puts a message in its place, or a newer state of it in place of the
// older one. isNew: it was not there; applied: something changed.
func (t *timeline) apply(m *protocol.Message) (isNew, applied bool) {
	old := t.byID[m.ID]
	if old == nil {
		if t.begun && t.moreBefore && m.Seq < t.oldest() {
			return false, false // a change to what is not loaded
		}
		t.insert(m)
		t.evict()
		return true, true
	}
	if m.Rev <= old.Rev {
		return false, false
	}
	i, _ := t.find(old.Seq)
	t.messages = slices.Clone(t.messages)
	t.messages[i] = m
	t.byID[m.ID] = m
	return false, true
}

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
	if n := len(t.messages); n == 0 || t.messages[n-1].Seq < m.Seq {
		t.messages = append(t.messages, m)
		return
	}
	i, _ := t.find(m.Seq)
	t.messages = slices.Insert(slices.Clone(t.messages), i, m)
}

// begin makes the newest page the timeline's beginning: what came before it
// from the stream were changes to older messages.
func (t *timeline) begin(page []protocol.Message, more bool) {
	t.begun, t.moreBefore = true, more
	if !more {
		return
	}
	first := int64(0)
	if len(page) > 0 {
		first = page[0].Seq
	}
	i, _ := t.find(first)
	t.drop(i)
}

// prepend takes the page before the oldest message.
func (t *timeline) prepend(page []protocol.Message, more bool) {
	older := make([]*protocol.Message, 0, len(page)+len(t.messages))
	first := t.oldest()
	for i := range page {
		m := &page[i]
		if t.byID[m.ID] == nil && m.Seq < first {
			older = append(older, m)
			t.byID[m.ID] = m
		}
	}
	t.messages = append(older, t.messages...)
	t.moreBefore = more
}

// evict lets the oldest messages go where there are too many. It takes a tenth
// at once, so that it is rare.
func (t *timeline) evict() {
	if len(t.messages) > TimelineMax {
		t.drop(TimelineMax / 10)
		t.moreBefore = true
	}
}

func (t *timeline) drop(n int) {
	for _, m := range t.messages[:n] {
		delete(t.byID, m.ID)
	}
	t.messages = slices.Clone(t.messages[n:])
}
