package dom

import (
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// New returns a new element.
func New(tag, class string) app.Value {
	e := app.Window().Get("document").Call("createElement", tag)
	if class != "" {
		e.Set("className", class)
	}
	return e
}

// Text returns a new element with a text.
func Text(tag, class, text string) app.Value {
	e := New(tag, class)
	SetText(e, text)
	return e
}

// Bidi returns a <span> for a user's text, with the direction of the text.
func Bidi(class, text string) app.Value {
	e := Text("span", class, text)
	e.Set("dir", "auto")
	return e
}

// Hidden returns a <span> for assistive technology alone.
func Hidden(text string) app.Value { return Text("span", "hallway-hidden", text) }

// SetAttribute sets an attribute of an element.
func SetAttribute(e app.Value, name, value string) { e.Call("setAttribute", name, value) }

// SetText replaces the content of an element with a text.
func SetText(e app.Value, text string) { e.Set("textContent", text) }

// Append adds an element at the end of another.
func Append(parent, child app.Value) { parent.Call("append", child) }

// Find returns the first element inside another one that matches a selector, or null.
func Find(in app.Value, selector string) app.Value { return in.Call("querySelector", selector) }

// Closest returns the element or the nearest one around it that matches a selector, or null.
func Closest(e app.Value, selector string) app.Value { return e.Call("closest", selector) }

// Data returns a data attribute of an element, or "".
func Data(e app.Value, name string) string {
	if v := e.Get("dataset").Get(name); v.Truthy() {
		return v.String()
	}
	return ""
}

// SetData sets a data attribute of an element.
func SetData(e app.Value, name, value string) { e.Get("dataset").Set(name, value) }

// Active returns the element that has the focus.
func Active() app.Value { return app.Window().Get("document").Get("activeElement") }

// HasFocus reports whether an element, or one inside it, has the focus.
func HasFocus(e app.Value) bool {
	active := Active()
	return active.Truthy() && e.Call("contains", active).Bool()
}

// Focus moves the focus to an element, without scrolling.
func Focus(e app.Value) { e.Call("focus", map[string]any{"preventScroll": true}) }

// IndexOf returns the index of an element in a list, or the length of the list if it is not there.
func IndexOf(e, all app.Value) (at int) {
	for n := all.Length(); at < n && !all.Index(at).Equal(e); {
		at++
	}
	return at
}

// Remove removes an element, which may be nil, from the document, and returns nil.
func Remove(e app.Value) app.Value {
	if e != nil {
		e.Call("remove")
	}
	return nil
}

// SetFlag sets or deletes a data attribute without a value.
func SetFlag(data app.Value, name string, was, on bool) {
	switch {
	case on:
		data.Set(name, "")
	case was:
		data.Delete(name)
	}
}

// Box holds the bounds of an element inside another one, in CSS pixels.
type Box struct{ Top, Bottom, Left, Right float64 }

// BoxIn returns the bounds of an element inside an outer one, in CSS pixels of the outer one. A zoom or a
// transform around the outer one does not change the result.
func BoxIn(e, outer app.Value) Box {
	width, height := Extent(e)
	var left, top float64
	for at := e; at.Truthy() && !at.Equal(outer); {
		left += at.Get("offsetLeft").Float()
		top += at.Get("offsetTop").Float()
		parent := at.Get("offsetParent")
		for up := at.Get("parentElement"); up.Truthy() && !up.Equal(outer); up = up.Get("parentElement") {
			left -= up.Get("scrollLeft").Float()
			top -= up.Get("scrollTop").Float()
			if up.Equal(parent) {
				break
			}
		}
		at = parent
	}
	return Box{Top: top, Bottom: top + height, Left: left, Right: left + width}
}

// Extent returns the size of an element in CSS pixels.
func Extent(e app.Value) (width, height float64) {
	return e.Get("offsetWidth").Float(), e.Get("offsetHeight").Float()
}

// Top returns the distance of an element from the top of the page's view.
func Top(element app.Value) float64 {
	return element.Call("getBoundingClientRect").Get("top").Float()
}

// Clipboard returns the clipboard. It is undefined in an insecure context.
func Clipboard() app.Value { return app.Window().Get("navigator").Get("clipboard") }

// Graphemes returns the sizes in bytes of the graphemes of a text: an emoji, or a letter with its marks. Without
// Intl.Segmenter it returns the sizes of the characters.
func Graphemes(text string) (sizes []int) {
	segmenter := app.Window().Get("Intl").Get("Segmenter")
	if !segmenter.Truthy() {
		for _, r := range text {
			sizes = append(sizes, utf8.RuneLen(r))
		}
		return sizes
	}
	all := app.Window().Get("Array").Call("from", segmenter.New().Call("segment", text))
	for i := range all.Length() {
		sizes = append(sizes, len(all.Index(i).Get("segment").String()))
	}
	return sizes
}

// Face returns a user's picture over initials on a numbered colour. Assistive technology skips it, because the name is
// beside it.
func Face(class, initials string, colour int, picture string) app.Value {
	e := Text("span", "hallway-avatar"+class, initials)
	SetAttribute(e, "aria-hidden", "true")
	e.Get("dataset").Set("colour", colour)
	if picture != "" {
		Append(e, newPicture(picture))
	}
	return e
}

// newPicture returns a user's picture, which covers the initials after it has loaded.
func newPicture(url string) app.Value {
	e := New("img", "hallway-picture")
	for _, attribute := range [...][2]string{{"alt", ""}, {"loading", "lazy"}, {"decoding", "async"}, {"referrerpolicy", "no-referrer"}} {
		SetAttribute(e, attribute[0], attribute[1])
	}
	e.Set("src", url)
	return e
}
