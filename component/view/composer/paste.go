package composer

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// onPaste handles a paste into the field.
func (c *Composer) onPaste(ctx app.Context, e app.Event) {
	ctx.PreventUpdate() // only once for an event: go-app counts the calls
	c.paste(e)
}

// paste attaches pasted files. It refuses a text that makes the message too long, because the user would have to cut it. It
// takes the text if a picture comes with a text, as from a spreadsheet.
func (c *Composer) paste(e app.Event) {
	pasted, files := transferred(e.Get("clipboardData"))
	switch {
	case pasted == "" && files:
		e.PreventDefault()
		c.files.attach(e.Get("clipboardData").Get("files"))
	case !c.field.fits(pasted):
		e.PreventDefault()
		c.Status.SetNote(c.text.Say(text.PasteLong))
	case files:
		e.PreventDefault()
		c.insert(pasted)
	}
}

// onPasteOutside handles a paste anywhere in the chat, except in another field.
func (c *Composer) onPasteOutside(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	target := e.Get("target")
	if !target.Truthy() || dom.Closest(target, dom.FieldSelector).Truthy() || !c.Snap.ComposerOpen {
		return
	}
	c.paste(e)
	if pasted, _ := transferred(e.Get("clipboardData")); !e.Get("defaultPrevented").Bool() && pasted != "" {
		e.PreventDefault()
		c.insert(pasted)
	}
}

// transferred returns the pasted or dropped text. files says whether files came with it.
func transferred(data app.Value) (says string, files bool) {
	if !data.Truthy() {
		return "", false
	}
	return data.Call("getData", "text/plain").String(), data.Get("types").Call("includes", "Files").Bool()
}
