package view

import (
	"unicode/utf16"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// counterPart says when the counter shows: when less than one in so many bytes is
// left.
const counterPart = 10

// draft is what is written and not sent, kept over a reload by the scope's drafts. It
// is not in the outbox's storage: it is one text, wanted at once, and no loss if
// somebody empties it.
type draft struct {
	key  string // under which it is kept; "": nowhere
	open bool   // what was kept before is known
}

// KeepDraft says under which key what is written is kept over a reload: another one
// for each relay, room and user.
func (c *Chat) KeepDraft(key string) {
	c.mu.Lock()
	c.key = key
	c.mu.Unlock()
	c.do(func(ctx app.Context) {
		c.openDraft(key)
		ctx.Update()
	})
}

// openDraft asks for what was kept. What one user has written is not shown to the
// next.
func (c *Chat) openDraft(key string) {
	was := c.draft.key
	if key == was {
		return
	}
	c.draft = draft{key: key}
	if was != "" {
		c.mode = mode{}
		c.write("")
	}
	var kept app.Func
	kept = app.FuncOf(func(_ app.Value, args []app.Value) any {
		kept.Release()
		stored := args[0]
		c.do(func(ctx app.Context) {
			c.takeDraft(key, stored)
			ctx.Update()
		})
		return nil
	})
	app.Window().Get("drafts").Call("open", key).Call("then", kept)
}

// takeDraft puts what was kept into the composer, unless something was written there
// meanwhile.
func (c *Chat) takeDraft(key string, stored app.Value) {
	if c.draft.key != key || c.input == nil {
		return
	}
	c.draft.open = true
	if c.input.Get("value").String() != "" || c.mode.on() {
		c.keepDraft()
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
	c.mode = mode{replyTo: part("reply"), editing: part("edit"), before: part("before")}
	c.mode.answers = messageOf(&c.snap, c.mode.replyTo)
	c.write(part("text"))
	c.followMode() // the message that is edited may have gone meanwhile
}

// keepDraft keeps what is written, and what becomes of it.
func (c *Chat) keepDraft() {
	if c.draft.open {
		app.Window().Get("drafts").Call("keep", c.draft.key, map[string]any{
			"text": c.input.Get("value").String(), "reply": c.mode.replyTo,
			"edit": c.mode.editing, "before": c.mode.before,
		})
	}
}

// bytesBetween is the size, in UTF-8, of what lies between two places of a text that
// are counted as a browser does, in UTF-16.
func bytesBetween(text string, from, to int) int {
	size, at := 0, 0
	for _, r := range text {
		if at >= from && at < to {
			size += len(string(r))
		}
		at += utf16.RuneLen(r)
	}
	return size
}
