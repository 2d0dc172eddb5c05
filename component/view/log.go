package view

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
)

const (
	// endSlack is how far from its end, in CSS pixels, the log counts as being at
	// its end.
	endSlack = 32
	// pointOut is how long a message that was jumped to stands out.
	pointOut = 2 * time.Second
)

// log is the log of messages: a window of rows, and where people are in it. Its
// methods are called on the UI goroutine.
type log struct {
	app.Compo
	props *Props
	text  *texts
	clock clock
	maker rowMaker

	toComposer func() // puts the keyboard there

	ctx                                  app.Context
	scroller, more, empty, loading, jump app.Value // nil before it is mounted
	list                                 *rowList
	observer                             app.Value
	resized                              app.Func
	offset                               float64 // of the scroller from the chat's top, in CSS pixels

	current string // the row that the keyboard is or would be at, by its id; "": the last
	within  bool   // the keyboard is in the log

	snap    client.Snapshot
	win     window
	follow  bool    // at the end, and to stay there
	top     float64 // scrollTop as last seen
	seenSeq int64   // the last message that was there while at the end
}

// Render draws what never changes; the rest is set by hand, together with the
// rows, so that the view can be kept in its place. What is read out as it comes is
// decided by the announcer: the log itself is not live.
func (l *log) Render() app.UI {
	skeleton := func() app.UI { return app.Div().Class("hallway-skeleton-row") }
	return app.Div().Class("hallway-log").Attr("part", "log").
		Attr("role", "log").Aria("live", "off").TabIndex(-1).
		OnScroll(l.onScroll, app.PassiveEvent()).OnClick(l.onClick).
		OnKeyDown(l.onKeyDown).On("focusin", l.onFocus).On("focusout", l.onFocus).Body(
		app.Button().Class("hallway-more").Type("button").DataSet("action", "earlier"),
		app.Div().Class("hallway-loading").Aria("hidden", true).Body(skeleton(), skeleton(), skeleton()),
		app.Div().Class("hallway-empty").Body(
			app.P().Class("hallway-empty-title"), app.P().Class("hallway-empty-advice"),
		),
		app.Ul().Class("hallway-list").Attr("role", "list"),
		app.Button().Class("hallway-jump").Attr("part", "jump").Type("button").DataSet("action", "end"),
	)
}

// OnMount is go-app's: the log is in the document.
func (l *log) OnMount(ctx app.Context) {
	l.ctx = ctx
	l.scroller = ctx.JSSrc()
	l.more, l.empty, l.jump = l.part("hallway-more"), l.part("hallway-empty"), l.part("hallway-jump")
	l.loading = l.part("hallway-loading")
	l.maker.calendar.bounds = dayBoundsOf
	l.follow = true
	l.offset = l.fromTop()
	l.speak(l.text, l.clock)

	l.resized = app.FuncOf(func(app.Value, []app.Value) any {
		ctx.Dispatch(func(ctx app.Context) {
			ctx.PreventUpdate()
			l.keepPlace()
		})
		return nil
	})
	l.observer = app.Window().Get("ResizeObserver").New(l.resized)
	l.observer.Call("observe", l.scroller)
}

func (l *log) part(class string) app.Value { return l.scroller.Call("querySelector", "."+class) }

// speak makes the log say what it says in a language, from now on.
func (l *log) speak(t *texts, c clock) {
	l.text, l.clock = t, c
	if l.scroller == nil {
		return
	}
	setAttribute(l.scroller, "aria-label", t.say(wordLog))
	l.part("hallway-empty-title").Set("textContent", t.say(wordEmpty))
	l.part("hallway-empty-advice").Set("textContent", t.say(wordWriteFirst))
	top := l.scroller.Get("scrollTop").Float()
	if l.list != nil {
		l.list.clear()
	}
	l.list = newRowList(l.part("hallway-list"), t, c)
	l.draw(l.win, false)
	if !l.follow {
		l.scrollTo(top)
	}
}

