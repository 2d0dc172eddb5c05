package client

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
)

// history is a room as the relay has it: what the window shows must be a part
// of it, whatever is streamed while pages are on their way.
type history struct {
	room []*protocol.Message // by seq; the element changes when the message does
	rev  int64
}

func (h *history) change(i int) *protocol.Message {
	h.rev++
	m := &protocol.Message{Room: "lobby", Rev: h.rev}
	if i == len(h.room) {
		m.Seq, m.ID = h.rev, fmt.Sprint(h.rev)
		h.room = append(h.room, m)
	} else {
		m.Seq, m.ID = h.room[i].Seq, h.room[i].ID
		h.room[i] = m
	}
	return m
}

// page is a snapshot of up to limit messages for which in holds, from the end
// or, ascending, from the beginning.
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

func (h *history) check(t *rapid.T, tl *timeline) {
	i := 0
	for i < len(h.room) && h.room[i].Seq < tl.oldest() {
		i++
	}
	if !tl.moreBefore && i > 0 && len(tl.messages) > 0 {
		t.Fatalf("starts at seq %d and says that nothing is before", tl.oldest())
	}
	for _, m := range tl.messages {
		if i >= len(h.room) || h.room[i].Seq != m.Seq {
			t.Fatalf("there is a hole before or at seq %d", m.Seq)
		}
		if h.room[i].Rev != m.Rev {
			t.Fatalf("seq %d is shown at rev %d, the room has %d", m.Seq, m.Rev, h.room[i].Rev)
		}
		i++
	}
	if !tl.moreAfter && i != len(h.room) {
		t.Fatalf("ends before seq %d and says that nothing is after", h.room[i].Seq)
	}
	if len(tl.byID) != len(tl.messages) || tl.aside == nil && len(tl.messages) > TimelineMax {
		t.Fatalf("%d messages, %d by id", len(tl.messages), len(tl.byID))
	}
}

// The window is always a part of the room without a hole and at its latest
// state, however pages and the stream overlap.
func TestWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, tl := &history{}, &timeline{}
		for range rapid.SampledFrom([]int{0, 60, 3 * TimelineMax}).Draw(t, "before") {
			h.change(len(h.room))
		}
		page, more := h.page(rapid.SampledFrom([]int{1, 50, TimelineMax}).Draw(t, "first page"), true, func(int64) bool { return true })
		for i := range page {
			tl.apply(&page[i], true)
		}
		tl.begin(page, more)
		which := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		stream := func(label string) {
			for range rapid.IntRange(0, rapid.SampledFrom([]int{3, 300}).Draw(t, "most")).Draw(t, label) {
				at := len(h.room)
				if at > 0 && which.IntN(2) == 0 {
					at = which.IntN(at) // an edit
				}
				tl.apply(h.change(at), false)
			}
		}
		for range rapid.IntRange(1, 15).Draw(t, "rounds") {
			stream("streamed")
			h.check(t, tl)
			limit := rapid.IntRange(1, aheadMax).Draw(t, "limit")
			what := rapid.SampledFrom([]want{wantOlder, wantNewer, wantEnd}).Draw(t, "page")
			if what == wantOlder && !tl.moreBefore || what != wantOlder && !tl.moreAfter {
				continue
			}
			tl.expectPage()
			stream("before the read")
			oldest, last := tl.oldest(), tl.last()
			page, more := h.page(limit, what != wantNewer, func(seq int64) bool {
				return what == wantEnd || what == wantOlder && seq < oldest || what == wantNewer && seq > last
			})
			stream("after the read")
			switch what {
			case wantOlder:
				tl.prepend(page, more)
			case wantNewer:
				tl.extend(page)
			case wantEnd:
				tl.jump(page, more, false)
			}
			h.check(t, tl)
		}
	})
}
