package simulation

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/core"
	"hallway/protocol"
)

const offlineDisable = client.OfflineDisable

// page is one life of a tab: a chat and its shell.
type page struct {
	w       *world
	dev     *device
	room    string
	place   int // the index in world.pages
	offline client.OfflineMode
	name    string // the name in the trace

	alive     bool
	c         *core.Client
	skew      time.Duration
	frozen    time.Duration // the page does nothing before this time
	throttled bool          // timers come late
	timer     int           // the number of the current timer
	link      *link         // the link of the last dial
	diskLost  bool          // the page has died and some tasks of its storage were lost
	heard     time.Duration // the time when the last note of another tab arrives

	watch   watch
	person  person
	sealed  sealedPage
	uploads uploads
}

// openTab begins a new life of a tab.
func (w *world) openTab(old *page) {
	w.tabs++
	p := &page{
		w: w, dev: old.dev, room: old.room, place: old.place, offline: old.offline,
		name: fmt.Sprintf("%s.%d", old.dev.user, w.tabs), alive: true, skew: old.dev.skew,
	}
	p.watch = watch{p: p, arrived: map[string]string{}, checked: map[string]*protocol.Message{}, sent: map[string]int{}}
	p.uploads = uploads{p: p, bytes: map[string]bool{}, under: map[int]bool{}}
	p.person.p, p.sealed.p = p, p
	w.pages[p.place] = p
	if w.weather.strikes(clocks, 0.2) {
		p.skew = min(max(p.skew+w.around(30*time.Minute), -skewMax), skewMax)
	}
	p.sealed.open()
	p.c = core.New(client.Config{
		Room: p.room, Client: "simulation", Offline: p.offline, Encrypted: p.sealed.vault != nil, Rand: w.rnd.Float64,
	})
	w.note(p.name, "opened in %s", p.room)
	token := ""
	if w.oneIn(2) {
		token = p.dev.token()
	}
	p.step(client.Started{Token: token})
	if p.dev.offline && w.oneIn(2) {
		p.step(client.Offline{})
	}
}

// die ends the page. Tasks that it has not carried out are lost.
func (p *page) die() {
	if !p.alive {
		return
	}
	p.w.note(p.name, "died")
	p.sealed.checkKept()
	p.alive = false
	p.person.forgetWishes("")
	if p.link != nil {
		if p.w.oneIn(3) {
			p.link.up.cut++
		}
		p.link.hangUp()
	}
	p.w.in(p.w.upTo(20*time.Millisecond), func() { p.dev.unlock(p) })
}

// skewMax bounds the error of a device's clock. A client accepts a certificate that begins up to a day after its own time.
const skewMax = 24 * time.Hour

// clock returns the time as the page sees it.
func (p *page) clock() time.Time { return start.Add(p.w.now + p.skew) }

// in calls a function on the page later.
func (p *page) in(d time.Duration, do func()) { p.at(p.w.now+d, do) }

// at calls a function on the page at a time. If the page is frozen then, it waits until the end of that.
func (p *page) at(at time.Duration, do func()) {
	p.w.queue.push(at, func() {
		switch {
		case !p.alive:
		case p.w.now < p.frozen:
			p.at(p.frozen, do)
		default:
			do()
		}
	})
}

// freeze stops the page for a while. Events of that time come afterwards, in their order.
func (p *page) freeze(d time.Duration) {
	if p.w.now < p.frozen {
		return
	}
	p.w.note(p.name, "frozen for %v", d)
	// The extra nanosecond lets postponed events come before the events of that time.
	p.frozen = p.w.now + d + 1
}

// step gives the chat an event, and carries out its effects.
func (p *page) step(ev client.Event) {
	if !p.alive {
		return
	}
	if p.w.trace != nil {
		p.w.note(p.name, "%s", describe(ev))
	}
	effects := p.c.Step(p.clock(), ev)
	if p.w.trace != nil {
		for _, e := range effects {
			p.w.note(p.name, "  %s", describe(e))
		}
	}
	p.watch.inspect(ev, effects)
	for _, e := range effects {
		if p.w.weather.strikes(tabKills, p.w.weather.deadly) {
			p.w.note(p.name, "killed before %T", e)
			p.die()
			p.w.in(p.w.upTo(3*time.Second), func() { p.w.reopen(p) })
			return
		}
		p.act(e)
	}
}

// act carries out an effect.
func (p *page) act(effect client.Effect) {
	w := p.w
	switch e := effect.(type) {
	case client.LoadOutbox:
		p.loadOutbox(e.User)
	case client.SaveItem:
		p.save(e.Item)
	case client.RemoveItem:
		p.disk(func() client.Event {
			delete(p.dev.disk[p.room], e.ID)
			delete(p.dev.bytes[p.room], e.ID)
			return nil
		})
	case client.TellPeers:
		if p.dev.shared {
			p.dev.broadcast(p, e.Note)
		}
	case client.GetToken:
		p.in(w.weather.delay(), p.giveToken)
	case client.Dial:
		p.link = dial(p, e.Gen)
	case client.Write:
		if p.link != nil && p.link.gen == e.Gen {
			p.link.write(e.Data)
		}
	case client.CloseSocket:
		if p.link != nil && p.link.gen == e.Gen {
			p.link.hangUp()
		}
	case client.FetchPage:
		p.fetch(e)
	case client.Crypto:
		p.sealed.crypto(e)
	case client.FetchTurns:
		p.sealed.fetchTurns(e)
	case client.FetchDevices:
		p.sealed.fetchDevices(e)
	case client.Upload:
		p.uploads.upload(e)
	case client.AbortUpload:
		delete(p.uploads.under, e.Req)
	case client.ForgetFile:
		delete(p.uploads.bytes, e.ID)
	case client.SetTimer:
		p.setTimer(e.At)
	}
}

