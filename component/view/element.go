package view

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// spanTags are the elements that show spans.
var spanTags = map[spanKind]string{
	spanBold: "strong", spanItalic: "em", spanCode: "code", spanBlock: "pre", spanLink: "a",
}

// fillSpans makes spans the content of an element.
func fillSpans(parent app.Value, spans []span) {
	if len(spans) == 1 && spans[0].kind == spanText {
		parent.Set("textContent", spans[0].text)
		return
	}
	parent.Call("replaceChildren")
	for _, s := range spans {
		if s.kind == spanText {
			parent.Call("append", s.text)
			continue
		}
		e := element(spanTags[s.kind], "")
		switch s.kind {
		case spanBold, spanItalic:
			fillSpans(e, s.in)
		case spanLink:
			e.Set("href", s.href)
			e.Set("rel", "noopener noreferrer nofollow")
			e.Set("target", "_blank")
			e.Set("dir", "ltr")
			before, host, after := hostIn(s.text)
			if host != "" { // else it could change places with the path
				name := element("bdi", "")
				name.Set("textContent", host)
				e.Call("append", before, name, after)
			} else {
				e.Set("textContent", s.text)
			}
		default:
			e.Set("dir", "ltr")
			if s.head != "" {
				head := element("span", "hallway-code-name")
				head.Set("textContent", s.head+"\n")
				e.Call("append", head)
			}
			e.Call("append", s.text)
		}
		parent.Call("append", e)
	}
}

// button makes a button. Its clicks are heard by what it is in.
func button(does action, text string) app.Value {
	b := element("button", "hallway-"+string(does))
	b.Set("type", "button")
	b.Set("textContent", text)
	b.Get("dataset").Set("action", string(does))
	return b
}

// iconButton makes a button that shows an icon and says its action's word.
func iconButton(does action, t *texts) app.Value {
	b := button(does, "")
	name := t.say(actionWords[does])
	setAttribute(b, "aria-label", name)
	b.Set("title", name)
	b.Call("append", icon(does))
	return b
}

func element(tag, class string) app.Value {
	e := app.Window().Get("document").Call("createElement", tag)
	if class != "" {
		e.Set("className", class)
	}
	return e
}

// bidi makes a <span> of what people wrote, in the direction of its own language.
func bidi(class, text string) app.Value {
	e := element("span", class)
	e.Set("dir", "auto")
	e.Set("textContent", text)
	return e
}

// hidden makes a <span> that only assistive technology meets.
func hidden(text string) app.Value {
	e := element("span", "hallway-hidden")
	e.Set("textContent", text)
	return e
}

func setAttribute(e app.Value, name, value string) { e.Call("setAttribute", name, value) }

// placeOf gives the place of an element among others, or their number.
func placeOf(e, all app.Value) (at int) {
	for n := all.Length(); at < n && !all.Index(at).Equal(e); {
		at++
	}
	return at
}

// removed takes an element, if any, out of the document.
func removed(e app.Value) app.Value {
	if e != nil {
		e.Call("remove")
	}
	return nil
}

// setFlag sets a data attribute that is either there or not.
func setFlag(data app.Value, name string, was, on bool) {
	switch {
	case on:
		data.Set(name, "")
	case was:
		data.Delete(name)
	}
}

// box is where an element is in another, in CSS pixels.
type box struct{ top, bottom, left, right float64 }

// boxIn gives the place of an element in one around it, in CSS pixels of its own: a
// zoom or a transform further out does not count.
func boxIn(e, outer app.Value) box {
	width, height := extentOf(e)
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
	return box{top: top, bottom: top + height, left: left, right: left + width}
}

func extentOf(e app.Value) (width, height float64) {
	return e.Get("offsetWidth").Float(), e.Get("offsetHeight").Float()
}
