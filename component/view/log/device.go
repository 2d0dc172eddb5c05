package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

// device records the user's last input device: keyboard or pointer. At a row that the keyboard has reached,
// letters are commands. After the use of a pointer, letters go to the composer.
type device struct {
	scroller   app.Value // nil while not mounted
	pointer    string    // the type of the last pointer, as in PointerEvent; "": the keyboard was used last
	pressed    bool      // the pointer's button is down
	focusedRow string    // the id of the row to which the chat itself has moved the focus
	clicked    string    // the id of the row that was clicked last, until the user types; "": none
	caret      app.Value // the position of the last click in a text, as a Range; nil: none
}

// isPointer reports whether a pointer was used last.
func (d *device) isPointer() bool { return d.pointer != "" }

// use sets the type of the pointer that was used last, or "" for the keyboard. It sets the outline of the row with
// the focus, which differs between the two.
func (d *device) use(pointer string) {
	if d.scroller != nil {
		dom.SetFlag(d.scroller.Get("dataset"), "pointer", d.isPointer(), pointer != "")
	}
	d.pointer = pointer
}

// onPointerDown handles the use of a pointer anywhere in the chat.
func (d *device) onPointerDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	kind := e.Get("pointerType").String()
	if kind == "" {
		kind = "mouse"
	}
	d.use(kind)
	d.clicked = ""
}

// onMouse handles mousedown, which moves the focus, and mouseup. A finger's tap ends with both. The composer's
// buttons leave the focus in the field: otherwise the on-screen keyboard closes and the button moves under the
// finger.
func (d *device) onMouse(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	d.pressed = e.Get("type").String() == "mousedown"
	target := e.Get("target")
	switch {
	case !d.pressed || !target.Truthy():
	case inComposer() && dom.Closest(target, ".hallway-composer button").Truthy():
		e.PreventDefault()
	case d.caret != nil && e.Get("shiftKey").Bool() && dom.Closest(target, ".hallway-text").Truthy():
		from := d.caret // the selection starts at the last click, where the cursor no longer is
		dom.Selection().Call("collapse", from.Get("startContainer"), from.Get("startOffset"))
	}
}

// clickedText reports whether a click on a message has no other effect. Then it moves the focus to the composer,
// because input methods need that before the first letter. A finger's tap does not, because it would open the
// on-screen keyboard.
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

// forComposer reports whether a key belongs to the composer although the focus is elsewhere. Keys that paste always
// do. Keys that type do after the use of a pointer.
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
		return inLog && !dom.HasModifier(e) && !target.Call("matches", "button").Truthy() // otherwise the key presses a button
	case key == "Backspace", key == "Delete":
		return inLog && !dom.HasModifier(e)
	}
	return dom.Typed(e)
}

// inComposer reports whether the focus is in the composer.
func inComposer() bool {
	active := dom.Active()
	return active.Truthy() && active.Call("matches", ".hallway-input").Bool()
}
