package hub

import (
	"cmp"
	"container/list"
	"slices"
	"sync"
	"sync/atomic"

	"hallway/protocol"
	"hallway/relay/rules"
)

// The limits of windows. Messages beyond them are read from the store.
const (
	// WindowMessagesMax bounds the messages of a room's window.
	WindowMessagesMax = 1024
	// WindowBytesMax bounds their bytes.
	WindowBytesMax = 512 << 10
	// WindowsBytesMax bounds the bytes of all windows. Above it, the windows that have been unchanged for longest are
	// dropped.
	WindowsBytesMax = 64 << 20
)

// entryBytes is the approximate size of an entry without its JSON.
const entryBytes = 64

// reactedBytes is the approximate additional size of a message with reactions.
const reactedBytes = 512

// pageBytes is the approximate size of a page without its messages.
const pageBytes = 128

// A Window holds the last changes of a room in memory, so that readers need not query the store: the latest state of
// every message with a rev above a certain one. The hub's owner changes it; any goroutine may read it without waiting.
//
// A reader gets a page that the store would have answered at some moment. That moment is not before any change that a
// client knows: the window changes before streams get a change, and gives no answers (see Seen) while the store is
// known to be ahead.
type Window struct {
	now  atomic.Pointer[view] // nil: not known
	seen atomic.Int64         // the highest head that the store has given a reader

	// Owned by the hub's owner:

	room  string
	fill  *Fill         // waits until the hub knows of every message in it
	gone  purge         // messages that were deleted because of their age
	bytes int           // counted in windows.bytes
	place *list.Element // in windows.order; nil: not in it
}

// A view is a window at one moment. It is immutable: entries only grow behind the part that a view sees.
type view struct {
	epoch   string
	from    int64 // entries hold every message with a rev above it
	head    int64
	short   bool // the messages before from were never read
	bytes   int  // of entries
	entries []entry
}

// entry is a message; entries ascend by rev.
type entry struct {
	seq, rev int64
	size     int // see protocol.Message.Size
	json     []byte
	reacted  *protocol.Message // the message itself, if it has reactions
}

func (e *entry) bytes() int {
	n := entryBytes + len(e.json)
	if e.reacted != nil {
		n += reactedBytes + len(e.json)
	}
	return n
}

func entryOf(m *protocol.Message, encoded []byte) entry {
	x := entry{seq: m.Seq, rev: m.Rev, size: m.Size(), json: encoded}
	if len(m.Reactions) > 0 {
		reacted := *m
		x.reacted = &reacted
	}
	return x
}

// of returns the entry's JSON for one user, with the user's own reactions. ok is false if they are unknown, because a
// reaction does not name all of its users.
func (e *entry) of(user string) (json []byte, ok bool) {
	if e.reacted == nil || user == "" {
		return e.json, true
	}
	var mine []string
	for _, r := range e.reacted.Reactions {
		switch {
		case slices.Contains(r.Users, user):
			mine = append(mine, r.Emoji)
		case r.Count > int64(len(r.Users)):
			return nil, false
		}
	}
	if mine == nil {
		return e.json, true
	}
	m := *e.reacted
	m.Mine = mine
	return m.Append(nil), true
}

// Fill holds messages from the store for a window: all with a rev above From, when the room's head was Head.
type Fill struct {
	Epoch      string
	From, Head int64
	entries    []entry
}

// Add adds messages that ascend by rev. It encodes them, so that the hub's owner need not. A later state of a message
// replaces the earlier one.
func (f *Fill) Add(messages []protocol.Message) {
	for i := range messages {
		f.entries, _ = replace(f.entries, entryOf(&messages[i], messages[i].Append(nil)))
	}
}

// replace appends e, removes the earlier entry of its message, and returns the growth in bytes. The entries of earlier
// views stay as they are.
func replace(entries []entry, e entry) (_ []entry, grown int) {
	grown = e.bytes()
	if e.seq < e.rev { // else it is new
		if i := slices.IndexFunc(entries, func(x entry) bool { return x.seq == e.seq }); i >= 0 {
			grown -= entries[i].bytes()
			entries = slices.Concat(entries[:i], entries[i+1:])
		}
	}
	return append(entries, e), grown
}

