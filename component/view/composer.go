package view

import (
	"cmp"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// rowsMax is how many lines the composer grows to; chat.css knows it too.
const rowsMax = 8

// composerUI is where people write. It is no <form>: nothing may be submitted to the
// host page, not even if the chat has crashed. The text is the textarea's own;
// go-app does not know it.
func (c *Chat) composerUI() app.UI {
	open := c.snap.ComposerOpen
	hint := "send"
	if c.settings.EnterBreaks {
		hint = "enter"
	}
	counter := "hallway-counter"
	if c.tooLong {
		counter += " hallway-too-long"
	}
	placeholder, _ := c.text.Silenced(&c.snap)
	wait := c.waits()
	name := ""
	if wait != "" {
		name = "hallway-hidden"
	}
	return app.Div().Class("hallway-composer").Attr("part", "composer").Body(
		c.modeUI(),
		app.Div().Class("hallway-write").Body(
			app.Textarea().Class("hallway-input").Attr("part", "input").Rows(1).Attr("dir", "auto").
				Aria("label", c.text.Say(text.Message)).Placeholder(cmp.Or(placeholder, c.text.Say(text.Placeholder))).
				Aria("describedby", "hallway-mode hallway-counter").Attr("enterkeyhint", hint).
				Disabled(!open).Aria("disabled", !open).
				OnKeyDown(c.onKeyDown).OnInput(c.onInput).OnPaste(c.onPaste),
			app.Button().Class("hallway-send").Attr("part", "send").Type("button").
				Disabled(!open || wait != "").Aria("disabled", !open || wait != "").OnClick(c.onSend).Body(
				app.Span().Class(name).Text(c.text.Say(text.Send)),
				app.Span().Class("hallway-wait").Aria("hidden", true).Text(wait),
			),
		),
		app.Div().Class("hallway-foot").Body(
			c.typingUI(),
			app.Span().ID("hallway-counter").Class(counter).Text(c.left),
		),
	)
}

// waits is how long one must wait before one may send, as the button shows it; "": not at
// all. An edit never waits.
func (c *Chat) waits() string {
	if c.mode.editing != "" {
		return ""
	}
	return c.line.wait
}

// sends reports whether Enter sends, with Shift or without.
func (s *Settings) sends(shift bool) bool {
	if s.Touch {
		return !s.EnterBreaks
	}
	return shift == s.EnterBreaks
}

// onKeyDown sends on Enter or, where the settings say so, on Shift+Enter. Up begins to
// edit the last own message where nothing is written. Escape takes back an edit or an
// answer, and what the chat has said about the text.
func (c *Chat) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	empty := c.input.Get("value").String() == ""
	switch key := e.Get("key").String(); {
	case dom.Composing(e):
	case !dom.HasModifierOrShift(e) && c.log.walkOn(key, empty):
		e.PreventDefault()
	case key == "Escape":
		if c.note != "" || c.mode.on() {
			e.PreventDefault() // a dialog that the chat is in stays open
		}
		c.setNote(ctx, "")
		c.cancelMode()
	case key == "ArrowUp" && !dom.HasModifierOrShift(e) && c.mode.editing == "" && empty:
		if m := lastOwn(&c.snap); m != nil {
			e.PreventDefault()
			c.edit(m.ID)
		}
	case key != "Enter":
	case c.settings.sends(e.Get("shiftKey").Bool()) || e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool():
		e.PreventDefault()
		c.submit(ctx)
	}
}

func (c *Chat) onSend(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.submit(ctx)
	c.focusInput()
}

func (c *Chat) onInput(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.log.hand.at = ""
	c.written(ctx)
	if !c.canUndo() {
		c.setNote(ctx, "")
	}
	if c.mode.editing == "" && !protocol.Blank(c.input.Get("value").String()) {
		c.props.OnTyping()
	}
}

// submit hands over what is written, and clears it unless it was not taken.
func (c *Chat) submit(ctx app.Context) {
	written := protocol.CleanText(c.input.Get("value").String())
	switch {
	case !c.snap.ComposerOpen, c.waits() != "":
		return
	case c.mode.editing != "":
		c.submitEdit(ctx, written)
		return
	case protocol.Blank(written):
		return
	}
	if code, why := protocol.CheckText(written, c.snap.TextBytesMax); code != "" {
		c.setNote(ctx, c.text.Refusal(code, why, ""))
		return
	}
	if err := c.props.OnSend(written, c.mode.replyTo); err != nil {
		c.setNote(ctx, text.Because(c.text.Say(text.NotSent), c.text.Say(text.NotNow)))
		return
	}
	if c.mode.on() {
		c.mode = mode{}
		ctx.Update()
	}
	c.input.Set("value", "")
	c.written(ctx)
	c.setNote(ctx, "")
	c.log.toEnd()
}

// written brings all in line with the text.
func (c *Chat) written(ctx app.Context) {
	c.fitInput()
	c.keepDraft()
	if c.measure() {
		ctx.Update()
	}
}

// write puts a text into the composer.
func (c *Chat) write(text string) {
	c.input.Set("value", text)
	c.fitInput()
	c.measure()
}

// measure counts how much may still be written, and reports whether that reads
// differently.
func (c *Chat) measure() (changed bool) {
	if c.input == nil {
		return false
	}
	was, wasTooLong := c.left, c.tooLong
	c.left, c.tooLong = "", false
	left := c.snap.TextBytesMax - int64(len(c.input.Get("value").String()))
	if c.snap.TextBytesMax > 0 && left <= c.snap.TextBytesMax/counterPart {
		c.left, c.tooLong = c.text.Count(text.Left, markup.LettersLeft(c.input.Get("value").String(), int(left), dom.Graphemes)), left < 0
	}
	return c.left != was || c.tooLong != wasTooLong
}

// fitInput gives the input a line for each that is written. Where the browser does
// it by itself (field-sizing), this changes nothing.
func (c *Chat) fitInput() {
	lines := 1 + strings.Count(c.input.Get("value").String(), "\n")
	c.input.Set("rows", min(lines, rowsMax))
}

func (c *Chat) focusInput() {
	if c.input == nil {
		return
	}
	c.input.Call("focus", map[string]any{"preventScroll": true})
}
