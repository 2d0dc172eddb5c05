package composer

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/log"
)

// draft stores the unsent text in the browser, so that it survives a reload. It does not use the outbox's storage,
// because a draft is needed at once and can be lost without harm.
type draft struct {
	*shared
	field *field
	mode  *modes
	key   string // the key of the stored text; "": the text is not stored
	known bool   // the stored text was read
}

// open reads the text that is stored under a key. It empties the field first if that has another user's text.
func (d *draft) open(key string) {
	was := d.key
	if key == was {
		return
	}
	d.key, d.known = key, false
	if was != "" {
		d.mode.mode = mode{}
		d.field.write("", nil)
	}
	var kept app.Func
	kept = app.FuncOf(func(_ app.Value, args []app.Value) any {
		kept.Release()
		stored := args[0]
		d.Run(func(app.Context) {
			d.take(key, stored)
			d.update()
		})
		return nil
	})
	app.Window().Get("drafts").Call("open", key).Call("then", kept)
}

// take puts the stored text into the field, unless the user has written there meanwhile.
func (d *draft) take(key string, stored app.Value) {
	if d.key != key || d.field.input == nil {
		return
	}
	d.known = true
	if d.field.value() != "" || d.mode.on() {
		d.keep()
		return
	}
	if !stored.Truthy() {
		return
	}
	part := func(name string) string {
		if v := stored.Get(name); v.Truthy() {
			return v.String()
		}
		return ""
	}
	d.mode.mode = mode{
		replyTo: part("reply"), editing: part("edit"), before: part("before"),
		beforeMentions: mentionsFrom(part("beforeMentions")),
	}
	d.mode.answers = log.Message(d.Snap, d.mode.replyTo)
	d.field.write(part("text"), mentionsFrom(part("mentions")))
	d.mode.followRoom() // the edited message may be gone
}

// keep stores the text and its mode. In an encrypted room it stores nothing, because the storage is not encrypted.
func (d *draft) keep() {
	if d.known && d.Snap.Lock == nil {
		app.Window().Get("drafts").Call("keep", d.key, map[string]any{
			"text": d.field.value(), "reply": d.mode.replyTo, "edit": d.mode.editing, "before": d.mode.before,
			"mentions": mentionsText(d.field.mentions), "beforeMentions": mentionsText(d.mode.beforeMentions),
		})
	}
}
