package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// onPaste hears what is pasted into the composer.
func (c *Chat) onPaste(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	c.paste(ctx, e)
}

// paste refuses what makes the text longer than a message may be: better than to let
// people cut it afterwards. Of a picture that has a text, as from a spreadsheet, it
// takes the text.
func (c *Chat) paste(ctx app.Context, e app.Event) {
	pasted, files := transferred(e.Get("clipboardData"))
	switch {
	case pasted == "" && files:
		e.PreventDefault()
		c.setNote(ctx, c.text.Say(text.NoFiles))
	case !c.fits(pasted):
		e.PreventDefault()
		c.setNote(ctx, c.text.Say(text.PasteLong))
	case files:
		e.PreventDefault()
		c.insert(ctx, pasted)
	}
}

// onPasteOutside hears what is pasted anywhere in the chat. Where no field takes it,
// the composer does.
func (c *Chat) onPasteOutside(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	target := e.Get("target")
	if !target.Truthy() || target.Call("closest", dom.FieldSelector).Truthy() || !c.snap.ComposerOpen {
		return
	}
	c.paste(ctx, e)
	if text, _ := transferred(e.Get("clipboardData")); !e.Get("defaultPrevented").Bool() && text != "" {
		e.PreventDefault()
		c.insert(ctx, text)
	}
}

// onDrop tells that files cannot be sent. Text that is dropped into the composer is
// the browser's.
func (c *Chat) onDrop(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if _, files := transferred(e.Get("dataTransfer")); files {
		c.setNote(ctx, c.text.Say(text.NoFiles))
	}
}

// transferred gives the text that was pasted or dropped, and reports whether there
// are files with it.
func transferred(data app.Value) (text string, files bool) {
	if !data.Truthy() {
		return "", false
	}
	return data.Call("getData", "text/plain").String(), data.Get("types").Call("includes", "Files").Bool()
}

// fits reports whether the text in the composer is no longer than a message may be,
// with another in the place of what is selected.
func (c *Chat) fits(pasted string) bool {
	text := c.input.Get("value").String()
	selected := bytesBetween(text, c.input.Get("selectionStart").Int(), c.input.Get("selectionEnd").Int())
	return c.snap.TextBytesMax == 0 || int64(len(text)-selected+len(pasted)) <= c.snap.TextBytesMax
}

// insert writes a text into the composer as if it were typed there.
func (c *Chat) insert(ctx app.Context, text string) {
	c.focusInput()
	if !app.Window().Get("document").Call("insertText", text).Bool() {
		c.input.Call("setRangeText", text, c.input.Get("selectionStart"), c.input.Get("selectionEnd"), "end")
		c.written(ctx)
	}
}
