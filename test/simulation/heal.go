package simulation

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// healMax is the time after the last fault within which every chat must have recovered.
	healMax = 3 * time.Minute
	// lastMax is the time that one more message may take after that: a throttled timer may still be a minute late.
	lastMax = 2 * time.Minute
)

// lastChecks holds the state of the checks at the end of a run.
type lastChecks struct {
	w       *world
	renewed bool          // Ada has made new secrets where the last one was lost
	queued  time.Duration // the time that rates and slow mode may add. Messages that wait for a new secret need it after they have the secret
}

// heal ends the faults, and checks that all chats recover within a bounded time.
func (c *lastChecks) heal() {
	w := c.w
	w.note("world", "the faults end")
	w.weather.calm, w.cluster.refuses, w.cluster.small = true, false, false
	w.cluster.network.Faults = w.weather.ofNews()
	w.cluster.network.Heal()
	for _, r := range w.cluster.relays {
		if r != nil && (r.draining || r.cfg.ConnsPerUser > 0 || r.cfg.Limits.TextBytes < protocol.TextBytesMax) {
			r.kill()
		}
	}
	w.cluster.start()
	for _, d := range w.devices {
		d.full, d.silent = false, false
		if d.offline {
			d.network(true)
		}
	}
	c.queued = w.queueTime()
	until := w.now + c.queued // the end of the last fault that is still active
	for _, p := range w.pages {
		p.throttled = false
		until = max(until, p.frozen)
	}
	for _, r := range w.cluster.relays {
		until = max(until, r.paused)
	}
	w.sealed.endLies()
	c.converge(until-w.now+healMax, w.cluster.several())
	c.queued = 0
	if w.cluster.several() {
		c.checkLevel()
		c.converge(lastMax, true)
	}

	// A single relay's stream may have lost the last change of a room; the next change reveals that.
	for _, room := range w.rooms {
		if i := slices.IndexFunc(w.pages, func(p *page) bool { return p.room == room && !w.sealed.isBanned(p.dev.user, room) }); i >= 0 {
			p := w.pages[i]
			it := w.people.writeText(p.dev.user, room, p, "")
			p.step(client.SendText{ID: it.id, Text: it.text})
			if !it.accepted {
				w.fail("%s is live and takes no message", p.name)
			}
		}
	}
	c.converge(lastMax, true)
	c.readAll()
	// A change that a closed page sent before may have come while the others read.
	c.converge(lastMax, true)
	c.checkShown()
	c.checkSealed()
	c.checkItems()
	c.checkWishes()
}

// queueTime returns the time that rates and slow mode may add until all messages are sent.
func (w *world) queueTime() (queued time.Duration) {
	if w.weather.on[rates] {
		sends := len(w.people.items) + w.people.wanted + w.people.files
		if w.sealed.on {
			sends *= 3 // with a new key the relay refuses a send and those behind it
		}
		queued = time.Duration(sends) * time.Second / ratePerSecond
	}
	if w.weather.slow {
		queued += time.Duration(int64(len(w.people.items)+w.people.wanted)*slowModeS) * time.Second
	}
	return queued
}

// converge waits until all chats have recovered, and with toEnd until no page lacks the newest messages.
func (c *lastChecks) converge(atMost time.Duration, toEnd bool) {
	w := c.w
	end := w.now + atMost
	for {
		w.run(time.Second)
		why := c.unwell(toEnd)
		if why == "" {
			return
		}
		if w.now > end {
			w.fail("not well %v after the last fault: %s", atMost, why)
		}
		c.renewKeys(end - c.queued)
		for _, p := range w.pages {
			if p.alive && p.watch.shown.Status == client.StatusNotAllowed && !w.sealed.isBanned(p.dev.user, p.room) {
				p.step(client.TokenGot{Token: p.dev.token()}) // somebody logs in again
			}
		}
	}
}