// keepPlace keeps in view what was, after the log's size has changed: its end (a
// keyboard opens, the composer grows), else what stands where it stood (the state's
// line above it comes or goes).
func (l *log) keepPlace() {
	if l.scroller == nil {
		return
	}
	offset := l.fromTop()
	moved := offset - l.offset
	l.offset = offset
	switch {
	case l.follow:
		l.scrollToEnd()
	case moved != 0:
		l.scrollTo(l.scroller.Get("scrollTop").Float() + moved)
	}
}

func (l *log) fromTop() float64 { return topOf(l.scroller) - topOf(l.scroller.Get("parentElement")) }

// OnDismount is go-app's: the log is no longer in the document.
func (l *log) OnDismount() {
	if l.scroller == nil {
		return
	}
	l.observer.Call("disconnect")
	l.resized.Release()
	l.scroller = nil
}

// show draws a snapshot.
func (l *log) show(s client.Snapshot) {
	if l.scroller == nil {
		l.snap = s
		return
	}
	l.noticeScroll()
	n := rowCount(&s)
	w := windowEnd(n)
	if !l.follow && len(l.list.shown) > 0 {
		if first, ok := findRow(&s, &l.list.shown[0]); ok {
			w = windowFrom(first, n)
		}
	}
	l.snap = s
	l.draw(w, true)
	if !l.follow {
		l.roam(false)
	}
}

// draw puts the rows of a window into the document. Unless at the end, what is
// seen stays in its place if keep.
func (l *log) draw(w window, keep bool) {
	rows := l.maker.rowsIn(&l.snap, w)
	edits := diff(l.list.shown, rows)
	l.win = w

	var anchor app.Value
	var was float64
	if keep && !l.follow {
		if anchor = l.anchor(rows); anchor != nil {
			was = topOf(anchor)
		}
	}
	l.list.apply(edits, rows)
	l.placeCurrent()
	l.more.Set("hidden", !l.snap.MoreBefore || w.lo > 0)
	l.more.Set("textContent", l.earlierText())
	l.empty.Set("hidden", !l.snap.Loaded || len(rows) > 0)
	l.loading.Set("hidden", l.snap.Loaded || len(rows) > 0 || !l.willLoad())
	setAttribute(l.scroller, "aria-busy", strconv.FormatBool(!l.snap.Loaded && l.willLoad() || l.snap.Loading))
	switch {
	case l.follow && len(edits) > 0:
		l.scrollToEnd()
	case anchor != nil:
		if now := topOf(anchor); now != was {
			l.scrollTo(l.scroller.Get("scrollTop").Float() + now - was)
		}
	}
	l.showJump()
}

// anchor is the first row in sight that is wanted further on.
func (l *log) anchor(wanted []row) app.Value {
	shown := l.list.shown
	edge := topOf(l.scroller)
	first := sort.Search(len(shown), func(i int) bool {
		return l.list.nodes[shown[i].id].item.Call("getBoundingClientRect").Get("bottom").Float() > edge
	})
	for ; first < len(shown); first++ {
		id := shown[first].id
		if slices.ContainsFunc(wanted, func(r row) bool { return r.id == id }) {
			return l.list.nodes[id].item
		}
	}
	return nil
}

// noticeScroll finds out whether people have left the end, or come back to it. A
// view that only became smaller has left nothing: then scrollTop is the same.
func (l *log) noticeScroll() {
	top := l.scroller.Get("scrollTop").Float()
	if top == l.top {
		return
	}
	l.top = top
	l.follow = l.atEnd()
}

func (l *log) atEnd() bool {
	return !l.snap.MoreAfter && l.win.hi == rowCount(&l.snap) && l.below() <= endSlack
}

// below is how many CSS pixels of the window lie below what is seen.
func (l *log) below() float64 {
	return l.scroller.Get("scrollHeight").Float() - l.scroller.Get("clientHeight").Float() -
		l.scroller.Get("scrollTop").Float()
}

func (l *log) scrollTo(top float64) {
	l.scroller.Set("scrollTop", top)
	l.top = l.scroller.Get("scrollTop").Float()
}

func (l *log) scrollToEnd() { l.scrollTo(l.scroller.Get("scrollHeight").Float()) }

