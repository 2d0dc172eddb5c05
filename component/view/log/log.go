package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/media"
	"hallway/component/view/text"
)

// Log is the log of messages. Its methods are called on the UI goroutine.
type Log struct {
	app.Compo
	host  Host
	text  *text.Texts
	clock text.Clock

	ctx      app.Context
	scroller app.Value // nil while not mounted
	list     *rowList
	shelf    *media.Shelf
	maker    rowMaker
	frame    frame
	view     viewport
	cursor   cursor
	device   device
	reading  reading
	tools    tools

	snap    client.Snapshot
	win     window
	follow  bool    // the end is shown, and stays in sight
	opening bool    // nobody has moved in the log since it was opened
	wanted  *wanted // a message to be shown as soon as it is loaded
	mention int64   // the seq of the mention that was shown last
}

// New returns an empty log. It must join a chat before it is mounted. A shelf has the
// bytes of files.
func New(shelf *media.Shelf) *Log {
	l := &Log{shelf: shelf}
	l.tools.log = l
	return l
}

// Join makes a log a part of a chat.
func (l *Log) Join(h Host) { l.host = h }

// Render draws the elements that never change. The rows and the rest are set by hand, together, so
// that the view stays in its place. The log is not a live region: an announcer reads messages out.
func (l *Log) Render() app.UI {
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

// Listen adds to the chat's root element the events that the log hears in the whole chat.
func (l *Log) Listen(root app.HTMLDiv) app.HTMLDiv {
	return root.On("copy", l.onCopy).On("pointerdown", l.device.onPointerDown).
		On("mousedown", l.device.onMouse).On("mouseup", l.device.onMouse)
}

// OnMount is go-app's: the log is in the document.
func (l *Log) OnMount(ctx app.Context) {
	l.ctx = ctx
	l.scroller = ctx.JSSrc()
	l.list = newRowList(l.scroller.Call("querySelector", ".hallway-list"), l.shelf)
	l.shelf.Mount(l.scroller, l.redrawFiles)
	l.frame.mount(l.scroller)
	l.view.mount(l.scroller, l.list)
	l.device.scroller = l.scroller
	l.cursor = cursor{scroller: l.scroller, list: l.list, device: &l.device, current: l.cursor.current}
	l.maker.calendar.Bounds = text.DayBoundsOf
	l.follow, l.opening = true, true
	l.Speak(l.text, l.clock)
	l.view.noticeTop()
	l.reading.watch.start(l)
}

// OnDismount is go-app's: the log is no longer in the document.
func (l *Log) OnDismount() {
	if l.scroller == nil {
		return
	}
	l.reading.watch.stop()
	l.shelf.Dismount()
	l.scroller, l.device.scroller = nil, nil
}

// Speak sets the language of the log.
func (l *Log) Speak(t *text.Texts, c text.Clock) {
	l.text, l.clock = t, c
	if l.scroller == nil {
		return
	}
	dom.SetAttribute(l.scroller, "aria-label", t.Say(text.Log))
	l.frame.speak(t)
	top := l.view.scrollTop()
	l.tools.make(t)
	l.list.speak(t, c)
	l.cursor.rightToLeft = t.Dir == "rtl"
	l.draw(l.win, false)
	if node := l.list.nodes[l.cursor.current]; node != nil { // the row is another one now
		node.item.Set("tabIndex", 0)
	}
	if !l.follow {
		l.view.scrollTo(top)
	}
}

// Show draws a snapshot.
func (l *Log) Show(s client.Snapshot) {
	if l.scroller == nil {
		l.snap = s
		return
	}
	l.NoticeScroll()
	n := rowCount(&s)
	w := windowEnd(n)
	if !l.follow && len(l.list.shown) > 0 {
		if first, ok := findRow(&s, &l.list.shown[0]); ok {
			w = windowFrom(first, n)
		}
	}
	l.reading.followRoom(&s)
	l.maker.followUnread(&s)
	back := s.Status == client.StatusLive && l.snap.Status != s.Status
	l.snap = s
	l.draw(w, true)
	l.continueTo()
	if !l.follow {
		l.roam(false)
	}
	l.tools.refresh()
	l.lookSoon()
	if back {
		l.shelf.Again(l.scroller)
	}
}

// redrawFiles makes the files of all rows again, because the page cannot show pictures.
func (l *Log) redrawFiles() {
	for _, node := range l.list.nodes {
		if node.files != nil {
			node.files.Redraw()
		}
	}
}

// draw puts the rows of a window into the document. With keep, the rows in sight stay in their place,
// unless the end is shown.
func (l *Log) draw(w window, keep bool) {
	rows := l.maker.rowsIn(&l.snap, w)
	edits := diff(l.list.shown, rows)
	l.win = w

	// Where the end is in sight, onResize brings it back into sight when the list has its new height:
	// so the browser lays out each frame once.
	end := l.follow && len(l.list.shown) > 0 && l.view.rest() < 1

	var anchor app.Value
	var was float64
	if keep && !l.follow {
		if anchor = l.view.anchor(rows); anchor != nil {
			was = l.view.below(anchor)
		}
	}
	l.list.apply(edits, rows)
	l.cursor.placeIn(rows)
	framed := l.frame.draw(framing{
		text: l.text, earlier: l.snap.MoreBefore && w.lo == 0, loading: l.snap.Loading,
		empty: l.snap.Loaded && len(rows) == 0,
		blank: !l.snap.Loaded && len(rows) == 0 && willLoad(l.snap.Status),
		busy:  !l.snap.Loaded && willLoad(l.snap.Status) || l.snap.Loading,
	})
	switch {
	case l.follow && framed || l.follow && len(edits) > 0 && !end:
		l.view.scrollToEnd()
	case anchor != nil:
		if now := l.view.below(anchor); now != was {
			l.view.scrollBy(now - was)
		}
	}
	l.showJump()
}

// willLoad reports whether a chat with a status can be expected to load its first messages.
func willLoad(s client.Status) bool {
	switch s {
	case client.StatusNotAllowed, client.StatusUpdateNeeded, client.StatusClosed:
		return false
	}
	return true
}

// Host holds the functions of the chat around a log. They are called on the UI goroutine.
type Host struct {
	Do            func(client.Event)                  // hands an event to the client's core
	Act           func(does action.Action, id string) // carries out an action that is offered for a message
	FocusComposer func()
	Tell          func(note string) // shows a note for a while
	Scrolled      func()            // hears that people have scrolled
	MenuOpen      func() bool       // reports whether the menu of a message is open
	ReturnsFocus  func() bool       // reports whether the chat is about to give the focus back to the log
}
