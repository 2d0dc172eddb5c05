package view

import (
	"slices"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

func snapshot() client.Snapshot {
	ada := protocol.User{ID: "u_ada", Name: "Ada"}
	return client.Snapshot{
		Me: ada,
		Messages: []*protocol.Message{
			{ID: "m1", Seq: 1, Rev: 1, Sender: ada, CreatedAt: 1, Text: "one"},
			{ID: "m2", Seq: 2, Rev: 4, Sender: protocol.User{ID: "u_ben"}, CreatedAt: 2, DeletedAt: 4},
			{ID: "m3", Seq: 3, Rev: 3, Sender: protocol.User{ID: "u_ben", Name: "Ben"}, Encrypted: &protocol.Encrypted{}},
		},
		Outbox: []client.Own{
			{Item: client.Item{ID: "o1", Text: "sending", SentAt: "2026-11-23T09:15:01Z"}, State: client.ItemSending},
			{Item: client.Item{ID: "o2", Text: "no", Code: protocol.CodeTooLarge, Reason: "x"}, State: client.ItemFailed},
		},
	}
}

func TestRows(t *testing.T) {
	s := snapshot()
	want := []row{
		{id: "m1", seq: 1, state: client.ItemSent, own: true, sender: "Ada", at: 1, text: "one"},
		{id: "m2", seq: 2, state: client.ItemSent, deleted: true, sender: "u_ben", at: 2},
		{id: "m3", seq: 3, state: client.ItemSent, encrypted: true, sender: "Ben"},
		{id: "o1", state: client.ItemSending, own: true, sender: "Ada", sentAt: "2026-11-23T09:15:01Z", text: "sending"},
		{
			id: "o2", state: client.ItemFailed, own: true, sender: "Ada", text: "no",
			code: protocol.CodeTooLarge, reason: "x",
		},
	}
	if n := rowCount(&s); n != len(want) {
		t.Fatalf("%d rows, want %d", n, len(want))
	}
	if got := rowsIn(&s, window{0, 5}); !slices.Equal(got, want) {
		t.Errorf("rows = %+v, want %+v", got, want)
	}
	if got := rowsIn(&s, window{2, 4}); !slices.Equal(got, want[2:4]) {
		t.Errorf("a window of them = %+v, want %+v", got, want[2:4])
	}
	for i, r := range want {
		if got, ok := findRow(&s, &r); got != i || !ok {
			t.Errorf("findRow(%s) = %d, %v, want %d", r.id, got, ok, i)
		}
		if got, ok := findID(&s, r.id); got != i || !ok {
			t.Errorf("findID(%s) = %d, %v, want %d", r.id, got, ok, i)
		}
	}
}

func TestFindRowInALaterSnapshot(t *testing.T) {
	s := snapshot()
	stored := row{id: "o0", state: client.ItemSending} // as it was shown: not stored
	s.Messages = append(s.Messages, &protocol.Message{ID: "o0", Seq: 4, Rev: 4, Sender: s.Me})
	if got, ok := findRow(&s, &stored); got != 3 || !ok {
		t.Errorf("an own message that was stored meanwhile: %d, %v, want 3", got, ok)
	}
	for _, gone := range []row{{id: "m9", seq: 9}, {id: "o9"}} {
		if _, ok := findRow(&s, &gone); ok {
			t.Errorf("%s was found, but is gone", gone.id)
		}
	}
}

// Own messages that wait belong to the room's end: they are not shown below
// messages that are not the last.
func TestPendingRowsOnlyAtTheEnd(t *testing.T) {
	s := snapshot()
	s.MoreAfter = true
	if n := rowCount(&s); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	if _, ok := findID(&s, "o1"); ok {
		t.Error("a pending row was found")
	}
}

// Before the first welcome nobody knows who one is: then nothing stored is one's
// own, not even a message without a sender.
func TestNobodysMessage(t *testing.T) {
	if r := storedRow(&protocol.Message{ID: "m1", Seq: 1}, ""); r.own {
		t.Error("it counts as one's own")
	}
}
