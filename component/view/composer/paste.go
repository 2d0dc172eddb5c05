package composer

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// onPaste handles a paste into the field.
func (c *Composer) onPaste(ctx app.Context, e app.Event) {
	ctx.PreventUpdate() // once for an event: go-app counts
	c.paste(e)
}

// paste attaches files. It refuses a text that makes the message too long, because cutting it afterwards is tedious. From a
// picture with a text, as spreadsheets copy it, it takes the text.
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

// onPasteOutside takes a paste anywhere in the chat, unless another field takes it.
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

// transferred returns the text that was pasted or dropped, and reports whether files are with it.
func transferred(data app.Value) (says string, files bool) {
	if !data.Truthy() {
		return "", false
	}
	return data.Call("getData", "text/plain").String(), data.Get("types").Call("includes", "Files").Bool()
}
