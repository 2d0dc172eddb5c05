package view

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// log is the log of messages: a window of rows, and where people are in it. Its
// methods are called on the UI goroutine.
type log struct {
	app.Compo
	props *Props
	text  *text.Texts
	clock text.Clock
	maker rowMaker

	// What the chat does for the log.
	toComposer func()            // puts the keyboard there
	reply      func(id string)   // answers a message
	edit       func(id string)   // writes a message of one's own anew
	tell       func(note string) // says something for a while

	ctx                                  app.Context
	scroller, more, empty, loading, jump app.Value // nil before it is mounted
	list                                 *rowList
	tools                                tools
	over                                 over
	pins                                 pins
	watch                                watch
	offset                               float64 // of the scroller from the chat's top, in CSS pixels

	hand    hand
	current string // the row that the keyboard is or would be at, by its id; "": the last
	within  bool   // the keyboard is in the log

	snap    client.Snapshot
	win     window
	frame   frame   // as last drawn
	follow  bool    // at the end, and to stay there
	top     float64 // scrollTop as last seen
	stay    stay    // where people are, unless follow
	hidden  bool    // the log had no size when last looked at
	seenSeq int64   // the last message that was in sight
	toldSeq int64   // the last that OnSeen was told
	looking bool    // what is in sight will be looked at in a moment
	opening bool    // nobody has moved in the log since it was opened
	newest  string  // the room's last message, by its id, as last shown
	wanted  *wanted // a message to be shown when it is loaded
}

// newLog makes the log of a chat.
func newLog(p *Props, toComposer func()) *log {
	l := &log{props: p, toComposer: toComposer}
	l.tools.log, l.over.log, l.pins.log = l, l, l
	return l
}

// Render draws what never changes; the rest is set by hand, together with the
// rows, so that the view can be kept in its place. What is read out as it comes is
// decided by the announcer: the log itself is not live.
func (l *log) Render() app.UI {
	skeleton := func() app.UI { return app.Div().Class("hallway-skeleton-row") }
	return app.Div().Class("hallway-log").Attr("part", "log").
		Attr("role", "log").Aria("live", "off").TabIndex(-1).
		OnScroll(l.onScroll, app.PassiveEvent()).OnClick(l.onClick).OnKeyDown(l.onKeyDown).
		On("focusin", l.onFocus).On("focusout", l.onFocus).On("contextmenu", l.onContextMenu).
		On("pointerover", l.tools.onPointer).On("pointerleave", l.tools.onPointer).Body(
		app.Button().Class("hallway-more").Type("button").DataSet("action", string(action.Earlier)),
		app.Div().Class("hallway-loading").Aria("hidden", true).Body(skeleton(), skeleton(), skeleton()),
		app.Div().Class("hallway-empty").Body(
			app.P().Class("hallway-empty-title"), app.P().Class("hallway-empty-advice"),
		),
		app.Ul().Class("hallway-list").Attr("role", "list"),
		app.Button().Class("hallway-jump").Attr("part", "jump").Type("button").DataSet("action", string(action.End)),
	)
}

// OnMount is go-app's: the log is in the document.
func (l *log) OnMount(ctx app.Context) {
	l.ctx = ctx
	l.scroller = ctx.JSSrc()
	l.more, l.empty, l.jump = l.part("hallway-more"), l.part("hallway-empty"), l.part("hallway-jump")
	l.loading = l.part("hallway-loading")
	l.maker.calendar.Bounds = text.DayBoundsOf
	l.follow, l.opening = true, true
	l.speak(l.text, l.clock)
	l.offset = l.fromTop()
	l.watch.start(l)
}

func (l *log) part(class string) app.Value { return l.scroller.Call("querySelector", "."+class) }

