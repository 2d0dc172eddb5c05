package engine_test

import (
	"testing"
	"testing/synctest"

	"hallway/protocol"
	"hallway/relay/engine"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
)

func page(t *testing.T, e *engine.Engine, q rules.Query) protocol.Page {
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

// TestStormReadsTheStoreOnce checks that clients that return after a break are served from memory, after one read of
// the store.
func TestStormReadsTheStoreOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := relaytest.NewArchive(2000)
		e := newEngine(a)
		ada := relaytest.Enter(t, e, "ada")
		for n := range 100 {
			q := rules.Query{Kind: rules.QuerySince, At: int64(1900 + n), Limit: 500}
			if n%2 == 0 {
				q = rules.Query{Kind: rules.QueryNewest, Limit: 50}
			}
			go func() {
				if p := page(t, e, q); p.Head != 2000 || p.Messages[len(p.Messages)-1].Rev != 2000 {
					t.Errorf("%+v: head %d, %d messages", q, p.Head, len(p.Messages))
				}
			}()
		}
		synctest.Wait()
		close(a.Gate)
		synctest.Wait()
		if a.Asked != 1 {
			t.Errorf("the store was read %d times", a.Asked)
		}

		ada.Say(relaytest.SendOf(2001))
		rev := relaytest.Hear[protocol.Changed](ada).Message.Rev
		if p := page(t, e, rules.Query{Kind: rules.QuerySince, At: 1999, Limit: 500}); p.Head != rev || len(p.Messages) != 2 || p.More || p.Epoch != "e1" {
			t.Errorf("after rev %d: %+v", rev, p)
		}
		if a.Asked != 1 {
			t.Errorf("the store was read %d times", a.Asked)
		}
		ada.Close()
		relaytest.Drain(t, e)
	})
}

// TestReaderNeverGoesBack checks that a reader that has read the store gets no older page from memory, while the store
// is ahead of the hub.
func TestReaderNeverGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := relaytest.NewArchive(20)
		close(a.Gate)
		e := newEngine(a)
		ada := relaytest.Enter(t, e, "ada")
		newest := rules.Query{Kind: rules.QueryNewest, Limit: 5}
		page(t, e, newest)
		a.Messages = append(a.Messages, protocol.Message{Room: "lobby", ID: relaytest.SendOf(20).ID, Seq: 21, Rev: 21, Text: "hi"})
		if p := page(t, e, newest); p.Head != 20 || a.Asked != 1 {
			t.Errorf("head %d after %d reads", p.Head, a.Asked)
		}
		if p := page(t, e, rules.Query{Kind: rules.QueryBefore, At: 5, Limit: 5}); p.Head != 21 {
			t.Errorf("head %d", p.Head)
		}
		if p := page(t, e, newest); p.Head != 21 || a.Asked != 3 {
			t.Errorf("head %d after %d reads", p.Head, a.Asked)
		}
		ada.Say(relaytest.SendOf(20)) // now the hub learns of it
		relaytest.Hear[protocol.Changed](ada)
		if p := page(t, e, newest); p.Head != 21 || a.Asked != 3 {
			t.Errorf("head %d after %d reads", p.Head, a.Asked)
		}
		ada.Close()
		relaytest.Drain(t, e)
	})
}

// TestHistoryOfRoomsElsewhere reads rooms without members, and a store that fails.
func TestHistoryOfRoomsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := relaytest.NewArchive(20)
		close(a.Gate)
		e := newEngine(a)
		newest := rules.Query{Kind: rules.QueryNewest, Limit: 5}
		for range 2 {
			if p := page(t, e, newest); len(p.Messages) != 5 || !p.More {
				t.Errorf("%+v", p)
			}
		}
		if a.Asked != 2 {
			t.Errorf("the store was read %d times", a.Asked)
		}
		ada := relaytest.Enter(t, e, "ada")
		a.Fails = true
		if _, err := e.Page(t.Context(), "lobby", "ada", newest); err == nil {
			t.Error("a page from a store that fails")
		}
		a.Fails = false
		if p := page(t, e, newest); len(p.Messages) != 5 {
			t.Errorf("%+v", p)
		}
		ada.Close()
		relaytest.Drain(t, e)
	})
}
