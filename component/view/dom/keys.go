package dom

import (
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Cell is a position in a grid with lines of different widths.
type Cell struct{ Line, At int }

// GridTarget returns the cell that a key moves to. widths has the number of cells in each line. Up and down wrap
// around.
func GridTarget(key string, from Cell, widths []int, rightToLeft bool) (to Cell, ok bool) {
	if len(widths) == 0 {
		return from, false
	}
	if rightToLeft {
		switch key {
		case "ArrowLeft":
			key = "ArrowRight"
		case "ArrowRight":
			key = "ArrowLeft"
		}
	}
	to = from
	switch last := len(widths) - 1; key {
	case "ArrowUp":
		to.Line = (from.Line + last) % len(widths)
	case "ArrowDown":
		to.Line = (from.Line + 1) % len(widths)
	case "ArrowLeft":
		to.At--
	case "ArrowRight":
		to.At++
	case "Home":
		to = Cell{0, 0}
	case "End":
		to = Cell{last, widths[last] - 1}
	default:
		return from, false
	}
	to.At = max(0, min(to.At, widths[to.Line]-1))
	return to, true
}

// ListTarget returns the row that a key moves to, from row at of n rows. page is the number of visible rows.
func ListTarget(key string, at, n, page int) (target int, ok bool) {
	switch key {
	case "ArrowUp":
		target = at - 1
	case "ArrowDown":
		target = at + 1
	case "PageUp":
		target = at - page
	case "PageDown":
		target = at + page
	case "Home":
		target = 0
	case "End":
		target = n - 1
	default:
		return at, false
	}
	return max(0, min(target, n-1)), n > 0
}

// HasModifierOrShift reports whether a key was pressed together with a modifier or Shift.
func HasModifierOrShift(e app.Event) bool { return HasModifier(e) || e.Get("shiftKey").Bool() }

// HasModifier reports whether a key was pressed together with a modifier other than Shift.
func HasModifier(e app.Event) bool {
	return e.Get("altKey").Bool() || e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() || altGraph(e)
}

// StaysIn reports whether an event is the focusout of a focus move inside of an element. A focusin follows.
func StaysIn(e app.Event, element app.Value) bool {
	if e.Get("type").String() != "focusout" {
		return false
	}
	to := e.Get("relatedTarget")
	return to.Truthy() && element.Call("contains", to).Bool()
}

// Key returns the name of an event's key, as in KeyboardEvent.
func Key(e app.Event) string { return e.Get("key").String() }

// Typed reports whether a key types a character, or begins to type one.
func Typed(e app.Event) bool {
	key := Key(e)
	switch {
	case Composing(e), key == "Dead", key == "Process", key == "Unidentified":
		return true
	case !Printable(key):
		return false
	case altGraph(e):
		return true
	case e.Get("ctrlKey").Bool(), e.Get("metaKey").Bool():
		return false
	}
	return !e.Get("altKey").Bool() || key[0] >= utf8.RuneSelf // on a Mac, Option types signs
}

// Printable reports whether the name of a key is the character that it types.
func Printable(key string) bool {
	return len(key) == 1 || key != "" && key[0] >= utf8.RuneSelf
}

// Pastes reports whether a key pastes.
func Pastes(e app.Event) bool {
	key := Key(e)
	if key == "Insert" {
		return e.Get("shiftKey").Bool()
	}
	return (e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()) && !e.Get("altKey").Bool() &&
		(key == "v" || key == "V" || e.Get("code").String() == "KeyV")
}

func altGraph(e app.Event) bool {
	return e.Get("getModifierState").Truthy() && e.Call("getModifierState", "AltGraph").Bool()
}

// Selection returns the selection of the document.
func Selection() app.Value { return app.Window().Get("document").Call("getSelection") }

// SelectedText returns the text that is selected in the chat.
func SelectedText() string {
	if s := Selection(); s.Truthy() {
		return s.Call("toString").String()
	}
	return ""
}

// Composing reports whether an input method uses a key. It checks keyCode, too, because isComposing may be false already.
func Composing(e app.Event) bool {
	return e.Get("isComposing").Bool() || e.Get("keyCode").Int() == keyCodeComposing
}

// keyCodeComposing is the keyCode of a key that an input method uses.
const keyCodeComposing = 229

// FieldSelector selects the elements that keep the keys typed in them.
const FieldSelector = "input, textarea, select, dialog, audio, video"
