package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

// device records the user's input device: keyboard or pointer. A row that the keyboard has
// reached takes letters as commands. After anything done by pointer, letters go to the composer.
type device struct {
	scroller   app.Value // nil while not mounted
	pointer    string    // the kind of pointer that was used last, as in PointerEvent; "": the keyboard
	pressed    bool      // the pointer's button is down
	focusedRow string    // the row to which the chat itself has moved the focus, by its id
	clicked    string    // the row that was clicked last, by its id, until people type; "": none
	caret      app.Value // the place of the last click in a text, as a Range; nil: none
}

// isPointer reports whether the last thing was done by pointer.
func (d *device) isPointer() bool { return d.pointer != "" }

// use sets the pointer that people use from now on; "" is the keyboard. The outline of the row with
// the focus shows which of the two it is.
func (d *device) use(pointer string) {
	if d.scroller != nil {
		dom.SetFlag(d.scroller.Get("dataset"), "pointer", d.isPointer(), pointer != "")
	}
	d.pointer = pointer
}

// onPointerDown hears that a pointer is used anywhere in the chat.
func (d *device) onPointerDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	kind := e.Get("pointerType").String()
	if kind == "" {
		kind = "mouse"
	}
	d.use(kind)
	d.clicked = ""
}

// onMouse hears the pointer's button go down, which moves the focus, and up. A finger's tap ends
// with both. The composer's buttons leave the focus in the field: else a keyboard on the screen goes
// away, and the button moves under the finger.
func (d *device) onMouse(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	d.pressed = e.Get("type").String() == "mousedown"
	target := e.Get("target")
	switch {
	case !d.pressed || !target.Truthy():
	case inComposer() && dom.Closest(target, ".hallway-composer button").Truthy():
		e.PreventDefault()
	case d.caret != nil && e.Get("shiftKey").Bool() && dom.Closest(target, ".hallway-text").Truthy():
		from := d.caret // the selection continues from the last click; the cursor has left it since
		dom.Selection().Call("collapse", from.Get("startContainer"), from.Get("startOffset"))
	}
}

// clickedText reports whether a click on a message does nothing else, and so puts the cursor into
// the composer: input methods need it there before the first letter. A finger does not, because it
// would open its keyboard.
func (d *device) clickedText(e app.Event) bool {
	if rowOf(e.Get("target")) == "" || dom.Closest(e.Get("target"), dom.FieldSelector).Truthy() || d.pointer != "mouse" || e.Get("detail").Int() == 0 || e.Get("shiftKey").Bool() ||
		dom.SelectedText() != "" {
		return false
	}
	d.caret = nil
	if s := dom.Selection(); s.Truthy() && s.Get("rangeCount").Int() > 0 {
		d.caret = s.Call("getRangeAt", 0)
	}
	return true
}

// forComposer reports whether a key belongs to the composer, although the focus is elsewhere: keys
// that paste always, and after a pointer was used all that write.
func (d *device) forComposer(e app.Event) bool {
	target := e.Get("target")
	if !target.Truthy() || dom.Closest(target, dom.FieldSelector).Truthy() {
		return false
	}
	key, inLog := dom.Key(e), dom.Closest(target, ".hallway-log").Truthy()
	switch {
	case inLog && dom.Pastes(e):
		return true
	case !d.isPointer():
		return false
	case key == " ":
		return inLog && !dom.HasModifier(e) && !target.Call("matches", "button").Truthy() // it presses a button
	case key == "Backspace", key == "Delete":
		return inLog && !dom.HasModifier(e)
	}
	return dom.Typed(e)
}

// inComposer reports whether the cursor is in the composer.
func inComposer() bool {
	active := dom.Active()
	return active.Truthy() && active.Call("matches", ".hallway-input").Bool()
}
