package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

// hand tells what people work the chat with. A row that the keyboard has reached
// takes letters as commands. After anything done by pointer, letters go to the
// composer.
type hand struct {
	pointer string    // the kind of pointer that was used last, as in PointerEvent; "": the keyboard
	pressed bool      // its button is down
	own     string    // the row to which the chat has moved the focus, by its id
	at      string    // the row clicked last, by its id, until people type; "": none
	caret   app.Value // where the last click was in a text, as a Range; nil: in none
}

// byPointer reports whether the last thing was done by pointer.
func (l *log) byPointer() bool { return l.hand.pointer != "" }

// setPointer takes down the pointer that is used from now on; "" is the keyboard. The
// outline of the row with the focus tells which of the two it is.
func (l *log) setPointer(kind string) {
	if l.scroller != nil {
		dom.SetFlag(l.scroller.Get("dataset"), "pointer", l.byPointer(), kind != "")
	}
	l.hand.pointer = kind
}

// onPointerDown hears a pointer used anywhere in the chat.
func (l *log) onPointerDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	kind := e.Get("pointerType").String()
	if kind == "" {
		kind = "mouse"
	}
	l.setPointer(kind)
	l.hand.at = ""
}

// onMouse hears the button go down, which moves the focus, and up. A finger's tap ends
// with both. The composer's buttons leave the focus in the field: else a keyboard on
// the screen goes away, and the button goes elsewhere under the finger.
func (l *log) onMouse(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	l.hand.pressed = e.Get("type").String() == "mousedown"
	target := e.Get("target")
	switch {
	case !l.hand.pressed || !target.Truthy():
	case l.writing() && target.Call("closest", ".hallway-composer button").Truthy():
		e.PreventDefault()
	case l.hand.caret != nil && e.Get("shiftKey").Bool() && target.Call("closest", ".hallway-text").Truthy():
		from := l.hand.caret // the selection goes on from the last click; the cursor has left it since
		dom.Selection().Call("collapse", from.Get("startContainer"), from.Get("startOffset"))
	}
}

// noticeReached hears that the focus is in a row. Where neither a pointer nor the chat
// itself, nor a dialog that ends, has moved it there, the keyboard or assistive
// technology has.
func (l *log) noticeReached(id string, active app.Value) {
	switch node := l.list.nodes[id]; {
	case node == nil || !active.Equal(node.item):
		l.hand.own = ""
	case l.hand.own != id && !l.hand.pressed && l.over.asks == "":
		l.setPointer("")
	}
}

// onPlainClick puts the cursor into the composer after a click on a message that does
// nothing else: input methods need it there before the first letter. The arrow keys
// still go on from that message, see walkOn. A finger would open its keyboard.
func (l *log) onPlainClick(e app.Event) {
	id := rowOf(e.Get("target"))
	if id == "" || l.hand.pointer != "mouse" || e.Get("detail").Int() == 0 || e.Get("shiftKey").Bool() || dom.SelectedText() != "" {
		return
	}
	l.hand.caret = nil
	if s := dom.Selection(); s.Truthy() && s.Get("rangeCount").Int() > 0 {
		l.hand.caret = s.Call("getRangeAt", 0)
	}
	l.toComposer()
	l.hand.at = id
}

// walkOn goes on with a key from the message clicked last, although the cursor is in
// the composer, and reports whether it did. A composer that is not empty keeps the
// keys that move in its line.
func (l *log) walkOn(key string, empty bool) bool {
	id := l.hand.at
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
	l.setCurrent(id)
	if !l.toControl(key, node.item, node.item) && !l.walk(key) {
		return false
	}
	l.hand.at = ""
	return true
}

// forComposer reports whether a key belongs to the composer, although the focus is on
// something else: after a pointer was used, all that writes; keys that paste always.
func (l *log) forComposer(e app.Event) bool {
	target := e.Get("target")
	if !target.Truthy() || target.Call("closest", dom.FieldSelector).Truthy() {
		return false
	}
	key, inLog := e.Get("key").String(), target.Call("closest", ".hallway-log").Truthy()
	switch {
	case inLog && dom.Pastes(e):
		return true
	case !l.byPointer():
		return false
	case key == " ":
		return inLog && !dom.HasModifier(e) && !target.Call("matches", "button").Truthy() // which it presses
	case key == "Backspace", key == "Delete":
		return inLog && !dom.HasModifier(e)
	}
	return dom.Typed(e)
}

// keyToComposer gives a key to the composer, if that is open. The browser writes there
// what it writes.
func (c *Chat) keyToComposer() {
	if c.snap.ComposerOpen {
		c.focusInput()
	}
}

// writing reports whether the cursor is in the composer.
func (l *log) writing() bool {
	active := app.Window().Get("document").Get("activeElement")
	return active.Truthy() && active.Call("matches", ".hallway-input").Bool()
}
