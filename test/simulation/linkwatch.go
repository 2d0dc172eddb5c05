package simulation

import (
	"bytes"
	"slices"
	"time"

	"hallway/protocol"
)

// outWatch records the relay's frames on a link.
type outWatch struct {
	joined bool
	epoch  string // of the last joined
	head   int64  // the head in the last joined
	last   int64  // the last rev streamed
	whole  int64  // the rev up to which the stream has told every change
	joins  []rev  // for each join without an answer: the highest rev that any client was told before it
}

// rev is a rev in a life of a room.
type rev struct {
	epoch string
	n     int64
}

// inWatch records the frames that a page got on a link, and the answers that are missing.
type inWatch struct {
	heardJoined bool
	told        int64    // the highest rev
	flight      []string // the ids of sends without an answer
	live        bool     // the page was live on this link
}

// decode reads a frame of the hub.
func (r *relay) decode(l *link, frame []byte) protocol.RelayFrame {
	f, err := protocol.DecodeRelay(frame)
	if err != nil {
		r.w.fail("the hub sends %v an invalid frame: %v: %s", l, err, frame)
	}
	return f
}

// said checks a frame that the hub sends on this link.
func (l *link) said(f protocol.RelayFrame, streamed bool) {
	w := l.w
	switch f := f.(type) {
	case protocol.Joined:
		h := w.db.store.Life(f.Room)
		if h.Epoch() == "" {
			w.fail("%v: joined a room that is not there", l)
		}
		if len(l.joins) > 0 && w.db.order[f.Epoch] >= w.db.order[l.joins[0].epoch] && w.db.lives[f.Epoch] != nil {
			h = w.db.lives[f.Epoch] // the room had this epoch at some time since the join
		}
		if l.epoch != f.Epoch {
			l.last, l.whole = 0, 0
		}
		if h.Epoch() != f.Epoch || f.Head > h.Head() || f.Head < l.last {
			w.fail("%v: joined says epoch %s head %d, the store is at epoch %s head %d, the stream was at %d", l, f.Epoch, f.Head, h.Epoch(), h.Head(), l.last)
		}
		l.answerJoin(&f)
		w.cluster.told(f.Epoch, f.Head)
		l.joined, l.epoch, l.head, l.last, l.whole = true, f.Epoch, f.Head, max(l.last, f.Head), max(l.whole, f.Head)
	case protocol.Changed:
		m := &f.Message
		if !l.joined {
			w.fail("%v: a message before joined: %d", l, m.Rev)
		}
		w.db.mustBeDurable(m, w.db.lives[l.epoch], "told")
		w.cluster.told(l.epoch, m.Rev)
		if it := w.people.byID[m.ID]; it != nil {
			it.echoed = true
		}
		if !streamed {
			return
		}
		if m.Rev <= l.last {
			w.fail("%v: rev %d is streamed after joined %d and rev %d", l, m.Rev, l.head, l.last)
		}
		l.last = m.Rev
		l.covers(&f)
	case protocol.Error:
		if f.Room != "" && f.ID == "" && len(l.joins) > 0 {
			l.joins = l.joins[1:] // the error may be the answer to the join
		}
		if it := w.people.byID[f.ID]; it != nil && !f.Code.Retryable() && w.db.store.Life(it.room).Find(it.id) == nil {
			it.moved = true // if the refusal is lost, a later relay may accept the message
		}
	case protocol.Presence:
		if !l.joined {
			w.fail("%v: presence before joined", l)
		}
	}
}

// coverWithin bounds how long a gap in a stream stays: frames with later states of the skipped messages follow at once.
const coverWithin = time.Second

// covers checks that a change has no gap below it, or that later frames cover the gap.
func (l *link) covers(f *protocol.Changed) {
	w, on := l.w, &l.w.weather.on
	after, epoch := f.Message.Rev-1, l.epoch
	if f.After != nil {
		after = *f.After
	}
	if after <= l.whole || !w.cluster.several() && (on[edits] || on[resultsLost]) {
		l.whole = f.Message.Rev
		return
	}
	w.in(coverWithin, func() {
		if l.whole < f.Message.Rev && l.epoch == epoch && l.joined && !l.shut && !l.left && l.relay.up {
			w.fail("%v: rev %d is streamed after rev %d", l, f.Message.Rev, l.whole)
		}
	})
}

var joinPrefix = []byte(`{"type":"join"`)

// noteJoin records the head that the answer to a join must have at least. A single relay answers from memory, even if it has missed a change.
func (l *link) noteJoin(data []byte) {
	if l.w.cluster.several() && bytes.HasPrefix(data, joinPrefix) {
		epoch := l.w.db.store.Life(l.p.room).Epoch()
		l.joins = append(l.joins, rev{epoch, l.w.cluster.floor[epoch]})
	}
}

// answerJoin checks the head in the answer to a join: before the join no client was told of a higher rev.
func (l *link) answerJoin(f *protocol.Joined) {
	if len(l.joins) == 0 {
		return
	}
	if before := l.joins[0]; before.epoch == f.Epoch && f.Head < before.n {
		l.w.fail("%v: joined says head %d, somebody was told of rev %d before", l, f.Head, before.n)
	}
	l.joins = l.joins[1:]
}

var sendPrefix, editPrefix = []byte(`{"type":"send"`), []byte(`{"type":"edit"`)

// wrote checks a frame that the page has written.
func (l *link) wrote(data []byte) {
	sealed := l.w.sealed.on && bytes.HasPrefix(data, editPrefix)
	if !sealed && !bytes.HasPrefix(data, sendPrefix) {
		return
	}
	w := l.w
	f, err := protocol.DecodeClient(data, protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax})
	if err != nil {
		w.fail("%v writes an invalid frame: %v", l, err)
	}
	if w.sealed.on {
		l.wroteSealed(f)
	}
	send, ok := f.(protocol.Send)
	if !ok {
		return
	}
	id := send.ID
	if !l.live {
		w.fail("%v writes %s before it has caught up", l, short(id))
	}
	if it := w.people.byID[id]; !it.saved && !it.unsafe {
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
	l.hearsOf(f)
	switch f := f.(type) {
	case protocol.Joined:
		if l.p.watch.epoch != f.Epoch {
			l.told = 0
		}
		l.heardJoined, l.told, l.p.watch.epoch = true, max(l.told, f.Head), f.Epoch
	case protocol.Changed:
		l.told = max(l.told, f.Message.Rev)
		l.answered(f.Message.ID)
	case protocol.Error:
		l.answered(f.ID)
		if it := l.w.people.byID[f.ID]; it != nil && len(it.files) > 0 && f.Code == protocol.CodeNotFound {
			l.p.watch.inspectLack(it)
		} else if !f.Code.Retryable() {
			l.p.watch.refused = f.ID
		}
	}
}

// answered removes an id from the sends in flight.
func (l *link) answered(id string) {
	l.flight = slices.DeleteFunc(l.flight, func(x string) bool { return x == id })
}