// speak makes the log say what it says in a language, from now on.
func (l *log) speak(t *text.Texts, c text.Clock) {
	l.text, l.clock = t, c
	l.over.close()
	l.pins.show(&l.snap, true)
	if l.scroller == nil {
		return
	}
	dom.SetAttribute(l.scroller, "aria-label", t.Say(text.Log))
	l.part("hallway-empty-title").Set("textContent", t.Say(text.Empty))
	l.part("hallway-empty-advice").Set("textContent", t.Say(text.WriteFirst))
	top := l.scroller.Get("scrollTop").Float()
	l.tools.make(t)
	if l.list != nil {
		l.list.clear()
	}
	l.list = newRowList(l.part("hallway-list"), t, c)
	l.draw(l.win, false)
	if !l.follow {
		l.scrollTo(top)
	}
}

// OnDismount is go-app's: the log is no longer in the document.
func (l *log) OnDismount() {
	if l.scroller == nil {
		return
	}
	l.watch.stop()
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
	l.notice(&s)
	l.snap = s
	l.pins.show(&s, false)
	l.draw(w, true)
	l.goOn()
	if !l.follow {
		l.roam(false)
	}
	l.over.check()
	if l.tools.at != "" {
		l.tools.show(l.tools.at)
	}
	l.lookSoon()
}

// notice takes down what is different about a snapshot that comes after the present
// one.
func (l *log) notice(s *client.Snapshot) {
	n := len(s.Messages)
	if !s.Loaded || n > 0 && !s.MoreAfter && s.Messages[n-1].Seq < l.toldSeq {
		l.toldSeq, l.seenSeq = 0, 0 // begun anew: another life of the room, another user
	}
	if s.FirstUnread != l.snap.FirstUnread {
		l.maker.unread = s.FirstUnread
	}
	l.noticeSent(s)
}

// draw puts the rows of a window into the document. Unless at the end, what is
// seen stays in its place if keep.
func (l *log) draw(w window, keep bool) {
	rows := l.maker.rowsIn(&l.snap, w)
	edits := diff(l.list.shown, rows)
	l.win = w

	// Where the end is in sight, the list's new height brings the end back in sight: see
	// keepPlace. So the browser lays out each frame once, when it comes to it.
	end := l.follow && len(l.list.shown) > 0 && l.rest() < 1

	var anchor app.Value
	var was float64
	if keep && !l.follow {
		if anchor = l.anchor(rows); anchor != nil {
			was = l.below(anchor)
		}
	}
	l.list.apply(edits, rows)
	l.placeCurrent()
	framed := l.drawFrame(frame{
		text: l.text, earlier: l.snap.MoreBefore && w.lo == 0, loading: l.snap.Loading,
		empty: l.snap.Loaded && len(rows) == 0,
		blank: !l.snap.Loaded && len(rows) == 0 && l.willLoad(),
		busy:  !l.snap.Loaded && l.willLoad() || l.snap.Loading,
	})
	switch {
	case l.follow && framed || l.follow && len(edits) > 0 && !end:
		l.scrollToEnd()
	case anchor != nil:
		if now := l.below(anchor); now != was {
			l.scrollTo(l.scroller.Get("scrollTop").Float() + now - was)
		}
	}
	l.showJump()
}

// frame is what the log shows around its rows.
type frame struct {
	text    *text.Texts
	earlier bool // the way to what was before
	loading bool // it was gone, and is not at its end yet
	empty   bool // that there is nothing
	blank   bool // that there will be something
	busy    bool
}

// drawFrame puts what is around the rows into the document, and reports whether it is
// something else than before.
func (l *log) drawFrame(f frame) (changed bool) {
	if f == l.frame {
		return false
	}
	l.frame = f
	says := text.Earlier
	if f.loading {
		says = text.EarlierLoading
	}
	l.more.Set("hidden", !f.earlier)
	l.more.Set("textContent", l.text.Say(says))
	l.empty.Set("hidden", !f.empty)
	l.loading.Set("hidden", !f.blank)
	dom.SetAttribute(l.scroller, "aria-busy", strconv.FormatBool(f.busy))
	return true
}

// willLoad reports whether what is not loaded yet can be expected.
func (l *log) willLoad() bool {
	switch l.snap.Status {
	case client.StatusNotAllowed, client.StatusUpdateNeeded, client.StatusClosed:
		return false
	}
	return true
}