// roam moves the window on where people come near its edge, by less than what is
// seen at a time, and, if load, asks for more messages where there are none.
func (l *log) roam(load bool) {
	n := rowCount(&l.snap)
	near := l.scroller.Get("clientHeight").Float()
	load = load && !l.snap.Loading
	switch {
	case l.top < near && l.win.lo > 0:
		l.draw(l.win.earlier(n), true)
	case l.top < near && load && l.snap.MoreBefore:
		l.props.OnLoadOlder()
	case l.win.hi < n && l.below() < near:
		l.draw(l.win.later(n), true)
	case l.win.hi == n && l.below() < near && load && l.snap.MoreAfter:
		l.props.OnLoadNewer()
	}
}

func (l *log) onScroll(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	if l.scroller == nil {
		return
	}
	l.noticeScroll()
	if !l.follow {
		l.roam(true)
	}
	l.showJump()
}

// onClick hears the clicks of all buttons in the log.
func (l *log) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	target := e.Get("target")
	if l.scroller == nil || target.IsNull() {
		return
	}
	control := target.Call("closest", "[data-action]")
	if control.IsNull() {
		return
	}
	switch action := control.Get("dataset").Get("action").String(); action {
	case "earlier":
		if !l.snap.Loading {
			l.props.OnLoadOlder()
		}
		return
	case "end":
		l.toEnd()
	case actionQuoted:
		l.toMessage(control.Get("dataset").Get("target").String())
		return
	case actionRetry, actionDiscard:
		id := control.Call("closest", "[data-id]").Get("dataset").Get("id").String()
		if action == actionRetry {
			l.props.OnRetry(id)
		} else {
			l.props.OnDiscard(id)
		}
	}
	// The button goes away: the keyboard stays in the log.
	l.scroller.Call("focus", map[string]any{"preventScroll": true})
}

// toEnd goes to the newest message, as soon as it is loaded, and stays at it.
func (l *log) toEnd() {
	l.follow = true
	if l.snap.MoreAfter {
		l.props.OnLoadNewest()
	}
	if l.scroller == nil {
		return
	}
	l.draw(windowEnd(rowCount(&l.snap)), false)
	l.scrollToEnd()
}

// toMessage brings a message into the middle of the view, points it out and puts the
// keyboard there. A message that is not loaded is left alone.
func (l *log) toMessage(id string) {
	if l.scroller == nil {
		return
	}
	i, ok := findID(&l.snap, id)
	if !ok {
		return
	}
	l.follow = false
	l.draw(windowAround(i, rowCount(&l.snap)), false)
	item := l.list.nodes[id].item
	middle := (l.scroller.Get("clientHeight").Float() - item.Get("offsetHeight").Float()) / 2
	l.scrollTo(l.scroller.Get("scrollTop").Float() + topOf(item) - topOf(l.scroller) - middle)
	l.follow = l.atEnd()
	l.showJump()
	l.focusRow(id)
	data := item.Get("dataset")
	data.Set("pointed", "")
	l.ctx.After(pointOut, func(ctx app.Context) {
		ctx.PreventUpdate()
		data.Delete("pointed")
	})
}

// showJump offers the way to the end, where one is not there.
func (l *log) showJump() {
	var last int64
	if n := len(l.snap.Messages); n > 0 {
		last = l.snap.Messages[n-1].Seq
	}
	text := l.text.say(wordLatest)
	if l.follow {
		l.seenSeq = last
	} else if last > l.seenSeq {
		text = l.text.say(wordFresh)
	}
	l.jump.Set("hidden", l.follow)
	l.jump.Set("textContent", text)
}

func (l *log) earlierText() string {
	if l.snap.Loading {
		return l.text.say(wordEarlierLoading)
	}
	return l.text.say(wordEarlier)
}

// willLoad reports whether what is not loaded yet can be expected.
func (l *log) willLoad() bool {
	switch l.snap.Status {
	case client.StatusNotAllowed, client.StatusUpdateNeeded, client.StatusClosed:
		return false
	}
	return true
}

func topOf(element app.Value) float64 {
	return element.Call("getBoundingClientRect").Get("top").Float()
}
