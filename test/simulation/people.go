package simulation

import (
	"fmt"
	"strings"

	"hallway/component/client"
)

// item is a message as its writer knows it.
type item struct {
	number int
	id     string
	text   string
	files  []string // that the chat took with it
	user   string
	room   string
	author *page // the page that wrote it; nil: over REST

	accepted  bool // the chat took it
	saved     bool // it was in the device's storage
	unsafe    bool // it could not be saved, and the chat knows
	echoed    bool // the relay told somebody that it is stored
	moved     bool // it lost its place: refused for good, or retried
	discarded bool // by its user
	undone    bool // it was durable, and a restore took it away
}

// write returns a new item with a text of some length.
func (w *world) write(user, room string, author *page) *item {
	switch w.rnd.IntN(20) {
	case 0:
		return w.writeText(user, room, author, strings.Repeat(" long", 15))
	case 1:
		return w.writeText(user, room, author, strings.Repeat(" longer", 60))
	}
	return w.writeText(user, room, author, "")
}

// writeText returns a new item; its text is unique and ends with end.
func (w *world) writeText(user, room string, author *page, end string) *item {
	n := len(w.items) + 1
	it := &item{number: n, id: uuid(100_000 + n), user: user, room: room, author: author}
	it.text = fmt.Sprintf("%s %d%s", user, n, end)
	w.items = append(w.items, it)
	w.byID[it.id] = it
	return it
}

// short returns the part of an id that differs from id to id.
func short(id string) string { return id[len(id)-6:] }

// goOn makes a person act or a fault strike, again and again.
func (w *world) goOn() {
	if w.calm {
		return
	}
	p := w.pages[w.rnd.IntN(len(w.pages))]
	if w.rnd.IntN(10) < 6 {
		if p.alive && w.now >= p.frozen {
			p.personActs()
		}
	} else {
		w.strike(p)
	}
	w.in(w.upTo(w.weather.pace), w.goOn)
}

func (p *page) personActs() {
	w := p.w
	n := w.rnd.IntN(26)
	if w.weather.restless && w.oneIn(2) {
		n = 13
	}
	switch {
	case n < 10:
		p.personWrites(1 + w.rnd.IntN(4))
	case n == 10 && w.oneIn(3):
		p.personWrites(40)
	case n == 11:
		p.personMends()
	case n < 16:
		p.personScrolls()
	case n == 16:
		p.step([]client.Event{client.Hidden{}, client.Visible{}}[w.rnd.IntN(2)])
	case n == 17:
		p.step(client.TryNow{})
	case n == 18 && !w.sealed.on:
		if r := w.balance(); r != nil {
			r.do(func() { r.post(p.room) })
		}
	case n == 19 && w.strikes(disabledOffline, 0.3):
		p.offline = []client.OfflineMode{client.OfflineQueue, client.OfflineDisable}[w.rnd.IntN(2)]
		p.step(client.SetOffline{Mode: p.offline})
	case n > 19:
		p.personReads()
	}
}

// personWrites writes if the composer is open; a host may write at any time.
func (p *page) personWrites(n int) {
	for range n {
		if !p.alive || !p.shown.ComposerOpen && !p.w.oneIn(10) {
			return
		}
		it := p.w.write(p.dev.user, p.room, p)
		ev := client.SendText{ID: it.id, Text: it.text}
		if p.w.weather.files && p.w.oneIn(3) {
			if ev.Files = p.personAttaches(it); p.w.oneIn(2) {
				ev.Text, it.text = "", ""
			}
		}
		p.step(ev)
	}
}

// personMends retries or discards failed or waiting items.
func (p *page) personMends() {
	if len(p.shown.Outbox) == 0 {
		return
	}
	own := p.shown.Outbox[p.w.rnd.IntN(len(p.shown.Outbox))]
	switch {
	case own.State == client.ItemFailed && p.w.oneIn(2):
		p.step(client.Retry{ID: own.ID})
	case own.State == client.ItemFailed || p.w.oneIn(4):
		p.step(client.Discard{ID: own.ID})
	}
}

func (p *page) personScrolls() {
	ev := []client.Event{client.LoadOlder{}, client.LoadOlder{}, client.LoadNewer{}, client.LoadNewest{}}[p.w.rnd.IntN(4)]
	if p.w.oneIn(4) {
		ev = p.jump()
	}
	for range 1 + p.w.rnd.IntN(2) {
		p.step(ev)
	}
}