// Windows holds the windows of the rooms in memory, by name.
type Windows struct {
	byRoom sync.Map // string → *Window

	// Owned by the hub's owner:

	bytes int
	order list.List // windows with entries; the last one has changed last
}

// Of returns the window of a room; nil: the room is not in memory.
func (w *Windows) Of(room string) *Window {
	v, ok := w.byRoom.Load(room)
	if !ok {
		return nil
	}
	return v.(*Window)
}

func (w *Windows) open(room string) *Window {
	window := &Window{room: room}
	w.byRoom.Store(room, window)
	return window
}

// close drops a window for good.
func (w *Windows) close(window *Window) {
	w.reset(window)
	w.byRoom.Delete(window.room)
}

// reset empties a window.
func (w *Windows) reset(window *Window) {
	window.now.Store(nil)
	window.fill = nil
	w.bytes -= window.bytes
	window.bytes = 0
	if window.place != nil {
		w.order.Remove(window.place)
		window.place = nil
	}
}

// opened begins the window of a room whose head is known.
func (w *Windows) opened(window *Window, epoch string, head int64) {
	w.reset(window)
	window.now.Store(&view{epoch: epoch, from: head, head: head, short: head > 0})
}

// took notes a new or changed message, or the head that an op has found.
func (w *Windows) took(window *Window, epoch string, head int64, stored *rules.Stored) {
	v := window.now.Load()
	switch {
	case stored == nil || !stored.New:
		if v == nil || v.head != head || v.epoch != epoch {
			w.opened(window, epoch, head)
		}
	default:
		w.extend(window, epoch, stored.Message.Rev-1, stored.Message.Rev, entryOf(&stored.Message, stored.Encoded))
	}
}

// extend adds the latest states of all messages with revs above from, up to a head.
func (w *Windows) extend(window *Window, epoch string, from, head int64, changes ...entry) {
	v := window.now.Load()
	if v == nil || v.head != from || v.epoch != epoch {
		w.opened(window, epoch, from)
		v = window.now.Load()
	}
	next := *v
	next.head = head
	for i := range changes {
		if window.gone.has(epoch, &changes[i]) {
			continue // deleted before this news came
		}
		entries, grown := replace(next.entries, changes[i])
		next.entries, next.bytes = entries, next.bytes+grown
	}
	w.publish(window, &next)
}

// filled takes messages from the store. They may have to wait until the hub knows of all of them.
func (w *Windows) filled(window *Window, f Fill) {
	if v := window.now.Load(); v != nil {
		window.fill = &f
		next := *v
		w.publish(window, &next)
	}
}

// merge puts the fill before the entries, once that is possible.
func (window *Window) merge(v *view) {
	f := window.fill
	switch {
	case f == nil || f.Head > v.head:
		return
	case v.short && f.Epoch == v.epoch && f.From <= v.from && v.from <= f.Head:
		newer := map[int64]bool{}
		for _, e := range v.entries {
			newer[e.seq] = true
		}
		kept := slices.DeleteFunc(f.entries, func(e entry) bool { return newer[e.seq] || window.gone.has(f.Epoch, &e) })
		for i := range kept {
			v.bytes += kept[i].bytes()
		}
		v.entries = append(kept, v.entries...)
		v.from, v.short = f.From, false
	}
	window.fill = nil
}

// publish replaces the view for readers by the next one, cut to the window's limits.
func (w *Windows) publish(window *Window, next *view) {
	window.merge(next)
	for len(next.entries) > WindowMessagesMax || next.bytes > WindowBytesMax {
		oldest := &next.entries[0]
		next.bytes -= oldest.bytes()
		next.from, next.short = oldest.rev, false
		next.entries = next.entries[1:]
	}
	window.now.Store(next)
	w.account(window, next.bytes)
}

