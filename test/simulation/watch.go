package simulation

import (
	"bytes"
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// The bounds that the checks hold a chat to.
const (
	// effectsMax bounds a step's effects beside those that it owes each item of
	// the outbox.
	effectsMax = 64
	// asksMax is how many dials, requests or tokens a chat may ask for within
	// asksEvery, beside those that people cause: more is a loop.
	asksMax   = 60
	asksEvery = 10 * time.Second
)

// outWatch is what a relay has said on a link.
type outWatch struct {
	joined bool
	head   int64 // of the last joined
	last   int64 // the last rev streamed
}

// inWatch is what a page has heard on a link, and not heard yet.
type inWatch struct {
	heardJoined bool
	told        int64    // the highest rev
	flight      []string // ids sent and not answered
	live        bool     // it was, on this link
}

// watch is what a page has shown.
type watch struct {
	shown   client.Snapshot
	readIn  string                       // the epoch that its read marker is of
	epoch   string                       // of the last joined that it heard
	ready   bool                         // its outbox is loaded
	refused string                       // the item that it hears to be refused for good
	arrived map[string]string            // messages of others that came live, each with its epoch
	checked map[string]*protocol.Message // messages that were found to be as they are stored

	asks, wakes int // in this span of asksEvery
	span        time.Duration
}

// decode reads what the hub sends.
func (r *relay) decode(l *link, frame []byte) protocol.RelayFrame {
	f, err := protocol.DecodeRelay(frame)
	if err != nil {
		r.w.fail("the hub sends %v what is no frame: %v: %s", l, err, frame)
	}
	return f
}

// said checks what the hub sends on this link.
func (l *link) said(f protocol.RelayFrame, streamed bool) {
	w := l.w
	switch f := f.(type) {
	case protocol.Joined:
		h := w.store.rooms[f.Room]
		if h == nil {
			w.fail("%v: joined a room that is not there", l)
		}
		if h.epoch != f.Epoch || f.Head > h.head || f.Head < l.last {
			w.fail("%v: joined says epoch %s head %d, the store is at epoch %s head %d, the stream was at %d", l, f.Epoch, f.Head, h.epoch, h.head, l.last)
		}
		w.lives[f.Epoch] = h
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
		if it := w.byID[f.ID]; it != nil && !f.Code.Retryable() && w.store.room(it.room).find(it.id) == nil {
			it.moved = true // should this be lost, a later relay may take it
		}
	case protocol.Presence:
		if !l.joined {
			w.fail("%v: presence before joined", l)
		}
	}
}

// mustBeDurable holds what somebody is told against the store.
func (w *world) mustBeDurable(m *protocol.Message, how string) {
	h := w.store.rooms[m.Room]
	if h == nil {
		w.fail("%s is %s, and there is no room", short(m.ID), how)
	}
	stored := h.find(m.ID)
	if stored == nil {
		w.fail("%s (rev %d) is %s before it is durable", short(m.ID), m.Rev, how)
	}
	if stored.Seq != m.Seq || stored.CreatedAt != m.CreatedAt || stored.Rev < m.Rev || stored.Rev == m.Rev && !same(stored, m) {
		w.fail("%s is %s as %v and stored as %v", short(m.ID), how, m, stored)
	}
}

var sendPrefix = []byte(`{"type":"send"`)

// wrote checks what a page writes.
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

// hears notes what comes to the page.
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

// inspect checks what a step has led to.
func (p *page) inspect(ev client.Event, effects []client.Effect) {
	s := p.c.Snapshot()
	changed := p.inspectEffects(effects, &s)
	p.noteEvent(ev, effects, &s)
	if !changed && (s.Status != p.shown.Status || len(s.Messages) != len(p.shown.Messages) || len(s.Outbox) != len(p.shown.Outbox) ||
		s.ComposerOpen != p.shown.ComposerOpen || s.Loading != p.shown.Loading || s.Unread != p.shown.Unread || s.RetryAt != p.shown.RetryAt ||
		len(s.Changing) != len(p.shown.Changing) || len(s.Pinned) != len(p.shown.Pinned) || len(s.Typing) != len(p.shown.Typing) ||
		s.ReadSeq != p.shown.ReadSeq || s.FirstUnread != p.shown.FirstUnread) {
		p.w.fail("%s shows something else and does not say so: %s; before: %s", p.name, state(&s), state(&p.shown))
	}
	p.inspectMessages(&s)
	p.inspectOutbox(&s)
	p.inspectState(&s)
	p.inspectReader(&s)
	if s.Status == client.StatusLive {
		p.inspectLive(&s)
		p.link.live = true
	}
	p.shown = s
}

// inspectEffects bounds what a step asks for, and reports whether it says that
// it shows something else.
func (p *page) inspectEffects(effects []client.Effect, s *client.Snapshot) (changed bool) {
	w := p.w
	if span := w.now / asksEvery; span != p.span {
		p.span, p.asks, p.wakes = span, 0, 0
	}
	asked := 0
	for _, e := range effects {
		asked++
		switch e := e.(type) {
		case client.Arrived:
			asked-- // there are as many as a page may hold
			if p.arrived[e.Message.ID] == p.epoch || e.Message.Sender.ID == p.dev.user {
				w.fail("%s: %s arrives again, or is its own", p.name, short(e.Message.ID))
			}
			p.arrived[e.Message.ID] = p.epoch
		case client.Changed:
			changed = true
		case client.Dial, client.FetchPage, client.GetToken:
			p.asks++
		}
	}
	if asked > effectsMax+4*(len(s.Outbox)+len(p.shown.Outbox)) {
		w.fail("%s asks for %d things in one step", p.name, asked)
	}
	if p.asks > asksMax+4*p.wakes {
		w.fail("%s has asked for %d dials, pages and tokens within %v", p.name, p.asks, asksEvery)
	}
	return changed
}

// noteEvent follows what becomes of the items.
func (p *page) noteEvent(ev client.Event, effects []client.Effect, s *client.Snapshot) {
	w := p.w
	for _, e := range effects {
		r, ok := e.(client.Refused)
		if !ok {
			continue
		}
		p.forgetWishes(r.ID)
		if it := w.byID[r.ID]; it != nil && w.store.room(it.room).find(it.id) == nil {
			it.moved = true
		}
	}
	switch ev := ev.(type) {
	case client.SendText:
		it := w.byID[ev.ID]
		it.accepted = slices.ContainsFunc(s.Outbox, func(o client.Own) bool { return o.ID == ev.ID })
		refused := slices.ContainsFunc(effects, func(e client.Effect) bool {
			r, ok := e.(client.Refused)
			return ok && r.ID == ev.ID
		})
		if it.accepted == refused {
			w.fail("%s neither takes nor refuses %s, or does both", p.name, short(ev.ID))
		}
		if it.accepted && p.offline == offlineDisable && !p.shown.ComposerOpen {
			w.fail("%s takes %s while its composer is closed", p.name, short(ev.ID))
		}
	case client.Received:
		for _, o := range s.Outbox {
			if o.ID == p.refused && o.State != client.ItemFailed {
				w.fail("%s was refused for good and is %s", short(o.ID), o.State)
			}
		}
		p.refused = ""
	case client.StorageFailed:
		w.byID[ev.ID].unsafe = true
	case client.OutboxLoaded:
		p.ready = true
	case client.PageLoaded:
		for i := range ev.Page.Messages {
			p.link.answered(ev.Page.Messages[i].ID) // as good as its echo
		}
	case client.Retry:
		w.byID[ev.ID].moved = true
		p.wakes++
	case client.Discard:
		it := w.byID[ev.ID]
		it.discarded = it.discarded || !slices.ContainsFunc(s.Outbox, func(o client.Own) bool { return o.ID == ev.ID })
	case client.Online, client.Offline, client.Visible, client.TryNow, client.LoadOlder, client.LoadNewer, client.LoadNewest, client.LoadAround, client.PeerSaid:
		p.wakes++
	}
}

// inspectMessages: ascending, each as it is or was stored, bounded.
func (p *page) inspectMessages(s *client.Snapshot) {
	w, n := p.w, len(s.Messages)
	if n == 0 || n == len(p.shown.Messages) && s.Messages[0] == p.shown.Messages[0] && s.Messages[n-1] == p.shown.Messages[n-1] {
		return
	}
	if n > client.TimelineMax {
		w.fail("%s keeps %d messages", p.name, n)
	}
	life := w.lives[p.epoch]
	if life == nil {
		w.fail("%s shows messages of no epoch", p.name)
	}
	var before *protocol.Message
	for _, m := range s.Messages {
		if before != nil && (m.Seq <= before.Seq || m.CreatedAt <= before.CreatedAt) {
			w.fail("%s shows seq %d (%v) after seq %d (%v)", p.name, m.Seq, m.CreatedAt, before.Seq, before.CreatedAt)
		}
		if stored := life.find(m.ID); stored == nil || stored.Seq != m.Seq || stored.Rev < m.Rev {
			w.fail("%s shows %+v, stored is %+v", p.name, m, stored)
		}
		before = m
	}
}

// inspectLive: live means that all that the relay has told is there, without a
// hole.
func (p *page) inspectLive(s *client.Snapshot) {
	w, l, n := p.w, p.link, len(s.Messages)
	if !s.Loaded || l == nil || l.left || !l.heardJoined {
		w.fail("%s says live before it has heard joined and history", p.name)
	}
	life := w.lives[p.epoch]
	all := life.messages
	from, to := 0, 0
	if n > 0 {
		from = place(all, s.Messages[0].Seq)
		to = from + n
	}
	for i, m := range s.Messages {
		if from+i >= len(all) || all[from+i].ID != m.ID {
			w.fail("%s is live with a hole before seq %d", p.name, m.Seq)
		}
		if stored := all[from+i]; m.Rev != stored.Rev && stored.Rev <= l.told {
			w.fail("%s is live and shows seq %d at rev %d; it was told of %d and stored is %d", p.name, m.Seq, m.Rev, l.told, stored.Rev)
		} else if m.Rev == stored.Rev && m != p.checked[m.ID] {
			p.inspectMessage(m, stored)
		}
	}
	if !s.MoreBefore && from > 0 && n > 0 {
		w.fail("%s is live, shows seq %d as the first, and %d are before it", p.name, s.Messages[0].Seq, from)
	}
	if !s.MoreAfter && to < len(all) && all[to].Seq <= l.told {
		w.fail("%s is live at the end, was told of rev %d, and does not show seq %d", p.name, l.told, all[to].Seq)
	}
}

// inspectOutbox: own messages in the order in which they were written, none of
// them among those in the room, none jumping.
func (p *page) inspectOutbox(s *client.Snapshot) {
	w := p.w
	if len(s.Outbox) > client.OutboxMax {
		w.fail("%s keeps %d items", p.name, len(s.Outbox))
	}
	life, last := w.lives[p.epoch], 0
	var from, to int64
	if n := len(s.Messages); n > 0 {
		from, to = s.Messages[0].Seq, s.Messages[n-1].Seq
	}
	for _, o := range s.Outbox {
		if life != nil {
			m := life.find(o.ID)
			if m != nil && m.Seq >= from && m.Seq <= to && s.Messages[place(s.Messages, m.Seq)].ID == o.ID {
				w.fail("%s shows %s in the room and as %s", p.name, short(o.ID), o.State)
			}
		}
		it := w.byID[o.ID]
		if it.moved || it.author != p {
			continue
		}
		if it.number < last {
			w.fail("%s shows its item %d after %d", p.name, it.number, last)
		}
		last = it.number
	}
	p.inspectJumps(s)
}

// inspectJumps: of two items that were shown before, the first is still the
// first.
func (p *page) inspectJumps(s *client.Snapshot) {
	same := slices.EqualFunc(s.Outbox, p.shown.Outbox, func(a, b client.Own) bool { return a.ID == b.ID })
	if same {
		return
	}
	at := -1
	for _, o := range s.Outbox {
		if p.w.byID[o.ID].moved {
			continue
		}
		if was := slices.IndexFunc(p.shown.Outbox, func(x client.Own) bool { return x.ID == o.ID }); was >= 0 {
			if was < at {
				p.w.fail("%s: %s has jumped", p.name, short(o.ID))
			}
			at = was
		}
	}
}

// inspectState: what is said of the connection, and when one may write.
func (p *page) inspectState(s *client.Snapshot) {
	w := p.w
	ended := false
	switch s.Status {
	case client.StatusNotAllowed:
		ended = true
		if on := &w.weather.on; !on[tokensRefused] && !on[httpFails] && !on[tokensEnd] {
			w.fail("%s is not allowed: %s", p.name, s.Reason)
		}
	case client.StatusUpdateNeeded:
		w.fail("%s needs an update: %s", p.name, s.Reason)
	case client.StatusClosed:
		ended = true
	case client.StatusReconnecting:
		if wait := s.RetryAt.Sub(p.clock()); wait > protocol.BackoffMax {
			w.fail("%s waits %v to reconnect", p.name, wait)
		}
	}
	full := len(s.Outbox) >= client.OutboxMax
	connected := s.Status == client.StatusLive || s.Status == client.StatusCatchingUp
	mustOpen := s.Loaded && p.ready && !ended && !full && (p.offline != offlineDisable || s.Status == client.StatusLive)
	mayOpen := s.Loaded && !ended && !full && (p.offline != offlineDisable || connected)
	if mustOpen && !s.ComposerOpen || s.ComposerOpen && !mayOpen {
		w.fail("%s is %s, loaded %v: composer open %v", p.name, s.Status, s.Loaded, s.ComposerOpen)
	}
}
