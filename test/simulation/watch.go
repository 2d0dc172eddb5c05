package simulation

import (
	"slices"
	"sort"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/store/memory"
)

// The bounds of a chat that the checks enforce.
const (
	// effectsMax bounds the effects of a step, without those for items of the outbox.
	effectsMax = 64
	// asksMax bounds the dials, requests and token requests of a chat within asksEvery, without those that people cause. More
	// is a loop.
	asksMax   = 60
	asksEvery = 10 * time.Second
	// uploadsMax bounds the uploads of one file within asksEvery.
	uploadsMax = 12
)

// watch checks a page, and records its state.
type watch struct {
	p       *page
	shown   client.Snapshot
	readIn  string                       // the epoch of the read marker
	epoch   string                       // of the last joined that reached it
	ready   bool                         // its outbox is loaded
	refused string                       // the item that the current event finally refuses
	arrived map[string]string            // the messages of others that arrived live, each with its epoch
	checked map[string]*protocol.Message // the messages that were equal to the stored ones

	asks, wakes int            // the requests and timers in this span of asksEvery
	sent        map[string]int // the uploads that began in this span, by file
	span        time.Duration
}

// inspect checks the result of a step.
func (v *watch) inspect(ev client.Event, effects []client.Effect) {
	p := v.p
	s := p.c.Snapshot()
	changed := v.inspectEffects(effects, &s)
	v.noteEvent(ev, effects, &s)
	if !changed && (s.Status != v.shown.Status || len(s.Messages) != len(v.shown.Messages) || len(s.Outbox) != len(v.shown.Outbox) ||
		s.ComposerOpen != v.shown.ComposerOpen || s.Loading != v.shown.Loading || s.Unread != v.shown.Unread || s.RetryAt != v.shown.RetryAt ||
		len(s.Changing) != len(v.shown.Changing) || len(s.Pinned) != len(v.shown.Pinned) || len(s.Typing) != len(v.shown.Typing) ||
		s.ReadSeq != v.shown.ReadSeq || s.FirstUnread != v.shown.FirstUnread) {
		p.w.fail("%s shows something else and does not say so: %s; before: %s", p.name, state(&s), state(&v.shown))
	}
	v.inspectMessages(&s)
	p.sealed.inspect(&s)
	v.inspectOutbox(&s)
	v.inspectState(&s)
	v.inspectReader(&s)
	if s.Status == client.StatusLive {
		v.inspectLive(&s)
		p.link.live = true
	}
	v.shown = s
}

// inspectEffects checks the number of a step's effects, and reports whether Changed is among them.
func (v *watch) inspectEffects(effects []client.Effect, s *client.Snapshot) (changed bool) {
	p, w := v.p, v.p.w
	if span := w.now / asksEvery; span != v.span {
		v.span, v.asks, v.wakes, v.sent = span, 0, 0, map[string]int{}
	}
	asked := 0
	for _, e := range effects {
		asked++
		switch e := e.(type) {
		case client.Arrived:
			asked-- // a page of history bounds these
			if v.arrived[e.Message.ID] == v.epoch || e.Message.Sender.ID == p.dev.user {
				w.fail("%s: %s arrives again, or is its own", p.name, short(e.Message.ID))
			}
			v.arrived[e.Message.ID] = v.epoch
		case client.Changed:
			changed = true
		case client.Dial, client.FetchPage, client.GetToken:
			v.asks++
		case client.Upload:
			if v.sent[e.ID]++; v.sent[e.ID] > uploadsMax {
				w.fail("%s has sent the file %s %d times within %v", p.name, short(e.ID), v.sent[e.ID], asksEvery)
			}
		}
	}
	if asked > effectsMax+4*(len(s.Outbox)+len(v.shown.Outbox)) {
		w.fail("%s asks for %d things in one step", p.name, asked)
	}
	if v.asks > asksMax+4*v.wakes {
		w.fail("%s has asked for %d dials, pages and tokens within %v", p.name, v.asks, asksEvery)
	}
	return changed
}

