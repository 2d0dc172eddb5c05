package hub

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A ledger is a room as a simple store keeps it.
type ledger struct {
	epoch    string
	head     int64
	messages []protocol.Message // by seq
}

// change makes a message, or changes an existing one.
func (l *ledger) change(seq int64, text string) rules.Outcome {
	l.head++
	m := protocol.Message{Room: "lobby", ID: fmt.Sprint("id-", l.head), Seq: l.head, Rev: l.head, Text: text}
	i := slices.IndexFunc(l.messages, func(m protocol.Message) bool { return m.Seq == seq })
	if i >= 0 {
		m.ID, m.Seq = l.messages[i].ID, seq
		l.messages = slices.Concat(l.messages[:i], []protocol.Message{m}, l.messages[i+1:])
	} else {
		l.messages = append(slices.Clone(l.messages), m)
	}
	return rules.Outcome{Result: rules.Stored{Message: m, New: true}, Epoch: l.epoch, Head: l.head}
}

// page returns the store's answer.
func (l *ledger) page(q rules.Query) protocol.Page {
	p := protocol.Page{Epoch: l.epoch, Head: l.head}
	if q.Kind == rules.QueryNewest {
		share, at := q.PageShare(), len(l.messages)
		for at > 0 && share.Take(l.messages[at-1].Size()) {
			at--
		}
		p.Messages, p.More = l.messages[at:], at > 0
		return p
	}
	for _, m := range l.messages {
		if m.Rev > q.At {
			p.Messages = append(p.Messages, m)
		}
	}
	slices.SortFunc(p.Messages, func(a, b protocol.Message) int { return cmp.Compare(a.Rev, b.Rev) })
	share, n := q.PageShare(), 0
	for n < len(p.Messages) && share.Take(p.Messages[n].Size()) {
		n++
	}
	p.Messages, p.More = p.Messages[:n], n < len(p.Messages)
	return p
}

// fill reads the changes that a window lacks, as the engine does: page by page.
func (l *ledger) fill(from int64) Fill {
	f := Fill{Epoch: l.epoch, From: from}
	for at := from; ; {
		p := l.page(rules.Query{Kind: rules.QuerySince, At: at, Limit: 3})
		f.Add(p.Messages)
		if f.Head = p.Head; !p.More {
			return f
		}
		at = p.Messages[len(p.Messages)-1].Rev
	}
}

// TestWindowAnswersLikeTheStore checks that a page from a window equals, byte by byte, the store's page at a moment not
// before the last change that was sent, and that a reader never sees the room go back.
func TestWindowAnswersLikeTheStore(t *testing.T) {
	answered := 0
	lengths := rapid.OneOf(rapid.IntRange(0, 9), rapid.Just(protocol.PageBytesMax/3))
	rapid.Check(t, func(t *rapid.T) {
		var all Windows
		w := all.open("lobby")
		store := ledger{epoch: "e1"} // the durable state
		heard := store               // the hub's knowledge of it
		var late []rules.Outcome     // durable, but not known to the hub
		var fills []Fill             // read, but not handed over
		for range rapid.IntRange(0, 9).Draw(t, "before") {
			store.change(0, "")
		}
		open := func() { heard = store; hear(&all, w, &rules.Outcome{Epoch: store.epoch, Head: store.head}) }
		open()
		at := func(head int64) int64 { return rapid.Int64Range(-1, head+2).Draw(t, "at") }
		query := func() rules.Query {
			return rules.Query{
				Kind: rapid.SampledFrom([]rules.QueryKind{rules.QueryNewest, rules.QuerySince}).Draw(t, "kind"),
				At:   at(store.head), Limit: rapid.IntRange(1, 12).Draw(t, "limit"),
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"store": func(t *rapid.T) {
				for range rapid.IntRange(1, 4).Draw(t, "changes") {
					late = append(late, store.change(at(store.head), strings.Repeat("x", lengths.Draw(t, "length"))))
				}
			},
			"find": func(*rapid.T) {
				late = append(late, rules.Outcome{Epoch: store.epoch, Head: store.head})
			},
			"hear": func(*rapid.T) {
				for i := range late {
					hear(&all, w, &late[i])
				}
				late, heard = nil, store
			},
			"lose": func(t *rapid.T) {
				all.reset(w) // as after every failed batch
				late = nil
				if rapid.Bool().Draw(t, "then heard of") {
					heard = store
					o := rules.Outcome{Epoch: store.epoch, Head: store.head}
					hear(&all, w, &o)
				}
			},
			"leave": func(t *rapid.T) {
				if len(late) == 0 {
					all.close(w)
					w, fills = all.open("lobby"), nil
					open()
				}
			},
			"read": func(t *rapid.T) {
				if from, ok := w.Lacks(query()); ok {
					fills = append(fills, store.fill(rapid.Int64Range(from, max(from, heard.head-2)).Draw(t, "from")))
				}
			},
			"fill": func(*rapid.T) {
				if len(fills) > 0 {
					all.filled(w, fills[0])
					fills = fills[1:]
				}
			},
			"purge": func(t *rapid.T) {
				gone := purge{"e1", min(at(store.head), store.head+1)}
				for _, l := range []*ledger{&store, &heard} {
					l.messages = slices.DeleteFunc(slices.Clone(l.messages), func(m protocol.Message) bool { return m.Seq < gone.below })
				}
				if gone.below > w.gone.below {
					all.purged(w, gone)
				}
			},
			"page": func(t *rapid.T) {
				w.Seen(rapid.Int64Range(0, store.head).Draw(t, "seen"))
			},
			"": func(t *rapid.T) {
				q := query()
				got, ok := w.Page(q, "")
				if !ok {
					return
				}
				answered++
				if heard.head < w.seen.Load() {
					t.Fatalf("answered at head %d, where a reader has seen %d", heard.head, w.seen.Load())
				}
				if q.Kind == rules.QuerySince && q.At > heard.head {
					t.Fatalf("answered at head %d, where the reader has %d", heard.head, q.At)
				}
				want := heard.page(q)
				if string(got) != string(want.Append(nil)) {
					t.Fatalf("%+v of %d:\n got %s\nwant %s", q, heard.head, got, want.Append(nil))
				}
			},
		})
	})
	if answered == 0 {
		t.Error("no page came from a window")
	}
}

