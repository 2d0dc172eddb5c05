package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/protocol"
)

// rowsMax is how many lines the composer shows where the browser does not let it
// grow by itself (field-sizing).
const rowsMax = 6

// keyCodeComposing is the keyCode of a key that an input method has taken.
const keyCodeComposing = 229

// composerUI is the line in which people write. It is no <form>: nothing may be
// submitted to the host page, not even if the chat has crashed. The text is the
// textarea's own; go-app does not know it.
func (c *Chat) composerUI() app.UI {
	open := c.snap.ComposerOpen
	return app.Div().Class("hallway-composer").Body(
		app.Textarea().Class("hallway-input").Attr("part", "input").Rows(1).Attr("dir", "auto").
			Aria("label", c.text.message).Placeholder(c.text.placeholder).
			Disabled(!open).Aria("disabled", !open).
			OnKeyDown(c.onKeyDown).OnInput(c.onInput),
		app.Button().Class("hallway-send").Attr("part", "send").Type("button").
			Disabled(!open).Aria("disabled", !open).
			Text(c.text.send).OnClick(c.onSend),
	)
}

// onKeyDown sends on Enter, but not on one that belongs to an input method
// (keyCode tells it where isComposing is false already).
func (c *Chat) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if e.Get("key").String() != "Enter" || e.Get("shiftKey").Bool() ||
		e.Get("isComposing").Bool() || e.Get("keyCode").Int() == keyCodeComposing {
		return
	}
	e.PreventDefault()
	c.submit(ctx)
}

func (c *Chat) onSend(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.submit(ctx)
	c.focusInput()
}

func (c *Chat) onInput(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.fitInput()
	c.setNote(ctx, "")
}

// submit hands over what is written, and clears it unless it was not taken.
func (c *Chat) submit(ctx app.Context) {
	text := c.input.Get("value").String()
	if strings.TrimSpace(text) == "" || !c.snap.ComposerOpen {
		return
	}
	if code, why := protocol.CheckText(text, c.snap.TextBytesMax); code != "" {
		c.setNote(ctx, c.text.refusal(code, why))
		return
	}
	if err := c.props.OnSend(text); err != nil {
		c.setNote(ctx, because(c.text.notSent, err.Error()))
		return
	}
	c.input.Set("value", "")
	c.fitInput()
	c.setNote(ctx, "")
	c.log.toEnd()
}

func (c *Chat) fitInput() {
	lines := 1 + strings.Count(c.input.Get("value").String(), "\n")
	c.input.Set("rows", min(lines, rowsMax))
}

func (c *Chat) focusInput() {
	c.input.Call("focus", map[string]any{"preventScroll": true})
}
