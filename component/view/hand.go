package view

import (
	"strings"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// hand tells what people work the chat with. A row that the keyboard has reached
// takes letters as commands. After anything done by pointer, letters go to the
// composer.
type hand struct {
	pointer string // the kind of pointer that was used last, as in PointerEvent; "": the keyboard
	pressed bool   // its button is down
	own     bool   // the chat has moved the focus to a row, and has not heard of it yet
	at      string // the row clicked last, by its id, until people type; "": none
}

// heldBySelector are the places that keep what is typed there.
const heldBySelector = "input, textarea, select, dialog"

// byPointer reports whether the last thing was done by pointer.
func (l *log) byPointer() bool { return l.hand.pointer != "" }

// setPointer takes down the pointer that is used from now on; "" is the keyboard. The
// outline of the row with the focus tells which of the two it is.
func (l *log) setPointer(kind string) {
	if l.scroller != nil {
		setFlag(l.scroller.Get("dataset"), "pointer", l.byPointer(), kind != "")
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
	if target := e.Get("target"); l.hand.pressed && l.writing() && target.Truthy() &&
		target.Call("closest", ".hallway-composer button").Truthy() {
		e.PreventDefault()
	}
}

// onPlainClick puts the cursor into the composer after a click on a message that does
// nothing else: input methods need it there before the first letter. The arrow keys
// still go on from that message, see walkOn. A finger would open its keyboard.
func (l *log) onPlainClick(e app.Event) {
	id := rowOf(e.Get("target"))
	if id == "" || l.hand.pointer != "mouse" || e.Get("detail").Int() == 0 || e.Get("shiftKey").Bool() || selectedText() != "" {
		return
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

// selectedText gives the text that is selected in the chat.
func selectedText() string {
	selection := app.Window().Get("document").Call("getSelection")
	if !selection.Truthy() {
		return ""
	}
	return selection.Call("toString").String()
}

// typed reports whether a key writes something, or begins to.
func typed(e app.Event) bool {
	key := e.Get("key").String()
	switch {
	case composing(e), key == "Dead", key == "Process", key == "Unidentified":
		return true
	case !printable(key):
		return false
	case altGraph(e):
		return true
	case e.Get("ctrlKey").Bool(), e.Get("metaKey").Bool():
		return false
	}
	return !e.Get("altKey").Bool() || key[0] >= utf8.RuneSelf // Option writes signs on a Mac
}

// printable reports whether the name of a key is what it writes.
func printable(key string) bool {
	return len(key) == 1 || key != "" && key[0] >= utf8.RuneSelf
}

// pastes reports whether a key pastes.
func pastes(e app.Event) bool {
	key := e.Get("key").String()
	if key == "Insert" {
		return e.Get("shiftKey").Bool()
	}
	return (e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()) && !e.Get("altKey").Bool() &&
		(key == "v" || key == "V" || e.Get("code").String() == "KeyV")
}

func altGraph(e app.Event) bool {
	return e.Get("getModifierState").Truthy() && e.Call("getModifierState", "AltGraph").Bool()
}

// commandKey gives the key, in lower case, by which a command goes: that of the
// character, or, where no command has that, of the key's place on a Latin keyboard.
// code is that place.
func commandKey(key, code string, shift bool) string {
	key = strings.ToLower(key)
	if _, known := actionKeys[key]; known || !printable(key) {
		return key
	}
	switch {
	case code == "KeyR":
		return "r"
	case code == "KeyE":
		return "e"
	case code == "Slash" && key[0] >= utf8.RuneSelf && shift:
		return "?"
	case code == "Slash" && key[0] >= utf8.RuneSelf:
		return "/"
	}
	return key
}

// forComposer reports whether a key belongs to the composer, although the focus is on
// something else: after a pointer was used, all that writes; keys that paste always.
func (l *log) forComposer(e app.Event) bool {
	target := e.Get("target")
	if !target.Truthy() || target.Call("closest", heldBySelector).Truthy() {
		return false
	}
	key, inLog := e.Get("key").String(), target.Call("closest", ".hallway-log").Truthy()
	switch {
	case inLog && pastes(e):
		return true
	case !l.byPointer():
		return false
	case key == " ":
		return inLog && !taken(e) && !target.Call("matches", "button").Truthy() // which it presses
	case key == "Backspace", key == "Delete":
		return inLog && !taken(e)
	}
	return typed(e)
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
