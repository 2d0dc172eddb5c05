package simulation

import (
	"fmt"
	"strings"
	"time"

	"hallway/component/client"
)

// item holds everything that its writer knows of a message.
type item struct {
	number int
	id     string
	text   string
	files  []string // the files that the chat took with the message
	user   string
	room   string
	author *page // the page that wrote it; nil: over REST
	at     time.Duration

	accepted  bool // the chat took it
	handed    bool // its page has given it to the device's storage, which may be slow
	saved     bool // the device's storage had it at some time
	unsafe    bool // the storage has refused it, and the chat knows that
	echoed    bool // the relay has told a client that it is stored
	moved     bool // it lost its place: finally refused, or retried
	discarded bool // its user has discarded it
	undone    bool // it was durable, and a restore has removed it
}

// people holds everything that the users have written and requested.
type people struct {
	w      *world
	items  []*item // in the order of writing
	byID   map[string]*item
	wishes map[wish]*wished
	wanted int // the number of requested changes so far
	files  int // the number of attached files so far
}

// person is the user in front of a page.
type person struct{ p *page }

// write returns a new item with a text of some length.
func (all *people) write(user, room string, author *page) *item {
	w := all.w
	switch w.rnd.IntN(20) {
	case 0:
		return all.writeText(user, room, author, strings.Repeat(" long", 15))
	case 1:
		return all.writeText(user, room, author, strings.Repeat(" longer", 60))
	}
	return all.writeText(user, room, author, "")
}

// writeText returns a new item. Its text is unique and ends with end.
func (all *people) writeText(user, room string, author *page, end string) *item {
	n := len(all.items) + 1
	it := &item{number: n, id: uuid(100_000 + n), user: user, room: room, author: author, at: all.w.now}
	it.text = fmt.Sprintf("%s %d%s", user, n, end)
	all.items = append(all.items, it)
	all.byID[it.id] = it
	return it
}

// short returns the part of an id that differs between ids.
func short(id string) string { return id[len(id)-6:] }

// goOn makes people act or faults strike again and again.
func (all *people) goOn() {
	w := all.w
	if w.weather.calm {
		return
	}
	p := w.pages[w.rnd.IntN(len(w.pages))]
	if w.rnd.IntN(10) < 6 {
		if p.alive && w.now >= p.frozen {
			p.person.acts()
		}
	} else {
		w.strike(p)
	}
	w.in(w.upTo(w.weather.pace), all.goOn)
}

// acts makes the user carry out a random act.
func (one *person) acts() {
	p, w := one.p, one.p.w
	n := w.rnd.IntN(26)
	if w.weather.restless && w.oneIn(2) {
		n = 13
	}
	switch {
	case n < 10:
		one.writes(1 + w.rnd.IntN(4))
	case n == 10 && w.oneIn(3):
		one.writes(40)
	case n == 11:
		one.mends()
	case n < 16:
		one.scrolls()
	case n == 16:
		p.step([]client.Event{client.Hidden{}, client.Visible{}}[w.rnd.IntN(2)])
	case n == 17:
		p.step(client.TryNow{})
	case n == 18 && !w.sealed.on:
		if r := w.cluster.balance(); r != nil {
			r.do(func() { r.post(p.room) })
		}
	case n == 19 && w.weather.strikes(disabledOffline, 0.3):
		p.offline = []client.OfflineMode{client.OfflineQueue, client.OfflineDisable}[w.rnd.IntN(2)]
		p.step(client.SetOffline{Mode: p.offline})
	case n > 19:
		one.reads()
	}
}

// writes sends messages if the composer is open. A host may send at any time.
func (one *person) writes(n int) {
	p := one.p
	for range n {
		if !p.alive || !p.watch.shown.ComposerOpen && !p.w.oneIn(10) {
			return
		}
		it := p.w.people.write(p.dev.user, p.room, p)
		ev := client.SendText{ID: it.id, Text: it.text}
		if p.w.weather.files && p.w.oneIn(3) {
			if ev.Files = one.attaches(it); p.w.oneIn(2) {
				ev.Text, it.text = "", ""
			}
		}
		p.step(ev)
	}
}

// mends retries or discards items that have failed or that wait.
func (one *person) mends() {
	p := one.p
	if len(p.watch.shown.Outbox) == 0 {
		return
	}
	own := p.watch.shown.Outbox[p.w.rnd.IntN(len(p.watch.shown.Outbox))]
	switch {
	case own.State == client.ItemFailed && p.w.oneIn(2):
		p.step(client.Retry{ID: own.ID})
	case own.State == client.ItemFailed || p.w.oneIn(4):
		p.step(client.Discard{ID: own.ID})
	}
}

// scrolls loads older or newer messages, or jumps to one.
func (one *person) scrolls() {
	p := one.p
	ev := []client.Event{client.LoadOlder{}, client.LoadOlder{}, client.LoadNewer{}, client.LoadNewest{}}[p.w.rnd.IntN(4)]
	if p.w.oneIn(4) {
		ev = one.jump()
	}
	for range 1 + p.w.rnd.IntN(2) {
		p.step(ev)
	}
}
