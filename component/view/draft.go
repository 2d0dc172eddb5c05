package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/log"
)

// draft says where the browser keeps an unsent text over a reload. It is not in the outbox's storage:
// it is one text, wanted at once, and no loss if somebody empties it.
type draft struct {
	key  string // "": it is not kept
	open bool   // the kept text is known
}

// openDraft asks for the kept text. The next user does not see what the last one wrote.
func (c *composer) openDraft(key string) {
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
		c.run(func(ctx app.Context) {
			c.takeDraft(key, stored)
			ctx.Update()
		})
		return nil
	})
	app.Window().Get("drafts").Call("open", key).Call("then", kept)
}

// takeDraft puts the kept text into the field, unless something was written there meanwhile.
func (c *composer) takeDraft(key string, stored app.Value) {
	if c.draft.key != key || c.input == nil {
		return
	}
	c.draft.open = true
	if c.value() != "" || c.mode.on() {
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
	c.mode = mode{
		replyTo: part("reply"), editing: part("edit"), before: part("before"),
		beforeMentions: mentionsFrom(part("beforeMentions")),
	}
	c.mode.answers = log.Message(&c.snap, c.mode.replyTo)
	c.writeWith(part("text"), mentionsFrom(part("mentions")))
	c.followMode() // the edited message may be gone
}

// keepDraft keeps the text, and what it becomes; nothing in an encrypted room, because it would lie there in the clear.
func (c *composer) keepDraft() {
	if c.draft.open && c.snap.Lock == nil {
		app.Window().Get("drafts").Call("keep", c.draft.key, map[string]any{
			"text": c.value(), "reply": c.mode.replyTo, "edit": c.mode.editing, "before": c.mode.before,
			"mentions": mentionsText(c.mentions.list), "beforeMentions": mentionsText(c.mode.beforeMentions),
		})
	}
}
