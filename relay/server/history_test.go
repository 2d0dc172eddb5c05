package server_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/server"
)

// archive is a journal that can be read.
type archive struct {
	*journal
	messages []protocol.Message
	gate     chan struct{} // each read waits until it is closed

	mu    sync.Mutex
	asked int
	fails bool
}

func newArchive(messages int) *archive {
	a := &archive{journal: &journal{head: int64(messages)}, gate: make(chan struct{})}
	for n := range messages {
		a.messages = append(a.messages, protocol.Message{Room: "lobby", ID: sendOf(n).ID, Seq: int64(n + 1), Rev: int64(n + 1), Text: "hi"})
	}
	return a
}

func (a *archive) Page(_ context.Context, _, _ string, q hub.Query) (protocol.Page, error) {
	<-a.gate
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	if a.fails {
		return protocol.Page{}, errors.New("the disk is gone")
	}
	p := protocol.Page{Epoch: "e1", Head: int64(len(a.messages))}
	from := int64(0)
	switch q.Kind {
	case hub.QuerySince:
		from = min(q.At, p.Head)
	case hub.QueryNewest:
		from = max(0, p.Head-int64(q.Limit))
		p.More = from > 0
	}
	p.Messages = slices.Clone(a.messages[from:])
	if len(p.Messages) > q.Limit {
		p.Messages, p.More = p.Messages[:q.Limit], true
	}
	return p, nil
}

func page(t *testing.T, e *server.Engine, q hub.Query) protocol.Page {
	t.Helper()
	body, err := e.Page(t.Context(), "lobby", "ada", q)
	if err != nil {
		t.Error(err)
		return protocol.Page{}
	}
	p, err := protocol.DecodePage(body)
	if err != nil {
		t.Errorf("%s: %v", body, err)
	}
	return p
}

// TestStormReadsTheStoreOnce: whoever comes back after a break is served from
// memory, the first few after one read.
func TestStormReadsTheStoreOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newArchive(2000)
		e := newEngine(a)
		ada := enter(t, e, "ada")
		for n := range 100 {
			q := hub.Query{Kind: hub.QuerySince, At: int64(1900 + n), Limit: 500}
			if n%2 == 0 {
				q = hub.Query{Kind: hub.QueryNewest, Limit: 50}
			}
			go func() {
				if p := page(t, e, q); p.Head != 2000 || p.Messages[len(p.Messages)-1].Rev != 2000 {
					t.Errorf("%+v: head %d, %d messages", q, p.Head, len(p.Messages))
				}
			}()
		}
		synctest.Wait()
		close(a.gate)
		synctest.Wait()
		if a.asked != 1 {
			t.Errorf("the store was read %d times", a.asked)
		}

		ada.say(sendOf(2001))
		rev := hear[protocol.Changed](ada).Message.Rev
		if p := page(t, e, hub.Query{Kind: hub.QuerySince, At: 1999, Limit: 500}); p.Head != rev || len(p.Messages) != 2 || p.More || p.Epoch != "e1" {
			t.Errorf("after rev %d: %+v", rev, p)
		}
		if a.asked != 1 {
			t.Errorf("the store was read %d times", a.asked)
		}
		ada.Close()
		drain(t, e)
	})
}

// TestReaderNeverGoesBack: while the store is ahead of the hub, who has read it
// gets no older page from memory.
func TestReaderNeverGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newArchive(20)
		close(a.gate)
		e := newEngine(a)
		ada := enter(t, e, "ada")
		newest := hub.Query{Kind: hub.QueryNewest, Limit: 5}
		page(t, e, newest)
		a.messages = append(a.messages, protocol.Message{Room: "lobby", ID: sendOf(20).ID, Seq: 21, Rev: 21, Text: "hi"})
		if p := page(t, e, newest); p.Head != 20 || a.asked != 1 {
			t.Errorf("head %d after %d reads", p.Head, a.asked)
		}
		if p := page(t, e, hub.Query{Kind: hub.QueryBefore, At: 5, Limit: 5}); p.Head != 21 {
			t.Errorf("head %d", p.Head)
		}
		if p := page(t, e, newest); p.Head != 21 || a.asked != 3 {
			t.Errorf("head %d after %d reads", p.Head, a.asked)
		}
		ada.say(sendOf(20)) // now the hub hears of it
		hear[protocol.Changed](ada)
		if p := page(t, e, newest); p.Head != 21 || a.asked != 3 {
			t.Errorf("head %d after %d reads", p.Head, a.asked)
		}
		ada.Close()
		drain(t, e)
	})
}

// TestHistoryOfRoomsElsewhere: rooms that nobody is in, and a store that fails.
func TestHistoryOfRoomsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newArchive(20)
		close(a.gate)
		e := newEngine(a)
		newest := hub.Query{Kind: hub.QueryNewest, Limit: 5}
		for range 2 {
			if p := page(t, e, newest); len(p.Messages) != 5 || !p.More {
				t.Errorf("%+v", p)
			}
		}
		if a.asked != 2 {
			t.Errorf("the store was read %d times", a.asked)
		}
		ada := enter(t, e, "ada")
		a.fails = true
		if _, err := e.Page(t.Context(), "lobby", "ada", newest); err == nil {
			t.Error("a page from a store that fails")
		}
		a.fails = false
		if p := page(t, e, newest); len(p.Messages) != 5 {
			t.Errorf("%+v", p)
		}
		ada.Close()
		drain(t, e)
	})
}
