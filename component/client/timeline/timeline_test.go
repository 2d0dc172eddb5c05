package timeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hallway/component/client"
	"hallway/protocol"
)

// history is the relay's state of a room. The window must always show a part of it,
// even if changes are streamed while pages are loading.
type history struct {
	room []*protocol.Message // by seq; the element changes when the message does
	rev  int64
}

// crowd is a reaction of so many users that they are not named. Each message of
// the room has it, so that Mine cannot be derived from the names.
var crowd = []protocol.Reaction{{Emoji: "+", Count: 30}}

// want is a kind of page.
type want uint8

const (
	wantOlder want = iota
	wantNewer
	wantEnd
	wantAround
)

// change adds a message or changes one. If own is true, the change is the user's own
// reaction.
func (h *history) change(i int, own bool) (m protocol.Message, cause *protocol.Cause) {
	h.rev++
	m = protocol.Message{Room: "lobby", Rev: h.rev, Reactions: crowd}
	if i == len(h.room) {
		m.Seq, m.ID = h.rev, fmt.Sprint(h.rev)
		h.room = append(h.room, nil)
	} else {
		m.Seq, m.ID, m.Mine = h.room[i].Seq, h.room[i].ID, h.room[i].Mine
	}
	if own {
		cause = &protocol.Cause{By: "ada", Emoji: "+", On: len(m.Mine) == 0}
		m.Mine = nil
		if cause.On {
			m.Mine = []string{"+"}
		}
	}
	stored := m
	h.room[i] = &stored
	m.Mine = nil // a frame does not contain Mine
	return m, cause
}

// page returns up to limit messages for which in is true, the last ones if fromEnd is
// true, and otherwise the first ones.
func (h *history) page(limit int, fromEnd bool, in func(seq int64) bool) (page []protocol.Message, more bool) {
	for _, m := range h.room {
		if in(m.Seq) {
			page = append(page, *m)
		}
	}
	if more = len(page) > limit; more && fromEnd {
		page = page[len(page)-limit:]
	} else if more {
		page = page[:limit]
	}
	return page, more
}

func (h *history) check(t *rapid.T, tl *Timeline) {
	i := 0
	for i < len(h.room) && h.room[i].Seq < tl.Oldest() {
		i++
	}
	if !tl.MoreBefore() && i > 0 && len(tl.window.messages()) > 0 {
		t.Fatalf("the window starts at seq %d and claims that there are no older messages", tl.Oldest())
	}
	for _, m := range tl.window.messages() {
		if i >= len(h.room) || h.room[i].Seq != m.Seq {
			t.Fatalf("there is a hole before or at seq %d", m.Seq)
		}
		if h.room[i].Rev != m.Rev {
			t.Fatalf("seq %d is shown at rev %d, the room has %d", m.Seq, m.Rev, h.room[i].Rev)
		}
		if !slices.Equal(h.room[i].Mine, m.Mine) {
			t.Fatalf("on seq %d the user's reactions are %q, but %q are shown", m.Seq, h.room[i].Mine, m.Mine)
		}
		i++
	}
	if !tl.MoreAfter() && i != len(h.room) {
		t.Fatalf("the window ends before seq %d and claims that there are no newer messages", h.room[i].Seq)
	}
	if len(tl.entries) != len(tl.window.messages())+tl.loose || !tl.AwaitsWindow() && len(tl.window.messages()) > client.TimelineMax {
		t.Fatalf("%d messages and %d loose ones, %d by id", len(tl.window.messages()), tl.loose, len(tl.entries))
	}
}

// TestWindow checks that the window is always a part of the room without a hole and in its
// latest state, for all overlaps of pages and the stream.
func TestWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, tl := &history{}, New("ada")
		for range rapid.SampledFrom([]int{0, 60, 3 * client.TimelineMax}).Draw(t, "before") {
			h.change(len(h.room), false)
		}
		which := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		stream := func(label string) {
			for range rapid.IntRange(0, rapid.SampledFrom([]int{3, 300}).Draw(t, "most")).Draw(t, label) {
				at := len(h.room)
				if at > 0 && which.IntN(2) == 0 {
					at = max(0, at-1-which.IntN(min(at, 1+which.IntN(at)))) // mostly a recent message
				}
				m, cause := h.change(at, at < len(h.room) && which.IntN(3) == 0)
				tl.Live(&m, cause)
				tl.Apply(&m, false, false)
			}
		}
		page, more := h.page(rapid.SampledFrom([]int{1, 50, protocol.PageMessagesMax}).Draw(t, "first page"), true, func(int64) bool { return true })
		stream("before the first page") // the relay has read the page before these changes
		for i := range page {
			tl.Apply(&page[i], true, false)
		}
		tl.Begin(page, more)
		for range rapid.IntRange(1, 15).Draw(t, "rounds") {
			stream("streamed")
			h.check(t, tl)
			limit := rapid.IntRange(1, looseMax).Draw(t, "limit")
			what := rapid.SampledFrom([]want{wantOlder, wantNewer, wantEnd, wantAround}).Draw(t, "page")
			if what == wantOlder && !tl.MoreBefore() || (what == wantNewer || what == wantEnd) && !tl.MoreAfter() || len(h.room) == 0 {
				continue
			}
			around := h.room[which.IntN(len(h.room))].Seq
			tl.AwaitWindow()
			stream("before the read")
			oldest, last := tl.Oldest(), tl.Last()
			page, more := h.page(limit, what == wantOlder || what == wantEnd, func(seq int64) bool {
				return what == wantEnd || what == wantOlder && seq < oldest || what == wantNewer && seq > last || what == wantAround && seq >= around
			})
			stream("after the read")
			switch what {
			case wantOlder:
				tl.Prepend(page, more)
			case wantNewer:
				tl.Extend(page)
			case wantEnd:
				tl.Jump(page, more, false)
			case wantAround:
				tl.Jump(page, around > h.room[0].Seq, more)
			}
			h.check(t, tl)
		}
	})
}

// TestManyPinned checks that the newest pinned messages are shown if there are too many.
func TestManyPinned(t *testing.T) {
	tl := New("ada")
	if _, ok := tl.AwaitPinned(); !ok {
		t.Fatal("the pinned messages are not requested")
	}
	page := protocol.Page{More: true, Head: 1000}
	for i := range client.PinnedMax {
		seq := int64(900 - i)
		page.Messages = append(page.Messages, protocol.Message{ID: fmt.Sprint(seq), Seq: seq, Rev: seq, Pinned: true})
	}
	if whole := tl.AddPinned(&page); !whole {
		t.Error("the list waits for more pinned messages than it keeps")
	}
	if n := len(tl.pinned.messages()); n != client.PinnedMax {
		t.Errorf("shows %d of %d pinned messages", n, client.PinnedMax)
	}
}