// unwell describes the first problem, or returns "" if all chats have recovered.
func (c *lastChecks) unwell(toEnd bool) string {
	w := c.w
	for _, p := range w.pages {
		s := &p.watch.shown
		switch {
		case w.sealed.isBanned(p.dev.user, p.room):
			continue
		case !p.alive:
			return "a tab of " + p.dev.user + " is closed"
		case w.now < p.frozen:
			return p.name + " is frozen"
		case s.Status != client.StatusLive:
			return p.name + " is " + string(s.Status) + " " + s.Reason
		case s.Loading:
			return p.name + " is loading"
		case s.Lock != nil && s.Lock.State != client.LockReady:
			return p.name + " cannot encrypt: " + string(s.Lock.State)
		case len(s.Changing) > 0:
			return p.name + " has a change of " + short(s.Changing[0]) + " under way"
		}
		for _, m := range s.Messages {
			if mark := s.Marks[m.ID]; toEnd && (mark == client.MarkOpening || mark == client.MarkWaiting) {
				return p.name + " cannot read " + short(m.ID) + " yet: " + string(mark)
			}
		}
		for _, o := range s.Outbox {
			if o.State != client.ItemFailed && (toEnd || o.State != client.ItemSent) {
				return p.name + " has " + short(o.ID) + " as " + string(o.State)
			}
		}
		if h := w.db.store.Life(p.room); h.Epoch() != p.watch.epoch {
			return p.name + " is in another epoch"
		} else if n := h.Len(); toEnd && n > 0 && !s.MoreAfter && (len(s.Messages) == 0 || s.Messages[len(s.Messages)-1].ID != h.Message(n-1).ID) {
			return p.name + " does not show the last message"
		} else if why := p.watch.behind(h); toEnd && why != "" {
			return p.name + " " + why
		}
	}
	return ""
}

// readAll makes every page read its room from the end to the beginning. The checks of a live page find every hole.
func (c *lastChecks) readAll() {
	w := c.w
	for _, p := range w.pages {
		if w.sealed.isBanned(p.dev.user, p.room) {
			continue
		}
		for range 60 { // a token may expire meanwhile, and then the relay refuses the next connection
			p.step(client.LoadNewest{})
			w.run(time.Second)
			if !p.watch.shown.MoreAfter && !p.watch.shown.Loading {
				break
			}
		}
		for range 100 {
			if !p.watch.shown.MoreBefore && !p.watch.shown.Loading {
				break
			}
			p.step(client.LoadOlder{})
			w.run(2 * time.Second)
		}
		if p.watch.shown.MoreBefore || p.watch.shown.Loading {
			w.fail("%s never gets to the beginning", p.name)
		}
	}
}

// checkShown checks that every page shows the whole room, in order.
func (c *lastChecks) checkShown() {
	w := c.w
	for _, p := range w.pages {
		if w.sealed.isBanned(p.dev.user, p.room) {
			continue
		}
		all := w.db.store.Life(p.room)
		if all.Len() <= client.TimelineMax && len(p.watch.shown.Messages) != all.Len() {
			w.fail("%s shows %d of %d messages", p.name, len(p.watch.shown.Messages), all.Len())
		}
		for i, m := range p.watch.shown.Messages {
			if stored := all.Message(i); m.ID != stored.ID || m.Rev > stored.Rev {
				w.fail("%s shows %s in the place of %s", p.name, short(m.ID), short(stored.ID))
			}
		}
	}
}

// checkItems checks each message against the promises.
func (c *lastChecks) checkItems() {
	w := c.w
	for _, it := range w.people.items {
		stored := w.db.store.Life(it.room).Find(it.id)
		kept := it.saved || it.accepted && it.author.alive
		switch {
		case stored != nil || it.undone || w.sealed.isBanned(it.user, it.room):
		case it.echoed:
			w.fail("%s was echoed and is gone", short(it.id))
		case it.discarded || !kept:
		case !c.showsFailed(it):
			w.fail("%s of %s (saved %v) is neither in the room nor failed", short(it.id), it.user, it.saved)
		}
	}
	for _, room := range w.rooms {
		last := map[*page]int{}
		h := w.db.store.Life(room)
		for i := range h.Len() {
			m := h.Message(i)
			it := w.people.byID[m.ID]
			if it == nil {
				continue // from the history before the run
			}
			if it.user != m.Sender.ID || w.db.sent[m.ID] != it.text {
				w.fail("%s is stored as %+v", short(it.id), m)
			}
			c.checkFiles(it, m)
			if it.author == nil || it.moved || it.discarded || it.undone {
				continue
			}
			if it.unsafe && !(it.author.alive && it.author.dev.shared) {
				// An item that is only in memory has no place in the order of the stored ones.
				continue
			}
			if it.number < last[it.author] {
				w.fail("%s: item %d is stored after %d", it.author.name, it.number, last[it.author])
			}
			last[it.author] = it.number
		}
	}
}

// showsFailed reports whether a page of the author shows the item as failed.
func (c *lastChecks) showsFailed(it *item) bool {
	w := c.w
	return slices.ContainsFunc(w.pages, func(p *page) bool {
		return p.dev.user == it.user && p.room == it.room && slices.ContainsFunc(p.watch.shown.Outbox, func(o client.Own) bool {
			return o.ID == it.id && o.State == client.ItemFailed
		})
	})
}
