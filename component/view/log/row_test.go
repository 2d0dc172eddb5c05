package log

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

func snapshot() client.Snapshot {
	ada := protocol.User{ID: "u_ada", Name: "Ada"}
	return client.Snapshot{
		Me: ada,
		Messages: []*protocol.Message{
			{ID: "m1", Seq: 1, Rev: 1, Sender: ada, CreatedAt: 1000, Text: "one"},
			{ID: "m2", Seq: 2, Rev: 4, Sender: protocol.User{ID: "u_ben"}, CreatedAt: 2000, DeletedAt: 4},
			{ID: "m3", Seq: 3, Rev: 3, Sender: protocol.User{ID: "u_ben", Name: "Ben"}, CreatedAt: 3000, Encrypted: &protocol.Encrypted{}},
		},
		Outbox: []client.Own{
			{Item: client.Item{ID: "o1", Text: "sending", SentAt: "2026-11-23T09:15:01Z"}, State: client.ItemSending},
			{Item: client.Item{ID: "o2", Text: "no", Code: protocol.CodeTooLarge, Reason: "x"}, State: client.ItemFailed},
		},
	}
}

// utcDays returns the days of UTC.
func utcDays(at int64) (from, to int64) {
	const day = 24 * 60 * 60 * 1000
	from = at / day * day
	return from, from + day
}

func TestRows(t *testing.T) {
	s := snapshot()
	sent := time.Date(2026, 11, 23, 9, 15, 1, 0, time.UTC).UnixMilli()
	today, _ := utcDays(sent)
	want := []row{
		{
			id: "m1", seq: 1, state: client.ItemSent, own: true, senderID: "u_ada", sender: "Ada",
			at: 1, text: "one", head: true, day: 0,
		},
		{id: "m2", seq: 2, state: client.ItemSent, deleted: true, senderID: "u_ben", at: 2, head: true},
		{id: "m3", seq: 3, state: client.ItemSent, encrypted: true, senderID: "u_ben", sender: "Ben", at: 3},
		{
			id: "o1", state: client.ItemSending, own: true, senderID: "u_ada", sender: "Ada", at: sent, text: "sending",
			head: true, day: today,
		},
		{
			id: "o2", state: client.ItemFailed, own: true, senderID: "u_ada", sender: "Ada", text: "no",
			code: protocol.CodeTooLarge, reason: "x",
		},
	}
	if n := rowCount(&s); n != len(want) {
		t.Fatalf("%d rows, want %d", n, len(want))
	}
	for i, m := range s.Messages {
		want[i].of = m
	}
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	for _, w := range []window{{0, 5}, {2, 4}, {4, 5}, {3, 3}} {
		if got := maker.rowsIn(&s, w); !slices.Equal(got, want[w.lo:w.hi]) {
			t.Errorf("%v: rows = %+v, want %+v", w, got, want[w.lo:w.hi])
		}
	}
	for i, r := range want {
		if got, ok := findRow(&s, &r); got != i || !ok {
			t.Errorf("findRow(%s) = %d, %v, want %d", r.id, got, ok, i)
		}
		if got, ok := Find(&s, r.id); got != i || !ok {
			t.Errorf("Find(%s) = %d, %v, want %d", r.id, got, ok, i)
		}
	}
}

func TestGroups(t *testing.T) {
	const minute = 60 * 1000
	midnight, _ := utcDays(1_800_000_000_000)
	ada := row{id: "a", senderID: "ada", at: midnight + 600*minute}
	with := func(change func(*row)) row {
		r := ada
		change(&r)
		return r
	}
	for name, tc := range map[string]struct {
		before, row row
		head        bool
		day         int64
	}{
		"the first of all":    {row{}, ada, true, midnight},
		"the same sender":     {ada, with(func(r *row) { r.at += 5 * minute }), false, 0},
		"after a pause":       {ada, with(func(r *row) { r.at += 5*minute + 1 }), true, 0},
		"another sender":      {ada, with(func(r *row) { r.senderID = "ben" }), true, 0},
		"in another role":     {ada, with(func(r *row) { r.role = protocol.RoleModerator }), true, 0},
		"a minute, but a day": {with(func(r *row) { r.at = midnight - 1 }), with(func(r *row) { r.at = midnight }), true, midnight},
		"by a slow clock":     {ada, with(func(r *row) { r.at = midnight - 1 }), false, 0},
		"at no known time":    {ada, with(func(r *row) { r.at = 0 }), false, 0},
	} {
		maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
		got := tc.row
		maker.group(&got, &tc.before)
		if got.head != tc.head || got.day != tc.day {
			t.Errorf("%s: head %v, day %d; want %v, %d", name, got.head, got.day, tc.head, tc.day)
		}
	}
}

func TestQuotes(t *testing.T) {
	s := snapshot()
	s.Messages[2] = &protocol.Message{ID: "m3", Seq: 3, Sender: protocol.User{ID: "u_ben", Name: "Ben"}, Text: "*so*\n`x`", ReplyTo: "m1"}
	var q quotes
	for range 2 { // the second time from the cache
		for id, want := range map[string]quote{
			"":   {},
			"m1": {id: "m1", loaded: true, by: "u_ada", sender: "Ada", text: "one"},
			"m2": {id: "m2", loaded: true, by: "u_ben", deleted: true},
			"m3": {id: "m3", loaded: true, by: "u_ben", sender: "Ben", text: "so x"},
			"m0": {id: "m0"},
			"o1": {id: "o1"},
		} {
			if got := q.of(&s, id); got != want {
				t.Errorf("the quotation of %q is %+v, want %+v", id, got, want)
			}
		}
	}
	edited := *s.Messages[0]
	edited.Text = "other"
	s.Messages = append([]*protocol.Message{{ID: "m0", Text: "older"}, &edited}, s.Messages[1:]...)
	if got := q.of(&s, "m1").text; got != "other" {
		t.Errorf("an edited message is quoted as %q", got)
	}
	if got := q.of(&s, "m0"); !got.loaded || got.text != "older" {
		t.Errorf("a message that was loaded meanwhile is quoted as %+v", got)
	}
}

