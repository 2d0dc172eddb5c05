package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
)

// onKeyDown handles the keys pressed at a row, or at a button or link in it.
func (l *Log) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	target := e.Get("target")
	if l.scroller == nil || !target.Truthy() || dom.Composing(e) || l.ForComposer(e) || target.Call("matches", dom.FieldSelector).Bool() {
		return
	}
	id := rowOf(target)
	node := l.list.nodes[id]
	if node == nil {
		return
	}
	key := dom.Key(e)
	switch {
	case key == "F10" && e.Get("shiftKey").Bool():
		key = "ContextMenu"
	case dom.HasModifier(e), e.Get("shiftKey").Bool() && !dom.Printable(key):
		return
	}
	if l.cursor.toControl(key, target, node.item) {
		e.PreventDefault()
	} else if target.Equal(node.item) || key == "Escape" {
		l.onRowKey(e, key, id, target.Equal(node.item))
	}
}

// onRowKey handles a key pressed at a row, or Escape at an element in it.
func (l *Log) onRowKey(e app.Event, key, id string, atRow bool) {
	does, known := action.ForKey(action.CommandKey(key, e.Get("code").String(), e.Get("shiftKey").Bool()))
	switch {
	case key == "Escape" && atRow:
		e.PreventDefault()
		l.host.FocusComposer()
	case key == "Escape":
		e.PreventDefault()
		l.cursor.focusRow(id)
	case known && (!l.device.isPointer() || does == action.Menu):
		e.PreventDefault()
		l.Act(does, id)
	case l.walk(key):
		e.PreventDefault()
	}
}

// WalkOn handles a key that continues from the row that was clicked last, although the focus is in the composer,
// and reports whether it did. empty says whether the composer is empty: one with a text keeps the keys that move
// within a line.
func (l *Log) WalkOn(key string, empty bool) bool {
	id := l.device.clicked
	node := l.list.nodes[id]
	if node == nil {
		return false
	}
	switch key {
	case "ArrowLeft", "ArrowRight", "Home", "End":
		if !empty {
			return false
		}
	}
	l.cursor.set(id)
	if !l.cursor.toControl(key, node.item, node.item) && !l.walk(key) {
		return false
	}
	l.device.clicked = ""
	return true
}

// onFocus handles a change of the focus in the log. It asks the document for the element with the focus, because
// an event that the program itself has caused is handled later, and then has no target.
func (l *Log) onFocus(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if l.scroller == nil || dom.StaysIn(e, l.scroller) {
		return
	}
	l.cursor.within = dom.HasFocus(l.scroller)
	if !l.cursor.within {
		l.device.focusedRow = ""
		l.tools.hide()
		return
	}
	active := dom.Active()
	id := rowOf(active)
	if id == "" {
		return
	}
	switch node := l.list.nodes[id]; {
	case node == nil || !active.Equal(node.item):
		l.device.focusedRow = ""
	case l.device.focusedRow != id && !l.device.pressed && !l.host.ReturnsFocus():
		l.UseKeyboard() // only the keyboard or assistive technology moves the focus like this
	}
	l.cursor.set(id)
	l.tools.showAt(active, id)
}

// Refocus moves the focus back to a row, or to the log if the row is gone.
func (l *Log) Refocus(id string) {
	switch {
	case l.scroller == nil:
	case l.list.nodes[id] != nil:
		l.cursor.focusRow(id)
	default:
		l.cursor.focusLog()
	}
}

// Focused returns the id of the row with the focus, or "" if the focus is elsewhere.
func (l *Log) Focused() string { return l.cursor.focused() }

// Current returns the id of the row that the Tab key moves to.
func (l *Log) Current() string { return l.cursor.current }

// FocusReturned records that the browser has given the focus back to an element of the chat.
func (l *Log) FocusReturned(to app.Value) { l.device.focusedRow = rowOf(to) }

// UseKeyboard records that the user uses the keyboard.
func (l *Log) UseKeyboard() { l.device.use("") }

// Typed records that the user types in the composer, or leaves it. Keys then no longer continue from the row that
// was clicked last.
func (l *Log) Typed() { l.device.clicked = "" }

// ForComposer reports whether a key belongs to the composer although the focus is elsewhere.
func (l *Log) ForComposer(e app.Event) bool { return l.device.forComposer(e) }

// MenuOpens prepares for a menu: earlier scrolling does not close it, and it replaces the
// tools.
func (l *Log) MenuOpens() {
	l.noticeScroll()
	l.tools.hide()
}
