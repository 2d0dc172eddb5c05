package log

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The kinds of comparison of Range.compareBoundaryPoints.
const (
	startToStart = 0
	endToEnd     = 2
)

// onCopy puts the selected messages on the clipboard: the text of a single message, or a line for
// each of several messages, with its sender and time. It leaves out buttons, roles and texts for
// assistive technology.
func (l *Log) onCopy(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	selection, clipboard := app.Window().Get("document").Call("getSelection"), e.Get("clipboardData")
	if l.list == nil || !selection.Truthy() || !clipboard.Truthy() || selection.Get("rangeCount").Int() == 0 {
		return
	}
	selected := selection.Call("getRangeAt", 0)
	var texts, lines []string
	for i := range l.list.shown {
		node := l.list.nodes[l.list.shown[i].id]
		text := selectedIn(node.text, selected)
		if text == "" {
			continue
		}
		texts = append(texts, text)
		lines = append(lines, node.sender.Get("textContent").String()+", "+node.time.Get("textContent").String()+": "+text)
	}
	switch len(texts) {
	case 0:
		return
	case 1:
		lines = texts
	}
	e.PreventDefault()
	clipboard.Call("setData", "text/plain", strings.Join(lines, "\n"))
}

// selectedIn returns the selected part of an element's text, which may be empty. It puts a block of
// code on separate lines.
func selectedIn(element, selected app.Value) string {
	if !selected.Call("intersectsNode", element).Bool() {
		return ""
	}
	part := selected.Call("cloneRange")
	part.Call("selectNodeContents", element)
	if selected.Call("compareBoundaryPoints", startToStart, part).Int() > 0 {
		part.Call("setStart", selected.Get("startContainer"), selected.Get("startOffset"))
	}
	if selected.Call("compareBoundaryPoints", endToEnd, part).Int() < 0 {
		part.Call("setEnd", selected.Get("endContainer"), selected.Get("endOffset"))
	}
	copied := part.Call("cloneContents")
	blocks := copied.Call("querySelectorAll", "pre")
	for i := range blocks.Length() {
		blocks.Index(i).Call("before", "\n")
		blocks.Index(i).Call("after", "\n")
	}
	return strings.Trim(copied.Get("textContent").String(), "\n")
}
