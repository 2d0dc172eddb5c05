package dom

import "github.com/maxence-charriere/go-app/v10/pkg/app"

func New(tag, class string) app.Value {
	e := app.Window().Get("document").Call("createElement", tag)
	if class != "" {
		e.Set("className", class)
	}
	return e
}

// Bidi makes a <span> of what people wrote, in the direction of its own language.
func Bidi(class, text string) app.Value {
	e := New("span", class)
	e.Set("dir", "auto")
	e.Set("textContent", text)
	return e
}

// Hidden makes a <span> that only assistive technology meets.
func Hidden(text string) app.Value {
	e := New("span", "hallway-hidden")
	e.Set("textContent", text)
	return e
}

func SetAttribute(e app.Value, name, value string) { e.Call("setAttribute", name, value) }

// IndexOf gives the place of an element among others, or their number.
func IndexOf(e, all app.Value) (at int) {
	for n := all.Length(); at < n && !all.Index(at).Equal(e); {
		at++
	}
	return at
}

// Remove takes an element, if any, out of the document.
func Remove(e app.Value) app.Value {
	if e != nil {
		e.Call("remove")
	}
	return nil
}

// SetFlag sets a data attribute that is either there or not.
func SetFlag(data app.Value, name string, was, on bool) {
	switch {
	case on:
		data.Set(name, "")
	case was:
		data.Delete(name)
	}
}

// box is where an element is in another, in CSS pixels.
type box struct{ Top, Bottom, Left, Right float64 }

// BoxIn gives the place of an element in one around it, in CSS pixels of its own: a
// zoom or a transform further out does not count.
func BoxIn(e, outer app.Value) box {
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
	return box{Top: top, Bottom: top + height, Left: left, Right: left + width}
}

func Extent(e app.Value) (width, height float64) {
	return e.Get("offsetWidth").Float(), e.Get("offsetHeight").Float()
}

func Top(element app.Value) float64 {
	return element.Call("getBoundingClientRect").Get("top").Float()
}

// Clipboard is missing where the page is not served securely.
func Clipboard() app.Value { return app.Window().Get("navigator").Get("clipboard") }
