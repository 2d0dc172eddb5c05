package view

import (
	"unicode/utf16"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// onPaste hears a paste into the field.
func (c *composer) onPaste(ctx app.Context, e app.Event) {
	ctx.PreventUpdate() // once for an event: go-app counts
	c.paste(ctx, e)
}

// paste attaches files. It refuses a text that makes the message too long, so that people need not cut it afterwards. Of a
// picture that has a text, as from a spreadsheet, it takes the text.
func (c *composer) paste(ctx app.Context, e app.Event) {
	pasted, files := transferred(e.Get("clipboardData"))
	switch {
	case pasted == "" && files:
		e.PreventDefault()
		c.attach(ctx, e.Get("clipboardData").Get("files"))
	case !c.fits(pasted):
		e.PreventDefault()
		c.status.setNote(ctx, c.text.Say(text.PasteLong))
	case files:
		e.PreventDefault()
		c.insert(ctx, pasted)
	}
}

// onPasteOutside hears a paste anywhere in the chat. The composer takes it, unless another field does.
func (c *composer) onPasteOutside(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	target := e.Get("target")
	if !target.Truthy() || target.Call("closest", dom.FieldSelector).Truthy() || !c.snap.ComposerOpen {
		return
	}
	c.paste(ctx, e)
	if pasted, _ := transferred(e.Get("clipboardData")); !e.Get("defaultPrevented").Bool() && pasted != "" {
		e.PreventDefault()
		c.insert(ctx, pasted)
	}
}

// onDrop attaches files. Text that is dropped into the field is the browser's.
func (c *composer) onDrop(ctx app.Context, e app.Event) {
	c.dropping = false
	if _, files := transferred(e.Get("dataTransfer")); files {
		c.attach(ctx, e.Get("dataTransfer").Get("files"))
		c.focus()
	}
}

// onDragEnter shows where files can be dropped, which is anywhere in the chat.
func (c *composer) onDragEnter(ctx app.Context, e app.Event) {
	if _, files := transferred(e.Get("dataTransfer")); !files || c.dropping || !c.mayAttach() {
		ctx.PreventUpdate()
		return
	}
	c.dropping = true
}

// onDragLeave hears that files are dragged away. What shows where to drop them covers the chat, so that
// they leave it last.
func (c *composer) onDragLeave(ctx app.Context, e app.Event) {
	if target := e.Get("target"); !c.dropping || !target.Call("matches", ".hallway-dropzone").Bool() {
		ctx.PreventUpdate()
		return
	}
	c.dropping = false
}

// transferred returns the text that was pasted or dropped, and reports whether files are with it.
func transferred(data app.Value) (says string, files bool) {
	if !data.Truthy() {
		return "", false
	}
	return data.Call("getData", "text/plain").String(), data.Get("types").Call("includes", "Files").Bool()
}

// fits reports whether the message is short enough with a text in the place of the selected one.
func (c *composer) fits(pasted string) bool {
	written := c.value()
	selected := bytesBetween(written, c.input.Get("selectionStart").Int(), c.input.Get("selectionEnd").Int())
	return c.snap.TextBytesMax == 0 || int64(len(written)-selected+len(pasted)) <= c.snap.TextBytesMax
}

// insert writes a text into the field as if it were typed there.
func (c *composer) insert(ctx app.Context, pasted string) {
	c.focus()
	if !app.Window().Get("document").Call("insertText", pasted).Bool() {
		c.input.Call("setRangeText", pasted, c.input.Get("selectionStart"), c.input.Get("selectionEnd"), "end")
		c.changed(ctx)
	}
}

// bytesBetween returns the size, in UTF-8, of the text between two places that are counted as a
// browser does, in UTF-16.
func bytesBetween(s string, from, to int) int {
	size, at := 0, 0
	for _, r := range s {
		if at >= from && at < to {
			size += len(string(r))
		}
		at += utf16.RuneLen(r)
	}
	return size
}