func TestFindRowInALaterSnapshot(t *testing.T) {
	s := snapshot()
	stored := row{id: "o0", state: client.ItemSending} // the row before the message was stored
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

// TestPendingRowsOnlyAtTheEnd checks that the user's waiting messages are shown only at the room's end.
func TestPendingRowsOnlyAtTheEnd(t *testing.T) {
	s := snapshot()
	s.MoreAfter = true
	if n := rowCount(&s); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	if _, ok := Find(&s, "o1"); ok {
		t.Error("a pending row was found")
	}
}

// TestMarkedRows checks that each mark of an encrypted room has its own text in each language, and that an undecrypted message
// shows that text.
func TestMarkedRows(t *testing.T) {
	for _, lang := range []string{"en", "de", "fr", "ar"} {
		texts, said := text.For(lang, nil), map[string]client.Mark{}
		for _, mark := range []client.Mark{
			client.MarkWaiting, client.MarkBefore, client.MarkAltered, client.MarkUncertain, client.MarkPlain,
		} {
			says := texts.Mark(mark)
			if other, twice := said[says]; says == "" || twice {
				t.Errorf("%s: %s says %q, as %s does", lang, mark, says, other)
			}
			said[says] = mark
			m := &protocol.Message{ID: "m", Seq: 1, Rev: 1, Encrypted: &protocol.Encrypted{}}
			r := storedRow(m, "me", map[string]client.Mark{"m": mark})
			if shown := texts.MarkedContent(r.deleted, r.encrypted, r.mark, r.text); shown != says {
				t.Errorf("%s: a message marked %s shows %q", lang, mark, shown)
			}
		}
	}
	o := client.Own{Item: client.Item{ID: "m", Sealed: &protocol.Encrypted{}}}
	if r := ownRow(&o, protocol.User{ID: "me"}); r.mark != client.MarkWaiting {
		t.Error("an item that is not opened yet is shown as empty")
	}
	o.Code = client.CodeLost
	if r := ownRow(&o, protocol.User{ID: "me"}); !r.encrypted || r.mark != client.MarkNone {
		t.Error("a lost item is shown as waiting for its key")
	}
}

// TestNobodysMessage checks that no stored message counts as the user's own before the first welcome, not even one
// without a sender.
func TestNobodysMessage(t *testing.T) {
	if r := storedRow(&protocol.Message{ID: "m1", Seq: 1}, "", nil); r.own {
		t.Error("the message counts as the user's own")
	}
}

func TestMarksOfARow(t *testing.T) {
	s := snapshot()
	m := *s.Messages[0]
	m.EditedAt, m.Pinned = 5_000_000, true
	s.Messages[0] = &m
	s.Changing = []string{"m3"}
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	rows := maker.rowsIn(&s, window{0, 3})
	if !rows[0].pinned || rows[0].edited != 5000 || rows[0].changing || !rows[2].changing || rows[1].pinned {
		t.Errorf("%+v", rows)
	}
}

// TestRowsTakenOver checks that rows that are reused from the last window equal new ones.
func TestRowsTakenOver(t *testing.T) {
	s := snapshot()
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	step := func(what string, w window) {
		t.Helper()
		anew := rowMaker{calendar: text.Calendar{Bounds: utcDays}, unread: maker.unread}
		if got, want := maker.rowsIn(&s, w), anew.rowsIn(&s, w); !slices.Equal(got, want) {
			t.Errorf("%s: rows = %+v, want %+v", what, got, want)
		}
	}
	step("the first", window{0, 5})
	step("moved", window{1, 5})
	step("moved back", window{0, 4})
	maker.unread = 2
	step("something new", window{0, 5})
	maker.unread = 0
	step("nothing new any more", window{0, 5})
	m := *s.Messages[1]
	m.Text, m.DeletedAt = "here again", 0
	s.Messages = []*protocol.Message{s.Messages[0], &m, s.Messages[2]}
	step("another text", window{0, 5})
	s.Messages = s.Messages[1:]
	step("one fewer before", window{0, 4})
	s.Me = protocol.User{ID: "u_ben"}
	step("another user", window{0, 4})
}

// TestRowsOfUsersWithoutAName checks that a row never shows an id, which may be a mail address.
func TestRowsOfUsersWithoutAName(t *testing.T) {
	const id = "ada.lovelace@mail.example"
	for _, lang := range []string{"en", "de", "fr", "ar"} {
		texts := text.For(lang, nil)
		r := storedRow(&protocol.Message{ID: "m", Seq: 1, Rev: 1, Sender: protocol.User{ID: id}, Text: "hi"}, "me", nil)
		if name := senderOf(texts, &r); strings.Contains(name, id) {
			t.Errorf("%s: %q contains the id", lang, name)
		}
	}
	own := &row{own: true, senderID: id}
	if name := senderOf(text.For("en", nil), own); name != "You" {
		t.Errorf("the user's own name is %q", name)
	}
}