// TestWindowFills checks that after a fill the window answers the newest pages, and the changes since, without the
// store.
func TestWindowFills(t *testing.T) {
	var all Windows
	w := all.open("lobby")
	store := ledger{epoch: "e1"}
	for range 2 * protocol.PageMessagesMax {
		store.change(0, "hi")
	}
	hear(&all, w, &rules.Outcome{Epoch: "e1", Head: store.head})
	newest := rules.Query{Kind: rules.QueryNewest, Limit: protocol.PageMessagesMax}
	if _, ok := w.Page(newest, ""); ok {
		t.Fatal("a page from an empty window")
	}
	if from, ok := w.Lacks(rules.Query{Kind: rules.QuerySince, At: 1, Limit: 50}); ok {
		t.Errorf("would read from %d for what no window holds", from)
	}
	from, ok := w.Lacks(newest)
	if !ok || from != store.head-protocol.PageMessagesMax {
		t.Fatalf("lacks what is from %d, %v", from, ok)
	}
	fill := store.fill(from)
	ahead := store.change(0, "stored before it was read, heard of later")
	late := store.fill(from)
	all.filled(w, late)
	if _, ok := w.Page(newest, ""); ok {
		t.Fatal("the window tells what the hub has not heard of")
	}
	all.filled(w, fill)
	hear(&all, w, &ahead)
	for _, q := range []rules.Query{newest, {Kind: rules.QuerySince, At: from, Limit: 7}, {Kind: rules.QuerySince, At: store.head, Limit: 1}} {
		want := store.page(q)
		if got, ok := w.Page(q, ""); !ok || string(got) != string(want.Append(nil)) {
			t.Errorf("%+v: %v\n got %.200s\nwant %.200s", q, ok, got, want.Append(nil))
		}
	}
	if _, ok := w.Lacks(newest); ok {
		t.Error("a filled window lacks something")
	}
}

// TestWindowWithAGap checks that a window does not answer for changes that the hub has missed.
func TestWindowWithAGap(t *testing.T) {
	var all Windows
	w := all.open("lobby")
	store := ledger{epoch: "e1"}
	reaches := func(rev int64, want bool) {
		t.Helper()
		if page, ok := w.Page(rules.Query{Kind: rules.QuerySince, At: rev, Limit: 9}, ""); ok != want {
			t.Errorf("since %d: %v %s", rev, ok, page)
		}
	}
	hear(&all, w, &rules.Outcome{Epoch: "e1"})
	first := store.change(0, "a")
	hear(&all, w, &first)
	reaches(0, true)
	store.change(0, "missed")
	third := store.change(0, "c")
	hear(&all, w, &third)
	reaches(1, false)
	reaches(2, true)
	store.change(0, "missed too")
	hear(&all, w, &rules.Outcome{Epoch: "e1", Head: store.head})
	reaches(3, false)
	reaches(4, true)
	hear(&all, w, &rules.Outcome{Epoch: "e2", Head: store.head, Result: rules.Stored{Message: protocol.Message{Seq: 5, Rev: 5}, New: true}})
	if page, ok := w.Page(rules.Query{Kind: rules.QuerySince, At: 4, Limit: 9}, ""); !ok || !strings.Contains(string(page), `"epoch":"e2"`) {
		t.Errorf("in another life of the room: %v %s", ok, page)
	}
}

