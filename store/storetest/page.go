package storetest

import (
	"context"
	"math"
	"sync"

	"hallway/protocol"
	"hallway/relay/hub"
)

var kinds = []hub.QueryKind{hub.QueryNewest, hub.QueryBefore, hub.QueryAfter, hub.QueryAround, hub.QuerySince}

func testEveryPage(h *harness) {
	h.fill("other", 3) // never to be seen
	for n := range 7 {
		r := &modelRoom{name: string(rune('a' + n))}
		if n > 0 {
			r.messages = h.fill(r.name, n)
			r.epoch = h.commit(open(r.name))[0].Epoch
		}
		for _, kind := range kinds {
			for _, at := range []int64{math.MinInt64, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, math.MaxInt64} {
				for limit := 1; limit <= n+2; limit++ {
					q := hub.Query{Kind: kind, At: at, Limit: limit}
					r.compare(h.T, h.page(r.name, q), q)
				}
			}
		}
	}
}

func testLargestPage(h *harness) {
	r := &modelRoom{name: "lobby", messages: h.fill("lobby", protocol.PageMessagesMax+1)}
	r.epoch = h.commit(open("lobby"))[0].Epoch
	for _, kind := range kinds {
		for _, at := range []int64{0, 1, protocol.PageMessagesMax, protocol.PageMessagesMax + 1} {
			q := hub.Query{Kind: kind, At: at, Limit: protocol.PageMessagesMax}
			r.compare(h.T, h.page("lobby", q), q)
		}
	}
}

func testBadQuery(h *harness) {
	h.fill("lobby", 3)
	for _, q := range []hub.Query{{Limit: 0}, {Limit: -1}, {Limit: protocol.PageMessagesMax + 1}, {Kind: 99, Limit: 1}} {
		if page, err := h.store.Page(context.Background(), "lobby", ada.ID, q); err == nil {
			h.Errorf("%+v is answered: %+v", q, page)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.store.Page(ended, "lobby", ada.ID, hub.Query{Limit: 1}); err == nil {
		h.Error("a page is read in an ended context")
	}
	h.page("lobby", hub.Query{Limit: 1})
}

// testSnapshots reads while a writer commits: each page must agree with itself,
// and a reader must never see the room go back.
func testSnapshots(h *harness) {
	const commits, readers = 100, 3
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range readers {
		wg.Go(func() {
			var head int64
			for ended := false; !ended; {
				select {
				case <-done:
					ended = true // once more, to see everything
				default:
				}
				newest, err := h.store.Page(context.Background(), "lobby", ada.ID, hub.Query{Limit: 5})
				if err != nil || !consistent(newest, head) {
					h.Errorf("page after head %d: %+v, %v", head, newest, err)
					return
				}
				head = newest.Head
			}
			if head != 3*commits {
				h.Errorf("a reader ends with head %d, want %d", head, 3*commits)
			}
		})
	}
	for i := range commits {
		h.commit(send("lobby", 3*i, "a"), send("lobby", 3*i+1, "b"), send("lobby", 3*i+2, "c"))
		if err := h.store.Ready(context.Background()); err != nil {
			h.Errorf("Ready: %v", err)
		}
		// What has been committed is read at once.
		h.equal("head", h.page("lobby", hub.Query{Limit: 1}).Head, int64(3*i+3))
	}
	close(done)
	wg.Wait()
}

// consistent reports whether a newest page of five is of one moment, not before
// the one with the head seen, in a room that grows by three messages a commit.
func consistent(p protocol.Page, seen int64) bool {
	if p.Head < seen || p.Head%3 != 0 || int64(len(p.Messages)) != min(p.Head, 5) || p.More != (p.Head > 5) {
		return false
	}
	for i, m := range p.Messages {
		if m.Seq != p.Head-int64(len(p.Messages)-1-i) {
			return false
		}
	}
	return true
}

func testReopen(h *harness) {
	r := &modelRoom{name: "lobby", messages: h.fill("lobby", 5)}
	r.epoch = h.commit(open("lobby"))[0].Epoch
	for range 2 {
		h.reopen()
		q := hub.Query{Kind: hub.QuerySince, Limit: 10}
		r.compare(h.T, h.page("lobby", q), q)
		h.equal("opened", h.commit(open("lobby"))[0], hub.Outcome{Epoch: r.epoch, Head: r.head()})
		out := h.commit(send("lobby", 10+len(r.messages), "more"))[0]
		h.equal("next rev", out.Message.Rev, r.head()+1)
		r.messages = append(r.messages, out.Message)
	}
}

func testClose(h *harness) {
	h.fill("lobby", 1)
	ctx := context.Background()
	if err := h.store.Ready(ctx); err != nil {
		h.Errorf("Ready: %v", err)
	}
	for range 2 {
		if err := h.store.Close(); err != nil {
			h.Fatalf("Close: %v", err)
		}
	}
	if _, err := h.store.Commit(h.now, []hub.Op{send("lobby", 2, "late")}); err == nil {
		h.Error("Commit after Close succeeds")
	}
	if _, err := h.store.Page(ctx, "lobby", ada.ID, hub.Query{Limit: 1}); err == nil {
		h.Error("Page after Close succeeds")
	}
	if err := h.store.Ready(ctx); err == nil {
		h.Error("Ready after Close succeeds")
	}
	h.store = h.open(h.T, h.dir)
	h.equal("head afterwards", h.page("lobby", hub.Query{Limit: 1}).Head, int64(1))
}
