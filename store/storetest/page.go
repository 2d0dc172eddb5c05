package storetest

import (
	"context"
	"math"
	"strings"
	"sync"

	"hallway/protocol"
	"hallway/relay/rules"
)

var kinds = []rules.QueryKind{
	rules.QueryNewest, rules.QueryBefore, rules.QueryAfter, rules.QueryAround, rules.QuerySince, rules.QueryPinned, rules.QuerySearch,
}

// everyPage compares all possible pages of a room with few messages.
func (h *harness) everyPage(room string, messages int) {
	h.Helper()
	for _, kind := range kinds {
		for _, at := range []int64{math.MinInt64, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, math.MaxInt64} {
			for limit := 1; limit <= messages+2; limit++ {
				h.page(room, rules.Query{Kind: kind, At: at, Limit: limit, Words: "message"})
			}
		}
	}
}

func testEveryPage(h *harness) {
	h.fill("other", 3) // in no page of the lobby
	for n := range 7 {
		room := string(rune('a' + n))
		if n > 0 {
			h.fill(room, n)
		}
		h.everyPage(room, n)
	}
}

func testChangedPages(h *harness) {
	h.fill("lobby", 6)
	h.commit(edit("lobby", 2, "message two"), pin("lobby", 5, true), send("lobby", 7, "a message more"),
		remove("lobby", 3), pin("lobby", 1, true))
	h.everyPage("lobby", 7)
	h.commit(react("lobby", 2, bob.ID, "👍", true), edit("lobby", 7, "no longer one"), remove("lobby", 1))
	h.everyPage("lobby", 7)
	since := h.page("lobby", rules.Query{Kind: rules.QuerySince, Limit: 10})
	var revs []int64
	for _, m := range since.Messages {
		revs = append(revs, m.Rev)
	}
	h.equal("revs, each message once", revs, []int64{4, 6, 8, 10, 12, 13, 14})
}

func testLargestPage(h *harness) {
	h.fill("lobby", protocol.PageMessagesMax+1)
	for _, kind := range kinds {
		for _, at := range []int64{0, 1, protocol.PageMessagesMax, protocol.PageMessagesMax + 1} {
			h.page("lobby", rules.Query{Kind: kind, At: at, Limit: protocol.PageMessagesMax, Words: "mess"})
		}
	}
}

// testPagesAreBoundedByBytes shows that a page of large messages ends early and says so, whatever its limit, and that a
// reader who follows More gets all messages.
func testPagesAreBoundedByBytes(h *harness) {
	const n = 100
	ops := make([]rules.Op, 0, 2*n)
	for i := range n {
		// Escaped, the text has twice its bytes.
		ops = append(ops, send("lobby", i+1, "message "+strings.Repeat([]string{"x", `"`, "\n"}[i%3], protocol.TextBytesMax-len("message "))))
	}
	for i := range n {
		ops = append(ops, pin("lobby", i+1, true))
	}
	h.commit(ops...)
	for _, kind := range kinds {
		for _, at := range []int64{0, 1, n / 2, n, 2 * n} {
			for _, limit := range []int{1, 2, n / 2, protocol.PageMessagesMax} {
				q := rules.Query{Kind: kind, At: at, Limit: limit, Words: "mess"}
				page := h.page("lobby", q)
				if bytes := len(page.Append(nil)); bytes > protocol.PageBytesMax+1024 {
					h.Errorf("the page of %+v has %d bytes", q, bytes)
				}
				if len(page.Messages) == 0 && page.More && limit > 1 {
					h.Errorf("the page of %+v is empty, and there are more", q)
				}
			}
		}
	}
	walkPages(h, n)
}