// noteEvent records the states of items.
func (v *watch) noteEvent(ev client.Event, effects []client.Effect, s *client.Snapshot) {
	p, w := v.p, v.p.w
	for _, e := range effects {
		r, ok := e.(client.Refused)
		if !ok {
			continue
		}
		p.person.forgetWishes(r.ID)
		if it := w.people.byID[r.ID]; it != nil && w.db.store.Life(it.room).Find(it.id) == nil {
			it.moved = true
		}
	}
	switch ev := ev.(type) {
	case client.SendText:
		it := w.people.byID[ev.ID]
		it.accepted = slices.ContainsFunc(s.Outbox, func(o client.Own) bool { return o.ID == ev.ID })
		refused := slices.ContainsFunc(effects, func(e client.Effect) bool {
			r, ok := e.(client.Refused)
			return ok && r.ID == ev.ID
		})
		if it.accepted {
			v.noteFiles(it, s)
		}
		if it.accepted == refused {
			w.fail("%s neither takes nor refuses %s, or does both", p.name, short(ev.ID))
		}
		if it.accepted && p.offline == offlineDisable && !v.shown.ComposerOpen {
			w.fail("%s takes %s while its composer is closed", p.name, short(ev.ID))
		}
	case client.Received:
		for _, o := range s.Outbox {
			if o.ID == v.refused && o.State != client.ItemFailed {
				w.fail("%s was refused finally and is %s", short(o.ID), o.State)
			}
		}
		v.refused = ""
	case client.StorageFailed:
		w.people.byID[ev.ID].unsafe = true
	case client.OutboxLoaded:
		v.ready = true
	case client.PageLoaded:
		for i := range ev.Page.Messages {
			p.link.answered(ev.Page.Messages[i].ID) // the page counts as an echo
		}
	case client.Retry:
		w.people.byID[ev.ID].moved = true
		v.wakes++
	case client.Discard:
		it := w.people.byID[ev.ID]
		it.discarded = it.discarded || !slices.ContainsFunc(s.Outbox, func(o client.Own) bool { return o.ID == ev.ID })
	case client.AttachFile, client.Online, client.Offline, client.Visible, client.TryNow, client.LoadOlder, client.LoadNewer, client.LoadNewest, client.LoadAround, client.PeerSaid:
		v.wakes++
	}
}

// inspectMessages checks that the messages are bounded and ascending, and that each equals its stored state, now or earlier.
func (v *watch) inspectMessages(s *client.Snapshot) {
	p := v.p
	w, n := p.w, len(s.Messages)
	if n == 0 || n == len(v.shown.Messages) && s.Messages[0] == v.shown.Messages[0] && s.Messages[n-1] == v.shown.Messages[n-1] {
		return
	}
	if n > client.TimelineMax {
		w.fail("%s keeps %d messages", p.name, n)
	}
	life := w.db.lives[v.epoch]
	if life == nil {
		w.fail("%s shows messages of no epoch", p.name)
	}
	var before *protocol.Message
	for _, m := range s.Messages {
		if before != nil && (m.Seq <= before.Seq || m.CreatedAt <= before.CreatedAt) {
			w.fail("%s shows seq %d (%v) after seq %d (%v)", p.name, m.Seq, m.CreatedAt, before.Seq, before.CreatedAt)
		}
		if stored := life.Find(m.ID); stored == nil || stored.Seq != m.Seq || stored.Rev < m.Rev {
			w.fail("%s shows %+v, stored is %+v", p.name, m, stored)
		}
		before = m
	}
}

// inspectLive checks that a live page shows everything that the relay has told it, without a hole.
func (v *watch) inspectLive(s *client.Snapshot) {
	p := v.p
	w, l, n := p.w, p.link, len(s.Messages)
	if !s.Loaded || l == nil || l.left || !l.heardJoined {
		w.fail("%s says live before it has heard joined and history", p.name)
	}
	life := w.db.lives[v.epoch]
	from := 0
	if n > 0 {
		from = life.Place(s.Messages[0].Seq)
	}
	to := from
	for _, m := range s.Messages {
		if to = l.passDue(life, to, m.ID); m.ID != idAt(life, to) {
			w.fail("%s is live with a hole before seq %d", p.name, m.Seq)
		}
		to++
		if p.sealed.lied[m.ID] {
			continue
		}
		if stored := life.Message(to - 1); m.Rev != stored.Rev && stored.Rev <= l.told {
			w.fail("%s is live and shows seq %d at rev %d; it was told of %d and stored is %d", p.name, m.Seq, m.Rev, l.told, stored.Rev)
		} else if m.Rev == stored.Rev && m != v.checked[m.ID] {
			v.inspectMessage(m, stored, life)
		}
	}
	if !s.MoreBefore && n > 0 && l.passDue(life, 0, s.Messages[0].ID) < from {
		w.fail("%s is live, shows seq %d as the first, and %d are before it", p.name, s.Messages[0].Seq, from)
	}
	if to = l.passDue(life, to, ""); !s.MoreAfter && to < life.Len() && life.Message(to).Seq <= l.told {
		w.fail("%s is live at the end, was told of rev %d, and does not show seq %d", p.name, l.told, life.Message(to).Seq)
	}
}