// setTimer replaces the timer of the page; the zero time stops it.
func (p *page) setTimer(at time.Time) {
	p.timer++
	if at.IsZero() {
		return
	}
	d := max(0, at.Sub(p.clock())) + p.w.upTo(2*time.Millisecond)
	if p.throttled {
		d += p.w.upTo(time.Minute)
	}
	n := p.timer
	p.in(d, func() {
		if n == p.timer {
			p.step(client.TimerFired{})
		}
	})
}

// giveToken answers a request for a token, as the host does.
func (p *page) giveToken() {
	if p.dev.silent || p.dev.offline {
		p.step(client.TokenGot{Err: errors.New("the host has no token now")})
		return
	}
	p.step(client.TokenGot{Token: p.dev.token()})
}

// loadOutbox reads the outbox and requests its ownership.
func (p *page) loadOutbox(user string) {
	if p.dev.missing {
		p.disk(func() client.Event { return client.OutboxLoaded{User: user, Err: errDisk} })
	} else {
		p.disk(func() client.Event { return client.OutboxLoaded{User: user, Items: p.dev.load(p.room)} })
	}
	if p.dev.shared {
		p.dev.lock(p)
	} else {
		p.in(0, func() { p.step(client.Owns{User: user, Alone: true}) })
	}
}

// save stores an item of the outbox.
func (p *page) save(item client.Item) {
	p.w.people.byID[item.ID].handed = true
	p.disk(func() client.Event {
		if p.dev.missing || p.dev.full {
			return client.StorageFailed{ID: item.ID, Err: errDisk}
		}
		if p.w.sealed.on && (item.Sealed == nil || item.Text != "" || slices.ContainsFunc(item.Files, tells)) {
			p.w.fail("%s stores %s in the clear", p.name, short(item.ID))
		}
		p.dev.disk[p.room][item.ID] = item
		p.uploads.saveBytes(item)
		p.w.people.byID[item.ID].saved = true
		return client.ItemSaved{ID: item.ID}
	})
}

// disk gives the storage a task. The storage carries out tasks in order; of a dead page it carries out only the first ones.
func (p *page) disk(do func() client.Event) {
	w, d := p.w, p.dev
	d.done = max(d.done, w.now) + w.upTo(5*time.Millisecond)
	if w.weather.strikes(delays, 0.02) {
		d.done += w.upTo(2 * time.Second)
	}
	w.queue.push(d.done, func() {
		if !p.alive && (p.diskLost || w.oneIn(3)) {
			p.diskLost = true
			return
		}
		if ev := do(); ev != nil {
			p.in(w.upTo(2*time.Millisecond), func() { p.step(ev) })
		}
	})
}

// describe returns an event or an effect as one line.
func describe(x any) string {
	switch x := x.(type) {
	case client.Received:
		return fmt.Sprintf("← %d %s", x.Gen, x.Data)
	case client.Write:
		return fmt.Sprintf("→ %d %s", x.Gen, bytes.TrimSpace(x.Data))
	case client.PageLoaded:
		return fmt.Sprintf("PageLoaded %d: %s", x.Req, summary(&x.Page))
	case client.FetchPage:
		return fmt.Sprintf("FetchPage %d %+v", x.Req, x.Query)
	case client.OutboxLoaded:
		return fmt.Sprintf("OutboxLoaded %d items, err %v", len(x.Items), x.Err)
	case client.SetTimer:
		if x.At.IsZero() {
			return "SetTimer off"
		}
		return "SetTimer " + x.At.UTC().Format("15:04:05.000")
	case client.SaveItem:
		return "SaveItem " + short(x.Item.ID) + " " + string(x.Item.Code)
	case client.TellPeers:
		return "TellPeers " + told(x.Note)
	case client.PeerSaid:
		return "PeerSaid " + told(x.Note)
	case client.Arrived:
		return "Arrived " + short(x.Message.ID)
	case client.TokenGot:
		return fmt.Sprintf("TokenGot err %v", x.Err)
	}
	return fmt.Sprintf("%T %+v", x, x)[len("client."):]
}

// told returns a note to other tabs as one line.
func told(n client.Note) string {
	text := string(n.Kind)
	if n.Item.ID != "" {
		text += " " + short(n.Item.ID) + " " + string(n.State)
	}
	for _, id := range n.IDs {
		text += " " + short(id)
	}
	return text
}

// state returns the shown state of a page as one line.
func state(s *client.Snapshot) string {
	text := fmt.Sprintf("%s, loaded %v, loading %v, composer %v, %d messages, outbox", s.Status, s.Loaded, s.Loading, s.ComposerOpen, len(s.Messages))
	for _, o := range s.Outbox {
		text += fmt.Sprintf(" %s %s", short(o.ID), o.State)
	}
	if !s.RetryAt.IsZero() {
		text += s.RetryAt.UTC().Format(", retry at 15:04:05.000")
	}
	return text
}

// summary returns a page of history as one line.
func summary(p *protocol.Page) string {
	text := fmt.Sprintf("epoch %s head %d more %v, %d messages", p.Epoch, p.Head, p.More, len(p.Messages))
	if n := len(p.Messages); n > 0 {
		text += fmt.Sprintf(", seq %d to %d, last rev %d", p.Messages[0].Seq, p.Messages[n-1].Seq, p.Messages[n-1].Rev)
	}
	return text
}
