package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// pinned are the room's pinned messages: asked for once in a life of the room,
// after all that is needed more, and then kept by the changes that come.
type pinned struct {
	served bool // the relay has such a list
	loaded bool // it is here, or there is none to be had
	list   []*protocol.Message
	more   bool               // there are more than PinnedMax
	aside  aside              // changes that came while it is on its way
	part   []protocol.Message // its first pages: they may be shorter than asked for
}

// fetchPinned asks for the list.
func (c *Client) fetchPinned() {
	p := &c.pinned
	if !p.served || p.loaded || c.sync.want == wantPinned {
		return
	}
	q := client.PageQuery{Pinned: true, Limit: client.PinnedMax - len(p.part)}
	if n := len(p.part); n > 0 {
		q.Before = p.part[n-1].Seq
	} else {
		p.aside = aside{}
	}
	c.request(wantPinned, q)
}

func (c *Client) loadedPinned(page *protocol.Page) {
	p := &c.pinned
	if p.aside == nil {
		p.part = nil
		return // too much came meanwhile: fetch asks again
	}
	p.part = append(p.part, page.Messages...)
	if page.More && len(page.Messages) > 0 && len(p.part) < client.PinnedMax {
		return // fetch asks for the rest
	}
	messages, later := p.part, p.aside
	c.pinned = pinned{served: true, loaded: true, more: page.More}
	for i := range messages {
		if m := later.current(&messages[i], &c.timeline.own); m.Pinned {
			p.put(m)
		}
	}
	for _, m := range later {
		if m.Pinned && find(p.list, m.ID) == nil {
			p.put(m)
			p.loaded = p.loaded && !unsure(m)
		}
	}
	c.changed = true
}

// apply follows the stream.
func (p *pinned) apply(m *protocol.Message, own *ownReactions, whole bool) (changed bool) {
	p.aside.put(m)
	i := indexOf(p.list, m.ID)
	switch {
	case i >= 0:
		old := p.list[i]
		if m = own.newer(old, m, whole); m == old {
			return false
		}
		p.list = slices.Delete(slices.Clone(p.list), i, i+1)
		if m.Pinned {
			p.put(m)
		} else if p.more {
			p.loaded = false // one that is not here takes its place
		}
	case m.Pinned && p.loaded:
		p.put(m)
	default:
		return false
	}
	return true
}

// put puts a message in its place, the newest first, and lets the oldest go
// where there are too many.
func (p *pinned) put(m *protocol.Message) {
	i, found := slices.BinarySearchFunc(p.list, m.Seq, func(o *protocol.Message, seq int64) int { return int(seq - o.Seq) })
	if found || i == len(p.list) && p.more {
		return
	}
	p.list = slices.Insert(slices.Clone(p.list), i, m)
	if len(p.list) > client.PinnedMax {
		p.list, p.more = p.list[:client.PinnedMax:client.PinnedMax], true
	}
}
