package simulation

import (
	"bytes"
	"slices"

	"hallway/protocol"
)

// outWatch records the relay's frames on a link.
type outWatch struct {
	joined bool
	head   int64 // of the last joined
	last   int64 // the last rev streamed
}

// inWatch records the frames that a page got on a link, and the answers that are missing.
type inWatch struct {
	heardJoined bool
	told        int64    // the highest rev
	flight      []string // ids sent and not answered
	live        bool     // the page was live on this link
}

// decode reads a frame of the hub.
func (r *relay) decode(l *link, frame []byte) protocol.RelayFrame {
	f, err := protocol.DecodeRelay(frame)
	if err != nil {
		r.w.fail("the hub sends %v what is no frame: %v: %s", l, err, frame)
	}
	return f
}

// said checks a frame of the hub on this link.
func (l *link) said(f protocol.RelayFrame, streamed bool) {
	w := l.w
	switch f := f.(type) {
	case protocol.Joined:
		h := w.store.Life(f.Room)
		if h.Epoch() == "" {
			w.fail("%v: joined a room that is not there", l)
		}
		if h.Epoch() != f.Epoch || f.Head > h.Head() || f.Head < l.last {
			w.fail("%v: joined says epoch %s head %d, the store is at epoch %s head %d, the stream was at %d", l, f.Epoch, f.Head, h.Epoch(), h.Head(), l.last)
		}
		l.relay.floor[f.Room] = max(l.relay.floor[f.Room], f.Head)
		l.joined, l.head, l.last = true, f.Head, max(l.last, f.Head)
	case protocol.Changed:
		m := &f.Message
		if !l.joined {
			w.fail("%v: a message before joined: %d", l, m.Rev)
		}
		w.mustBeDurable(m, "told")
		l.relay.floor[m.Room] = max(l.relay.floor[m.Room], m.Rev)
		if it := w.byID[m.ID]; it != nil {
			it.echoed = true
		}
		if !streamed {
			return
		}
		if m.Rev <= l.last {
			w.fail("%v: rev %d is streamed after joined %d and rev %d", l, m.Rev, l.head, l.last)
		}
		if on := &w.weather.on; m.Rev != l.last+1 && !on[edits] && !on[resultsLost] {
			w.fail("%v: rev %d is streamed after rev %d", l, m.Rev, l.last)
		}
		l.last = m.Rev
	case protocol.Error:
		if it := w.byID[f.ID]; it != nil && !f.Code.Retryable() && w.store.Life(it.room).Find(it.id) == nil {
			it.moved = true // if this is lost, a later relay may accept it
		}
	case protocol.Presence:
		if !l.joined {
			w.fail("%v: presence before joined", l)
		}
	}
}

// mustBeDurable checks that the store has the message that somebody is told of.
func (w *world) mustBeDurable(m *protocol.Message, how string) {
	h := w.store.Life(m.Room)
	if h.Epoch() == "" {
		w.fail("%s is %s, and there is no room", short(m.ID), how)
	}
	stored := h.Find(m.ID)
	if stored == nil {
		w.fail("%s (rev %d) is %s before it is durable", short(m.ID), m.Rev, how)
	}
	if stored.Seq != m.Seq || stored.CreatedAt != m.CreatedAt || stored.Rev < m.Rev || stored.Rev == m.Rev && !same(stored, m) {
		w.fail("%s is %s as %v and stored as %v", short(m.ID), how, m, stored)
	}
}

var sendPrefix = []byte(`{"type":"send"`)

// wrote checks a frame of the page.
func (l *link) wrote(data []byte) {
	if !bytes.HasPrefix(data, sendPrefix) {
		return
	}
	w := l.w
	f, err := protocol.DecodeClient(data, protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax})
	if err != nil {
		w.fail("%v writes what is no frame: %v", l, err)
	}
	id := f.(protocol.Send).ID
	if !l.live {
		w.fail("%v writes %s before it has caught up", l, short(id))
	}
	if it := w.byID[id]; !it.saved && !it.unsafe {
		w.fail("%v writes %s before it is saved", l, short(id))
	}
	if !slices.Contains(l.flight, id) {
		l.flight = append(l.flight, id)
	}
	if n := len(l.flight); n > protocol.InFlightMax {
		w.fail("%v has %d sends in flight", l, n)
	}
	if l.p.dev.shared && l.p.dev.locks[l.p.room][0] != l.p {
		w.fail("%v writes %s, which another page owns", l, short(id))
	}
}

// hears records a frame that reaches the page.
func (l *link) hears(f protocol.RelayFrame) {
	if l.left || l.p.link != l {
		return
	}
	switch f := f.(type) {
	case protocol.Joined:
		if l.p.epoch != f.Epoch {
			l.told = 0
		}
		l.heardJoined, l.told, l.p.epoch = true, max(l.told, f.Head), f.Epoch
	case protocol.Changed:
		l.told = max(l.told, f.Message.Rev)
		l.answered(f.Message.ID)
	case protocol.Error:
		l.answered(f.ID)
		if !f.Code.Retryable() {
			l.p.refused = f.ID
		}
	}
}

func (l *link) answered(id string) {
	l.flight = slices.DeleteFunc(l.flight, func(x string) bool { return x == id })
}
