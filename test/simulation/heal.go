package simulation

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// healMax is the time after the last fault within which all must be well.
	healMax = 3 * time.Minute
	// lastMax is the time that one more message may take after that: a throttled timer may still be a minute late.
	lastMax = 2 * time.Minute
)

// heal ends the faults, and checks that all is well within a bounded time.
func (w *world) heal() {
	w.note("world", "the faults end")
	w.calm, w.refuses, w.small = true, false, false
	w.network.Faults = w.faultsOfNews()
	w.network.Heal()
	for _, r := range w.relays {
		if r != nil && (r.draining || r.cfg.ConnsPerUser > 0 || r.cfg.Limits.TextBytes < protocol.TextBytesMax) {
			r.kill()
		}
	}
	w.startRelays()
	for _, d := range w.devices {
		d.full, d.silent = false, false
		if d.offline {
			d.network(true)
		}
	}
	until := w.now // the end of the last fault that goes on
	if w.weather.on[rates] {
		sends := len(w.items) + w.wanted + w.files
		if w.sealed.on {
			sends *= 3 // a new key costs a refused send, and those behind it
		}
		until += time.Duration(sends) * time.Second / ratePerSecond
	}
	if w.weather.slow {
		until += time.Duration(int64(len(w.items)+w.wanted)*slowModeS) * time.Second
	}
	for _, p := range w.pages {
		p.throttled = false
		until = max(until, p.frozen)
	}
	for _, r := range w.relays {
		until = max(until, r.paused)
	}
	w.endLies()
	w.converge(until-w.now+healMax, w.several())
	if w.several() {
		w.checkLevel()
		w.converge(lastMax, true)
	}

	// The stream of a relay alone may have lost the last change of a room; the next change reveals that.
	for _, room := range w.rooms {
		if i := slices.IndexFunc(w.pages, func(p *page) bool { return p.room == room && !w.isBanned(p.dev.user, room) }); i >= 0 {
			p := w.pages[i]
			it := w.writeText(p.dev.user, room, p, "")
			p.step(client.SendText{ID: it.id, Text: it.text})
			if !it.accepted {
				w.fail("%s is live and takes no message", p.name)
			}
		}
	}
	w.converge(lastMax, true)
	w.readAll()
	w.checkSealed()
	w.checkItems()
	w.checkWishes()
}

// converge waits until all is well, and with toEnd until no page lacks the newest messages.
func (w *world) converge(atMost time.Duration, toEnd bool) {
	end := w.now + atMost
	for {
		w.run(time.Second)
		why := w.unwell(toEnd)
		if why == "" {
			return
		}
		if w.now > end {
			w.fail("not well %v after the last fault: %s", atMost, why)
		}
		w.renewKeys(end)
		for _, p := range w.pages {
			if p.alive && p.shown.Status == client.StatusNotAllowed && !w.isBanned(p.dev.user, p.room) {
				p.step(client.TokenGot{Token: p.dev.token()}) // somebody logs in again
			}
		}
	}
}

// unwell describes the first thing that is not well yet; "" when all is.
func (w *world) unwell(toEnd bool) string {
	for _, p := range w.pages {
		s := &p.shown
		switch {
		case w.isBanned(p.dev.user, p.room):
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
		if h := w.store.Life(p.room); h.Epoch() != p.epoch {
			return p.name + " is in another epoch"
		} else if n := h.Len(); toEnd && n > 0 && !s.MoreAfter && (len(s.Messages) == 0 || s.Messages[len(s.Messages)-1].ID != h.Message(n-1).ID) {
			return p.name + " does not show the last message"
		} else if why := p.behind(h); toEnd && why != "" {
			return p.name + " " + why
		}
	}
	return ""
}

// readAll makes every page read its room from the end to the beginning. The checks of a live page see every hole on the way.
func (w *world) readAll() {
	for _, p := range w.pages {
		if w.isBanned(p.dev.user, p.room) {
			continue
		}
		for range 10 { // a token may expire meanwhile
			p.step(client.LoadNewest{})
			w.run(time.Second)
			if !p.shown.MoreAfter && !p.shown.Loading {
				break
			}
		}
		for range 100 {
			if !p.shown.MoreBefore && !p.shown.Loading {
				break
			}
			p.step(client.LoadOlder{})
			w.run(2 * time.Second)
		}
		if p.shown.MoreBefore || p.shown.Loading {
			w.fail("%s never gets to the beginning", p.name)
		}
		all := w.store.Life(p.room)
		if all.Len() <= client.TimelineMax && len(p.shown.Messages) != all.Len() {
			w.fail("%s shows %d of %d messages", p.name, len(p.shown.Messages), all.Len())
		}
		for i, m := range p.shown.Messages {
			if stored := all.Message(i); m.ID != stored.ID || m.Rev > stored.Rev {
				w.fail("%s shows %s in the place of %s", p.name, short(m.ID), short(stored.ID))
			}
		}
	}
}

// checkItems checks each message against the promises.
func (w *world) checkItems() {
	for _, it := range w.items {
		stored := w.store.Life(it.room).Find(it.id)
		kept := it.saved || it.accepted && it.author.alive
		switch {
		case stored != nil || it.undone || w.isBanned(it.user, it.room):
		case it.echoed:
			w.fail("%s was echoed and is gone", short(it.id))
		case it.discarded || !kept:
		case !w.showsFailed(it):
			w.fail("%s of %s (saved %v) is neither in the room nor failed", short(it.id), it.user, it.saved)
		}
	}
	for _, room := range w.rooms {
		last := map[*page]int{}
		h := w.store.Life(room)
		for i := range h.Len() {
			m := h.Message(i)
			it := w.byID[m.ID]
			if it == nil {
				continue // from the history before the run
			}
			if it.user != m.Sender.ID || w.sent[m.ID] != it.text {
				w.fail("%s is stored as %+v", short(it.id), m)
			}
			w.checkFiles(it, m)
			if it.author == nil || it.moved || it.discarded || it.undone {
				continue
			}
			if it.unsafe && !(it.author.alive && it.author.dev.shared) {
				// An item in memory alone has no place in the order of the stored ones.
				continue
			}
			if it.number < last[it.author] {
				w.fail("%s: item %d is stored after %d", it.author.name, it.number, last[it.author])
			}
			last[it.author] = it.number
		}
	}
}

func (w *world) showsFailed(it *item) bool {
	return slices.ContainsFunc(w.pages, func(p *page) bool {
		return p.dev.user == it.user && p.room == it.room && slices.ContainsFunc(p.shown.Outbox, func(o client.Own) bool {
			return o.ID == it.id && o.State == client.ItemFailed
		})
	})
}
