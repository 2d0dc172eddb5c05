package timeline

import (
	"hallway/component/client"
	"hallway/protocol"
)

// pinned holds the room's pinned messages, the newest first. They are requested once in an epoch
// of the room. After that, changes keep the list up to date.
type pinned struct {
	list
	loaded bool // the list is complete, or the relay does not serve it
	more   bool // the room has more than client.PinnedMax

	part []protocol.Message // the first pages, which may be shorter than requested
	head int64              // the room's head when the first page was read
}

// AwaitPinned returns the query for the missing pinned messages. ok is false
// if none are missing.
func (t *Timeline) AwaitPinned() (q client.PageQuery, ok bool) {
	p := &t.pinned
	if p.loaded {
		return q, false
	}
	q = client.PageQuery{Pinned: true, Limit: client.PinnedMax - len(p.part)}
	if n := len(p.part); n > 0 {
		q.Before = p.part[n-1].Seq
	} else {
		p.awaited = true
	}
	return q, true
}

// PinnedFailed drops the first pages, because the others do not come.
func (t *Timeline) PinnedFailed() {
	t.pinned.part = nil
	t.ended(&t.pinned.list)
}

// NoPinned records that the relay does not serve pinned messages.
func (t *Timeline) NoPinned() {
	t.pinned.loaded = true
	t.PinnedFailed()
}

// PinnedUnsure makes the pinned messages be requested again.
func (t *Timeline) PinnedUnsure() { t.pinned.loaded = false }

// AddPinned adds a page of pinned messages, and reports whether the list is complete.
func (t *Timeline) AddPinned(page *protocol.Page) bool {
	p := &t.pinned
	if !p.awaited {
		p.part = nil
		return false // too many messages have changed meanwhile: all pages must be read again
	}
	if len(p.part) == 0 {
		p.head = page.Head
	}
	t.readMine(page.Messages)
	p.part = append(p.part, page.Messages...)
	if page.More && len(page.Messages) > 0 && len(p.part) < client.PinnedMax {
		return false
	}
	t.cut(&p.list, 0, len(p.entries))
	p.loaded, p.more = true, false
	for i := range p.part {
		if e, _ := t.put(&p.part[i], true); e.m.Pinned {
			t.pin(e)
		}
	}
	p.more = p.more || page.More
	for _, e := range t.entries { // pinned since the list was read
		if e.m.Pinned && e.m.Rev > p.head && e.in&inPinned == 0 {
			p.loaded = p.loaded && !t.unsure(e.m)
			t.pin(e)
		}
	}
	p.part = nil
	t.ended(&p.list)
	return true
}

// pin adds an entry to the list, and reports whether it is new. It drops the oldest entry if there are
// too many.
func (t *Timeline) pin(e *entry) bool {
	p := &t.pinned
	if e.in&inPinned != 0 {
		return false
	}
	i := len(p.entries)
	for i > 0 && p.entries[i-1].m.Seq < e.m.Seq {
		i--
	}
	if i == len(p.entries) && p.more {
		return false
	}
	t.insert(&p.list, i, e)
	if n := len(p.entries); n > client.PinnedMax {
		t.cut(&p.list, client.PinnedMax, n)
		p.more = true
	}
	return true
}

// unpin removes an entry that is no longer pinned. If the room has more pinned messages than the list, the
// list is requested again.
func (t *Timeline) unpin(e *entry) {
	t.remove(&t.pinned.list, e)
	if t.pinned.more {
		t.pinned.loaded = false
	}
}