// TestWindowsAreBounded checks the bounds of messages and bytes, of each window and of all.
func TestWindowsAreBounded(t *testing.T) {
	var all Windows
	w := all.open("lobby")
	store := ledger{epoch: "e1"}
	put := func(w *Window, text string) {
		o := store.change(0, text)
		store.messages = nil
		hear(&all, w, &o)
	}
	check := func(w *Window, want int) {
		t.Helper()
		v := w.now.Load()
		bytes := 0
		for i := range v.entries {
			bytes += v.entries[i].bytes()
		}
		if len(v.entries) != want || v.from != store.head-int64(want) || bytes != v.bytes || bytes != w.bytes {
			t.Errorf("%d messages of %d bytes from %d, counted %d and %d; want %d messages", len(v.entries), bytes, v.from, v.bytes, w.bytes, want)
		}
	}
	for range WindowMessagesMax + 10 {
		put(w, "hi")
	}
	check(w, WindowMessagesMax)

	large := strings.Repeat("x", protocol.TextBytesMax)
	for range WindowMessagesMax {
		put(w, large)
	}
	m := protocol.Message{Room: "lobby", ID: "id-2048", Seq: 2048, Rev: 2048, Text: large}
	e := entryOf(&m, m.Append(nil))
	check(w, WindowBytesMax/e.bytes())

	for n := range 2 * WindowsBytesMax / WindowBytesMax {
		other := all.open(fmt.Sprint("room", n))
		for range WindowBytesMax / e.bytes() {
			put(other, large)
		}
	}
	if all.bytes > WindowsBytesMax || all.bytes < WindowsBytesMax-WindowBytesMax {
		t.Errorf("%d bytes in all windows", all.bytes)
	}
	if w.now.Load() != nil || w.bytes != 0 {
		t.Error("the window that has not changed for the longest time is still there")
	}
	for n := range 2 * WindowsBytesMax / WindowBytesMax {
		all.close(all.Of(fmt.Sprint("room", n)))
	}
	if all.bytes != 0 || all.order.Len() != 0 || all.Of("room0") != nil {
		t.Errorf("closed, %d bytes are left in %d windows", all.bytes, all.order.Len())
	}
}

// TestWindowKnowsOwnReactions checks that a page from the window has the user's own reactions, or is refused if a
// reaction does not name all of its users.
func TestWindowKnowsOwnReactions(t *testing.T) {
	var all Windows
	w := all.open("lobby")
	hear(&all, w, &rules.Outcome{Epoch: "e1"})
	store := ledger{epoch: "e1"}
	told := func(m protocol.Message) {
		hear(&all, w, &rules.Outcome{Result: rules.Stored{Message: m, New: true}, Epoch: "e1", Head: m.Rev})
	}
	first := store.change(0, "hi").Result.(rules.Stored).Message
	first.Reactions = []protocol.Reaction{
		{Emoji: "👍", Count: 2, Users: []string{"ada", "bob"}},
		{Emoji: "🎉", Count: 1, Users: []string{"ada"}},
		{Emoji: "👀", Count: 1, Users: []string{"bob"}},
	}
	told(first)
	page := func(user string) (string, bool) {
		page, ok := w.Page(rules.Query{Kind: rules.QueryNewest, Limit: 9}, user)
		return string(page), ok
	}
	for user, mine := range map[string][]string{"": nil, "ada": {"👍", "🎉"}, "bob": {"👍", "👀"}, "eve": nil} {
		m := first
		m.Mine = mine
		want := protocol.Page{Messages: []protocol.Message{m}, Epoch: "e1", Head: 1}
		if got, ok := page(user); !ok || got != string(want.Append(nil)) {
			t.Errorf("for %q: %v\n got %s\nwant %s", user, ok, got, want.Append(nil))
		}
	}

	next := store.change(1, "hi").Result.(rules.Stored).Message
	next.Reactions = slices.Clone(first.Reactions)
	next.Reactions[0].Count = 3
	told(next)
	for user, want := range map[string]bool{"": true, "ada": true, "eve": false} {
		if got, ok := page(user); ok != want {
			t.Errorf("for %q, who may be one of the others: %v %s", user, ok, got)
		}
	}
}

// hear applies an outcome to a window, as the hub does.
func hear(all *Windows, w *Window, o *rules.Outcome) {
	stored, ok := o.Result.(rules.Stored)
	if !ok {
		all.took(w, o.Epoch, o.Head, nil)
		return
	}
	stored.Encoded = stored.Message.Append(nil)
	all.took(w, o.Epoch, o.Head, &stored)
}
