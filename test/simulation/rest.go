package simulation

import (
	"context"
	"net/netip"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// requestMax is the time after which a page gives a request up.
const requestMax = 5 * time.Second

// fetch reads history over HTTP, independently of the page's link.
func (p *page) fetch(f client.FetchPage) {
	w := p.w
	fail := func(after time.Duration, status int, retryMs int64) {
		p.in(after, func() { p.step(client.RequestFailed{Req: f.Req, Status: status, RetryAfterMs: retryMs}) })
	}
	if p.dev.offline || w.weather.strikes(httpLosses, 0.05) {
		fail(w.upTo(15*time.Second), 0, 0)
		return
	}
	w.in(w.weather.delay(), func() {
		r := w.cluster.balance()
		if r == nil {
			fail(w.weather.delay(), []int{0, 502}[w.rnd.IntN(2)], 0)
			return
		}
		if w.weather.strikes(httpFails, 0.15) {
			status := []int{503, 500, 429, 401, 0}[w.rnd.IntN(5)]
			fail(w.weather.delay(), status, int64(w.rnd.IntN(2)*w.rnd.IntN(3000)))
			return
		}
		if _, err := r.Verify(r.clock(), netip.Addr{}, f.Token); err != nil {
			fail(w.weather.delay(), 401, 0)
			return
		}
		answered := false
		r.do(func() {
			r.history(p.room, p.dev.user, f.Query, func(page protocol.Page) {
				if answered {
					return
				}
				answered = true
				if w.weather.strikes(httpLosses, 0.05) {
					fail(w.upTo(15*time.Second), 0, 0)
					return
				}
				page = p.sealed.lieInPage(page)
				p.in(w.weather.delay(), func() { p.step(client.PageLoaded{Req: f.Req, Page: page}) })
			})
		})
		w.in(requestMax, func() {
			if !answered {
				answered = true
				fail(0, 0, 0) // the relay has died, or is paused
			}
		})
	})
}

// history answers with a page, as the relay's route does: from the room's window if that reaches far enough, and otherwise from the
// store. The answer has all changes that anybody was told before the question.
func (r *relay) history(room, user string, q client.PageQuery, answer func(protocol.Page)) {
	query := rules.Query{Kind: rules.QueryNewest, Limit: q.Limit}
	switch {
	case q.HasSince:
		query.Kind, query.At = rules.QuerySince, q.Since
	case q.Before > 0:
		query.Kind, query.At = rules.QueryBefore, q.Before
	case q.After > 0:
		query.Kind, query.At = rules.QueryAfter, q.After
	case q.Around > 0 || q.AroundID != "":
		query.Kind, query.At, query.ID = rules.QueryAround, q.Around, q.AroundID
	case q.Pinned:
		query.Kind = rules.QueryPinned
	}
	if r.w.weather.on[smallPages] {
		query.Limit = min(query.Limit, 7)
	}
	epoch := r.w.db.store.Life(room).Epoch()
	floor := r.w.cluster.floor[epoch]
	r.recent(room, user, query, func(page protocol.Page) {
		if page.Head < floor && page.Epoch == epoch {
			r.w.fail("history of %s goes back to %d, %d was told", room, page.Head, floor)
		}
		r.w.cluster.told(page.Epoch, page.Head)
		answer(page)
	})
}

// recent reads from the window. If a part is missing, the first request reads it from the store, and others wait for it.
// A relay among several first reads the room's head: a window that is behind it does not answer.
func (r *relay) recent(room, user string, q rules.Query, answer func(protocol.Page)) {
	window := r.hub.Windows().Of(room)
	switch {
	case window == nil || !hub.WindowAnswers(q):
		r.stored(room, user, q, answer)
	case r.w.cluster.several():
		r.query(func() (func(), error) {
			heads, err := r.w.db.store.Heads(context.Background(), []string{room})
			page := func() ([]byte, bool) { return window.PageAsOf(&heads.Rooms[0], q, user) }
			return func() { r.inMemory(room, user, q, page, answer) }, err
		}, func(error) {})
	default:
		r.inMemory(room, user, q, func() ([]byte, bool) { return window.Page(q, user) }, answer)
	}
}

// inMemory answers with a page of the window, if there is a window.
func (r *relay) inMemory(room, user string, q rules.Query, page func() ([]byte, bool), answer func(protocol.Page)) {
	ask := func() bool {
		data, ok := page()
		if !ok {
			return false
		}
		page, err := protocol.DecodePage(data)
		if err != nil {
			r.w.fail("the window of %s has an invalid page: %v", room, err)
		}
		answer(page)
		return true
	}
	if ask() {
		return
	}
	window := r.hub.Windows().Of(room)
	if window == nil {
		r.stored(room, user, q, answer)
		return
	}
	from, lacks := window.Lacks(q)
	if !lacks {
		r.stored(room, user, q, answer)
		return
	}
	waiting, under := r.fills[room]
	r.fills[room] = append(waiting, func() {
		if !ask() {
			r.stored(room, user, q, answer)
		}
	})
	if !under {
		r.fill(room, from)
	}
}

// fill reads the missing part of a window, then continues the waiting requests.
func (r *relay) fill(room string, from int64) {
	w := r.w
	r.in(w.upTo(w.weather.commit/2), func() {
		f := hub.Fill{From: from}
		for at, more := from, true; more; {
			page := r.read(room, "", rules.Query{Kind: rules.QuerySince, At: at, Limit: protocol.PageMessagesMax})
			f.Add(page.Messages)
			f.Epoch, f.Head = page.Epoch, page.Head
			if more = page.More; more {
				at = page.Messages[len(page.Messages)-1].Rev
			}
		}
		r.in(w.upTo(w.weather.commit/2), func() {
			r.hub.Filled(room, f)
			waiting := r.fills[room]
			delete(r.fills, room)
			for _, next := range waiting {
				next()
			}
		})
	})
}

// stored answers with a page from the store.
func (r *relay) stored(room, user string, q rules.Query, answer func(protocol.Page)) {
	w := r.w
	r.in(w.upTo(w.weather.commit/2), func() {
		page := r.read(room, user, q)
		if window := r.hub.Windows().Of(room); window != nil && !w.cluster.several() {
			window.Seen(page.Head)
		}
		answer(page)
	})
}

// read returns a page of the store.
func (r *relay) read(room, user string, q rules.Query) protocol.Page {
	page, err := r.w.db.store.Page(context.Background(), room, user, q)
	if err != nil {
		r.w.fail("a page is asked for as %+v: %v", q, err)
	}
	return page
}
