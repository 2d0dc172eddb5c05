package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/media"
	"hallway/component/view/text"
)

// Log is the log of messages. Call its methods on the UI goroutine.
type Log struct {
	app.Compo
	scene
	shelf *media.Shelf
	tools tools
}

// New returns an empty log. It must join a chat before it is mounted. shelf holds the
// bytes of files.
func New(shelf *media.Shelf) *Log {
	l := &Log{shelf: shelf}
	l.tools.log = l
	return l
}

// Join connects a log to a chat.
func (l *Log) Join(h Host) { l.host = h }

// Render draws the elements that never change. The log updates the rows and everything else itself, together, so
// that the view keeps its position. The log is not a live region, because an announcer reads messages out.
func (l *Log) Render() app.UI {
	skeleton := func() app.UI { return dom.UI("div", "hallway-skeleton-row") }
	return dom.UI("div", "hallway-log").Attr("part", "log").
		Attr("role", "log").Aria("live", "off").TabIndex(-1).
		OnScroll(l.onScroll, app.PassiveEvent()).OnClick(l.onClick).OnKeyDown(l.onKeyDown).
		On("focusin", l.onFocus).On("focusout", l.onFocus).On("contextmenu", l.onContextMenu).
		On("pointerover", l.tools.onPointer).On("pointerleave", l.tools.onPointer).Body(
		dom.UI("button", "hallway-more").Attr("type", "button").DataSet("action", string(action.Earlier)),
		dom.UI("div", "hallway-loading").Aria("hidden", true).Body(skeleton(), skeleton(), skeleton()),
		dom.UI("div", "hallway-empty").Body(
			dom.UI("p", "hallway-empty-title"), dom.UI("p", "hallway-empty-advice"),
		),
		dom.UI("ul", "hallway-list").Attr("role", "list"),
		dom.UI("button", "hallway-jump").Attr("part", "jump").Attr("type", "button").DataSet("action", string(action.End)),
	)
}

// Listen adds handlers to the chat's root element, for the events in the whole chat that the log needs.
func (l *Log) Listen(root app.HTMLElem) app.HTMLElem {
	return root.On("copy", l.onCopy).On("pointerdown", l.device.onPointerDown).
		On("mousedown", l.device.onMouse).On("mouseup", l.device.onMouse)
}

// OnMount implements go-app's Mounter: the log is in the document.
func (l *Log) OnMount(ctx app.Context) {
	l.ctx = ctx
	l.scroller = ctx.JSSrc()
	l.list = newRowList(dom.Find(l.scroller, ".hallway-list"), l.shelf)
	l.shelf.Mount(l.scroller, l.redrawFiles)
	l.frame.mount(l.scroller)
	l.view.mount(l.scroller, l.list)
	l.device.scroller = l.scroller
	l.cursor = cursor{scroller: l.scroller, list: l.list, device: &l.device, current: l.cursor.current}
	l.maker.calendar.Bounds = text.DayBoundsOf
	l.follow, l.opening = true, true
	l.Speak(l.text, l.clock)
	l.view.noticeTop()
	l.reading.watch.start(&l.scene)
}

// OnDismount implements go-app's Dismounter: the log is no longer in the document.
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
	if node := l.list.nodes[l.cursor.current]; node != nil { // the new row must keep the focus
		node.item.Set("tabIndex", 0)
	}
	if !l.follow {
		l.view.scrollTo(top)
	}
}

// Show draws a snapshot.
func (l *Log) Show(s client.Snapshot) {
	back := s.Status == client.StatusLive && l.snap.Status != s.Status
	l.show(s)
	if l.scroller == nil {
		return
	}
	l.tools.refresh()
	l.lookSoon()
	if back {
		l.shelf.Again(l.scroller)
	}
}

func (l *Log) onScroll(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	if l.scroller != nil {
		l.scrolled()
	}
}

// Host connects a log to the chat around it. The log calls its functions on the UI goroutine.
type Host struct {
	Do            func(client.Event)                  // hands an event to the client's core
	Act           func(does action.Action, id string) // carries out an action on a message
	FocusComposer func()
	Tell          func(note string) // shows a note for a while
	Scrolled      func()            // is called after the user has scrolled
	MenuOpen      func() bool       // reports whether the menu of a message is open
	ReturnsFocus  func() bool       // reports whether the chat is about to give the focus back to the log
}