// walkPages reads a room of n messages page by page, in each direction.
func walkPages(h *harness, n int) {
	for name, next := range map[string]func(rules.Query, []protocol.Message) rules.Query{
		"older": func(q rules.Query, got []protocol.Message) rules.Query {
			q.Kind, q.At = rules.QueryBefore, got[0].Seq
			return q
		},
		"newer": func(q rules.Query, got []protocol.Message) rules.Query {
			q.Kind, q.At = rules.QueryAfter, got[len(got)-1].Seq
			return q
		},
		"since": func(q rules.Query, got []protocol.Message) rules.Query {
			q.Kind, q.At = rules.QuerySince, got[len(got)-1].Rev
			return q
		},
		"pinned": func(q rules.Query, got []protocol.Message) rules.Query {
			q.Kind, q.At = rules.QueryPinned, got[len(got)-1].Seq
			return q
		},
		"found": func(q rules.Query, got []protocol.Message) rules.Query {
			q.Kind, q.At = rules.QuerySearch, got[len(got)-1].Seq
			return q
		},
	} {
		beyond := []protocol.Message{{Seq: math.MaxInt64}}
		if name == "newer" {
			beyond[0].Seq = 0
		}
		q, seen := next(rules.Query{Limit: protocol.PageMessagesMax, Words: "mess"}, beyond), 0
		for more := true; more && seen < 2*n; {
			page := h.page("lobby", q)
			if more = page.More; len(page.Messages) == 0 {
				break
			}
			seen += len(page.Messages)
			q = next(q, page.Messages)
		}
		h.equal(name+": messages on all pages", seen, n)
	}
}

func testAroundMessage(h *harness) {
	h.fill("lobby", 5)
	h.commit(edit("lobby", 2, "edited"), remove("lobby", 3))
	for n := range 7 {
		for limit := range 7 {
			h.page("lobby", rules.Query{Kind: rules.QueryAround, ID: id(n), Limit: limit + 1, At: 4})
		}
	}
	page := h.page("lobby", rules.Query{Kind: rules.QueryAround, ID: id(3), Limit: 2})
	h.equal("the message itself", page.Messages[1].ID, id(3))
	page = h.page("lobby", rules.Query{Kind: rules.QueryAround, ID: id(9), Limit: 5})
	if len(page.Messages) != 0 || page.More || page.Head != 7 {
		h.Errorf("around a message that is not there: %+v", page)
	}
}

func testBadQuery(h *harness) {
	h.fill("lobby", 3)
	for _, q := range []rules.Query{{Limit: 0}, {Limit: -1}, {Limit: protocol.PageMessagesMax + 1}, {Kind: 99, Limit: 1}} {
		if page, err := h.store.Page(context.Background(), "lobby", ada.ID, q); err == nil {
			h.Errorf("%+v is answered: %+v", q, page)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.store.Page(ended, "lobby", ada.ID, rules.Query{Limit: 1}); err == nil {
		h.Error("a page is read in an ended context")
	}
	h.page("lobby", rules.Query{Limit: 1})
}

// testSnapshots reads during commits: each page must be consistent, and a reader must never see the room go back.
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
					ended = true // one more read, of everything
				default:
				}
				newest, err := h.store.Page(context.Background(), "lobby", ada.ID, rules.Query{Limit: 5})
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
		// A committed message can be read at once.
		h.equal("head", h.page("lobby", rules.Query{Limit: 1}).Head, int64(3*i+3))
	}
	close(done)
	wg.Wait()
}

// consistent reports whether a newest page of five shows one moment, not before the head seen, in a room that grows by
// three messages a commit.
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
	h.fill("lobby", 5)
	h.commit(open("lobby"), react("lobby", 2, bob.ID, "👍", true), pin("lobby", 1, true), remove("lobby", 3))
	for n := range 2 {
		h.reopen()
		h.page("lobby", rules.Query{Kind: rules.QuerySince, Limit: 10})
		h.page("lobby", rules.Query{Kind: rules.QuerySearch, Limit: 10, Words: "message"})
		h.rooms(h, ada.ID, everyRoom)
		h.members(h, "lobby")
		h.commit(open("lobby"), send("lobby", 10+n, "one more message"), react("lobby", 2, bob.ID, "👍", n > 0))
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
	if _, err := h.store.Commit(h.now, []rules.Op{send("lobby", 2, "late")}); err == nil {
		h.Error("Commit after Close succeeds")
	}
	if _, err := h.store.Page(ctx, "lobby", ada.ID, rules.Query{Limit: 1}); err == nil {
		h.Error("Page after Close succeeds")
	}
	if err := h.store.Ready(ctx); err == nil {
		h.Error("Ready after Close succeeds")
	}
	h.store = h.kind.Open(h.T, h.dir)
	h.equal("head afterwards", h.page("lobby", rules.Query{Limit: 1}).Head, int64(1))
}
