package engine_test

import (
	"testing"
	"testing/synctest"

	"hallway/relay/relaytest"
	"hallway/relay/rules"
)

// TestPurgedIsNotServedFromMemory checks that a room's window loses the messages that the store has deleted because of
// their age, and no others.
func TestPurgedIsNotServedFromMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := relaytest.NewArchive(60)
		close(a.Gate)
		e := newEngine(a)
		ada := relaytest.Enter(t, e, "ada")
		newest := rules.Query{Kind: rules.QueryNewest, Limit: 500}
		if p := page(t, e, newest); len(p.Messages) != 60 || p.More {
			t.Fatalf("%d messages", len(p.Messages))
		}
		e.Purged("lobby", "another life", 100)
		e.Purged("lobby", "e1", 51)
		synctest.Wait()
		a.Asked = 0
		for limit, want := range map[int]int{500: 10, 10: 10, 9: 9} {
			newest.Limit = limit
			if p := page(t, e, newest); len(p.Messages) != want || p.Head != 60 || p.More != (want < 10) || p.Messages[want-1].Seq != 60 {
				t.Errorf("limit %d: %+v", limit, p)
			}
		}
		if p := page(t, e, rules.Query{Kind: rules.QuerySince, At: 40, Limit: 500}); len(p.Messages) != 10 || p.Head != 60 || p.More {
			t.Errorf("since: %+v", p)
		}
		if a.Asked != 0 {
			t.Errorf("the store was read %d times", a.Asked)
		}
		ada.Close()
		relaytest.Drain(t, e)
	})
}