// passDue returns the first place, from one on, that has the message with that id or a message that the page should show. With several
// relays the messages of revs that a stream has skipped come with their later revs.
func (l *link) passDue(life *memory.Room, place int, id string) int {
	for l.w.cluster.several() && place < life.Len() && life.Message(place).ID != id && life.Message(place).Rev > l.told {
		place++
	}
	return place
}

// idAt returns the id of the message at a place, "" where there is none.
func idAt(life *memory.Room, place int) string {
	if place >= life.Len() {
		return ""
	}
	return life.Message(place).ID
}

// inspectOutbox checks that the user's waiting messages are in the order of writing, that none is also in the room, and that none jumps.
func (v *watch) inspectOutbox(s *client.Snapshot) {
	p, w := v.p, v.p.w
	if len(s.Outbox) > client.OutboxMax {
		w.fail("%s keeps %d items", p.name, len(s.Outbox))
	}
	life, last := w.db.lives[v.epoch], 0
	var from, to int64
	if n := len(s.Messages); n > 0 {
		from, to = s.Messages[0].Seq, s.Messages[n-1].Seq
	}
	for _, o := range s.Outbox {
		if life != nil {
			m := life.Find(o.ID)
			if m != nil && m.Seq >= from && m.Seq <= to && s.Messages[place(s.Messages, m.Seq)].ID == o.ID {
				w.fail("%s shows %s in the room and as %s", p.name, short(o.ID), o.State)
			}
		}
		it := w.people.byID[o.ID]
		if it.moved || it.author != p {
			continue
		}
		if it.number < last {
			w.fail("%s shows its item %d after %d", p.name, it.number, last)
		}
		last = it.number
	}
	v.inspectJumps(s)
}

// place returns the place of the first message with at least that seq.
func place(messages []*protocol.Message, seq int64) int {
	return sort.Search(len(messages), func(i int) bool { return messages[i].Seq >= seq })
}

// inspectJumps checks that two items that were shown before keep their order.
func (v *watch) inspectJumps(s *client.Snapshot) {
	p := v.p
	same := slices.EqualFunc(s.Outbox, v.shown.Outbox, func(a, b client.Own) bool { return a.ID == b.ID })
	if same {
		return
	}
	at := -1
	for _, o := range s.Outbox {
		if p.w.people.byID[o.ID].moved {
			continue
		}
		if was := slices.IndexFunc(v.shown.Outbox, func(x client.Own) bool { return x.ID == o.ID }); was >= 0 {
			if was < at {
				p.w.fail("%s: %s has jumped", p.name, short(o.ID))
			}
			at = was
		}
	}
}

// inspectState checks the shown state of the connection, and when the composer is open.
func (v *watch) inspectState(s *client.Snapshot) {
	p, w := v.p, v.p.w
	ended := false
	switch s.Status {
	case client.StatusNotAllowed:
		ended = true
		if on := &w.weather.on; !w.sealed.isBanned(p.dev.user, p.room) && !on[tokensRefused] && !on[httpFails] && !on[tokensEnd] {
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
	mustOpen := s.Loaded && v.ready && !ended && !full && (p.offline != offlineDisable || s.Status == client.StatusLive)
	mayOpen := s.Loaded && !ended && !full && (p.offline != offlineDisable || connected)
	if s.Lock != nil && s.Lock.State != client.LockReady {
		mustOpen = false
	}
	if mustOpen && !s.ComposerOpen || s.ComposerOpen && !mayOpen {
		w.fail("%s is %s, loaded %v: composer open %v", p.name, s.Status, s.Loaded, s.ComposerOpen)
	}
}