// account keeps the bytes of all windows within their limit.
func (w *Windows) account(window *Window, bytes int) {
	w.bytes += bytes - window.bytes
	window.bytes = bytes
	if window.place == nil {
		window.place = w.order.PushBack(window)
	} else {
		w.order.MoveToBack(window.place)
	}
	for w.bytes > WindowsBytesMax {
		w.reset(w.order.Front().Value.(*Window))
	}
}

// Seen notes the head that the store has given a reader. Until the hub has heard of it too, the window gives no
// answers: otherwise the reader would see the room go back.
func (window *Window) Seen(head int64) {
	for {
		seen := window.seen.Load()
		if head <= seen || window.seen.CompareAndSwap(seen, head) {
			return
		}
	}
}

// Page returns the page of q as JSON for a user. ok is false if the window does not reach that far back, or does not
// know the user's reactions.
func (window *Window) Page(q rules.Query, user string) (page []byte, ok bool) {
	v := window.now.Load()
	if v == nil || v.head < window.seen.Load() {
		return nil, false
	}
	return v.answer(q, user)
}

// PageAsOf is Page for a reader that must not get less than a head: ok is also false if the window is behind that head,
// or of another epoch.
func (window *Window) PageAsOf(h *rules.Head, q rules.Query, user string) (page []byte, ok bool) {
	v := window.now.Load()
	if v == nil || v.epoch != h.Epoch || v.head < h.Head {
		return nil, false
	}
	return v.answer(q, user)
}

func (v *view) answer(q rules.Query, user string) (page []byte, ok bool) {
	switch q.Kind {
	case rules.QuerySince:
		return v.since(q.At, q.PageShare(), user)
	case rules.QueryNewest:
		return v.newest(q.PageShare(), user)
	}
	return nil, false
}

// WindowAnswers reports whether a window can answer such a query.
func WindowAnswers(q rules.Query) bool {
	return q.Kind == rules.QueryNewest || q.Kind == rules.QuerySince
}

// Lacks returns the rev from which on the store must be read before the window can answer q. ok is false if that would
// not help, or is not needed.
func (window *Window) Lacks(q rules.Query) (from int64, ok bool) {
	v := window.now.Load()
	if v == nil || !v.short || !WindowAnswers(q) {
		return 0, false
	}
	from = max(0, v.head-protocol.PageMessagesMax)
	return from, q.Kind == rules.QueryNewest || q.At >= from
}

func (v *view) since(rev int64, share rules.PageShare, user string) ([]byte, bool) {
	if rev < v.from || rev > v.head {
		return nil, false
	}
	i, _ := slices.BinarySearchFunc(v.entries, rev+1, func(e entry, rev int64) int { return cmp.Compare(e.rev, rev) })
	rest := v.entries[i:]
	n := 0
	for n < len(rest) && share.Take(rest[n].size) {
		n++
	}
	return v.page(rest[:n], n < len(rest), user)
}

// newest returns the last messages by seq. All with a seq above from are here, because a rev is never below its seq.
func (v *view) newest(share rules.PageShare, user string) ([]byte, bool) {
	var found []entry
	lowest := v.head + 1 // seq in found
	for i := len(v.entries) - 1; i >= 0; i-- {
		e := v.entries[i]
		if len(found) > share.Messages() && e.rev < lowest {
			break // no later one has a higher seq either
		}
		if e.seq > v.from {
			found, lowest = append(found, e), min(lowest, e.seq)
		}
	}
	slices.SortFunc(found, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) })
	at := len(found)
	for at > 0 && share.Take(found[at-1].size) {
		at--
	}
	more := at > 0
	if !more && v.from > 0 {
		return nil, false // only the store knows whether there are others before from
	}
	return v.page(found[at:], more, user)
}

func (v *view) page(entries []entry, more bool, user string) (page []byte, ok bool) {
	bytes := pageBytes
	messages := make([][]byte, len(entries))
	for i := range entries {
		if messages[i], ok = entries[i].of(user); !ok {
			return nil, false
		}
		bytes += len(messages[i]) + 1
	}
	p := protocol.Page{Epoch: v.epoch, Head: v.head, More: more}
	return p.AppendEncoded(make([]byte, 0, bytes), messages), true
}
