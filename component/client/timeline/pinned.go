package timeline

import (
	"hallway/component/client"
	"hallway/protocol"
)

// pinned are the room's pinned messages, the newest first: asked for once in a life
// of the room, and then kept by the changes that come.
type pinned struct {
	list
	loaded bool // it is here, or there is none to be had
	more   bool // there are more than client.PinnedMax

	part []protocol.Message // the first pages: they may be shorter than asked for
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

// PinnedFailed forgets the pages that are here: the rest does not come.
func (t *Timeline) PinnedFailed() {
	t.pinned.part = nil
	t.ended(&t.pinned.list)
}

// NoPinned tells that the relay has no pinned messages to give.
func (t *Timeline) NoPinned() {
	t.pinned.loaded = true
	t.PinnedFailed()
}

// PinnedUnsure tells that the pinned messages must be asked for again.
func (t *Timeline) PinnedUnsure() { t.pinned.loaded = false }

// AddPinned takes a page of pinned messages, and reports whether the list is whole now.
func (t *Timeline) AddPinned(page *protocol.Page) bool {
	p := &t.pinned
	if !p.awaited {
		p.part = nil
		return false // too much came meanwhile: all of it must be read again
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

// pin puts an entry in its place, and reports whether it is new there. If there are
// too many the oldest is dropped.
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

// unpin takes out an entry that is not pinned any more. If there are more than are
// here, one takes its place.
func (t *Timeline) unpin(e *entry) {
	t.remove(&t.pinned.list, e)
	if t.pinned.more {
		t.pinned.loaded = false
	}
}
