package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
)

// The log is one stop of the Tab key: at one of its rows, the current one. The arrow
// keys and their like go from row to row.

// revealMargin is how far from the log's edges a row is brought, in CSS pixels: its
// outline shows as well.
const revealMargin = 8

// onKeyDown hears the keys pressed at a row, or at a button or link in one; most of
// the latter are its own.
func (l *log) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	target := e.Get("target")
	if l.scroller == nil || !target.Truthy() || dom.Composing(e) || l.forComposer(e) {
		return
	}
	id := rowOf(target)
	node := l.list.nodes[id]
	if node == nil {
		return
	}
	key := e.Get("key").String()
	switch {
	case key == "F10" && e.Get("shiftKey").Bool():
		key = "ContextMenu"
	case dom.HasModifier(e), e.Get("shiftKey").Bool() && !dom.Printable(key):
		return
	}
	if l.toControl(key, target, node.item) {
		e.PreventDefault()
	} else if target.Equal(node.item) || key == "Escape" {
		l.onRowKey(e, key, id, target.Equal(node.item))
	}
}

// onRowKey hears a key pressed at a row, or Escape within.
func (l *log) onRowKey(e app.Event, key, id string, atRow bool) {
	does, known := action.ForKey(action.CommandKey(key, e.Get("code").String(), e.Get("shiftKey").Bool()))
	switch {
	case key == "Escape" && atRow:
		e.PreventDefault()
		l.toComposer()
	case key == "Escape":
		e.PreventDefault()
		l.focusRow(id)
	case known && (!l.byPointer() || does == action.Menu):
		e.PreventDefault()
		l.act(does, id)
	case l.walk(key):
		e.PreventDefault()
	}
}

// walk goes with a key from the current row to another, and reports whether it did.
func (l *log) walk(key string) bool {
	at, ok := findID(&l.snap, l.current)
	if !ok {
		return false
	}
	next, ok := dom.ListTarget(key, at, rowCount(&l.snap), l.rowsSeen())
	if ok {
		l.setPointer("")
		l.toRow(next)
	}
	return ok
}

// toControl goes with the left and right arrow keys through a row and what can be
// clicked in it.
func (l *log) toControl(key string, from, item app.Value) bool {
	var step int
	switch key {
	case "ArrowRight":
		step = 1
	case "ArrowLeft":
		step = -1
	default:
		return false
	}
	if l.text.Dir == "rtl" {
		step = -step
	}
	l.setPointer("")
	controls := item.Call("querySelectorAll", "button, a[href]")
	n := controls.Length() + 1 // place 0 is the row itself
	at := 0
	for i := range n - 1 {
		if controls.Index(i).Equal(from) {
			at = i + 1
		}
	}
	if at = (at + step + n) % n; at == 0 {
		l.focusRow(rowOf(item))
	} else {
		controls.Index(at-1).Call("focus", map[string]any{"preventScroll": true})
	}
	return true
}

// rowsSeen is how many rows are seen at once, by and large.
func (l *log) rowsSeen() int {
	height := l.part("hallway-list").Get("offsetHeight").Float()
	if height <= 0 {
		return 1
	}
	return max(1, int(float64(len(l.list.shown))*l.scroller.Get("clientHeight").Float()/height)-1)
}

// toRow puts the keyboard at a row, by its place in the whole log, and the row in
// view.
func (l *log) toRow(i int) {
	n := rowCount(&l.snap)
	if i == n-1 && !l.snap.MoreAfter {
		l.toEnd()
	} else {
		l.follow = false
		if i < l.win.lo || i >= l.win.hi {
			l.draw(windowAround(i, n), true)
		}
	}
	id := l.list.shown[i-l.win.lo].id
	l.focusRow(id)
	l.reveal(l.list.nodes[id].item)
	if !l.follow {
		l.follow = l.atEnd()
		l.roam(true)
		l.showJump()
	}
}

// reveal scrolls no further than it must to show an element.
func (l *log) reveal(item app.Value) {
	above := revealMargin - l.below(item)
	below := l.below(item) + item.Get("offsetHeight").Float() - l.scroller.Get("offsetHeight").Float() + revealMargin
	switch top := l.scroller.Get("scrollTop").Float(); {
	case above > 0:
		l.scrollTo(top - above)
	case below > 0:
		l.scrollTo(top + min(below, -above))
	}
}

// onFocus hears that the focus has come into the log, gone from it or moved in it.
// Where it is, the document tells: an event that the program itself has caused is
// heard only later, and then has no target.
func (l *log) onFocus(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if l.scroller == nil || dom.StaysIn(e, l.scroller) {
		return
	}
	active := app.Window().Get("document").Get("activeElement")
	l.within = active.Truthy() && l.scroller.Call("contains", active).Bool()
	if !l.within {
		l.hand.own = ""
		l.tools.hide()
		return
	}
	if id := rowOf(active); id != "" {
		l.noticeReached(id, active)
		l.setCurrent(id)
		l.tools.show(id)
	}
}

// focused is the row that the keyboard is at, by its id; "": it is elsewhere.
func (l *log) focused() string {
	if l.within {
		return l.current
	}
	return ""
}

// focusRow puts the keyboard at a row that is in the document.
func (l *log) focusRow(id string) {
	l.within = true
	l.setCurrent(id)
	item := l.list.nodes[id].item
	if !item.Equal(app.Window().Get("document").Get("activeElement")) {
		l.hand.own = id
	}
	item.Call("focus", map[string]any{"preventScroll": true})
}

func (l *log) setCurrent(id string) {
	if id == l.current {
		return
	}
	if was := l.list.nodes[l.current]; was != nil {
		was.item.Set("tabIndex", -1)
	}
	l.current = id
	if now := l.list.nodes[id]; now != nil {
		now.item.Set("tabIndex", 0)
	}
}

// placeCurrent finds a current row after the rows have changed. While the keyboard
// is elsewhere that is the last one; a row that was taken away under it leaves the
// keyboard in the log.
func (l *log) placeCurrent() {
	shown := l.list.shown
	_, there := l.list.nodes[l.current]
	if there && (l.within || l.current == shown[len(shown)-1].id) {
		return
	}
	if l.within && l.current != "" {
		l.scroller.Call("focus", map[string]any{"preventScroll": true})
	}
	if len(shown) > 0 {
		l.setCurrent(shown[len(shown)-1].id)
	} else {
		l.current = ""
	}
}
