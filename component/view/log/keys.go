package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
)

// onKeyDown hears the keys pressed at a row, or at a button or link in it.
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

// onRowKey hears a key pressed at a row, or Escape at something in it.
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

// WalkOn goes on with a key from the row that was clicked last, although the cursor is in the
// composer, and reports whether it did. A composer with a text, not empty, keeps the keys that move
// within its line.
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

// onFocus hears that the focus has come into the log, left it or moved in it. It asks the document
// where the focus is: an event that the program itself has caused is heard late, and then has no
// target.
func (l *Log) onFocus(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if l.scroller == nil || dom.StaysIn(e, l.scroller) {
		return
	}
	active := dom.Active()
	l.cursor.within = active.Truthy() && l.scroller.Call("contains", active).Bool()
	if !l.cursor.within {
		l.device.focusedRow = ""
		l.tools.hide()
		return
	}
	id := rowOf(active)
	if id == "" {
		return
	}
	switch node := l.list.nodes[id]; {
	case node == nil || !active.Equal(node.item):
		l.device.focusedRow = ""
	case l.device.focusedRow != id && !l.device.pressed && !l.host.ReturnsFocus():
		l.UseKeyboard() // the keyboard or assistive technology has moved the focus
	}
	l.cursor.set(id)
	l.tools.showAt(active, id)
}

// Refocus puts the keyboard back at a row, or into the log for a row that is gone.
func (l *Log) Refocus(id string) {
	switch {
	case l.scroller == nil:
	case l.list.nodes[id] != nil:
		l.cursor.focusRow(id)
	default:
		l.cursor.focusLog()
	}
}

// Focused returns the id of the row that the keyboard is at, or "" while it is elsewhere.
func (l *Log) Focused() string { return l.cursor.focused() }

// Current returns the id of the row that the keyboard comes to with the Tab key.
func (l *Log) Current() string { return l.cursor.current }

// FocusReturned hears that the browser has given the focus back to an element of the chat.
func (l *Log) FocusReturned(to app.Value) { l.device.focusedRow = rowOf(to) }

// UseKeyboard hears that people use the keyboard from now on.
func (l *Log) UseKeyboard() { l.device.use("") }

// Typed hears that people type in the composer, or leave it: keys no longer go on from the row that
// was clicked last.
func (l *Log) Typed() { l.device.clicked = "" }

// ForComposer reports whether a key belongs to the composer, although the focus is elsewhere.
func (l *Log) ForComposer(e app.Event) bool { return l.device.forComposer(e) }

// MenuOpens hears that a menu is about to open. Scrolling that is over by now does not close it, and
// it takes the place of the tools.
func (l *Log) MenuOpens() {
	l.noticeScroll()
	l.tools.hide()
}
