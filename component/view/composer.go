package view

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/log"
	"hallway/component/view/markup"
	"hallway/component/view/media"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// rowsMax bounds the lines that the composer grows to; chat.css has the same number.
	rowsMax = 8
	// counterPart decides when the counter shows: when less than this part of the bytes is left.
	counterPart = 10
)

// composer is where people write. The text is the textarea's own; go-app does not know it.
type composer struct {
	*shared
	log      *log.Log
	status   *status
	input    app.Value // nil while not mounted
	mode     mode
	sentEdit sentEdit
	draft    draft
	mentions mentions
	strip    *media.Box
	shelf    *media.Shelf
	// describe asks for the alternative text of a picture in the strip.
	describe func(f *client.Attachment)
	dropping bool // files are dragged over the chat
	// What became of files, and which was refused, for assistive technology.
	says, refused string
	// askEveryone asks the user to confirm a message to so many people.
	askEveryone func(people int, yes func())
	left        string // how much may still be written, when that is little
	tooLong     bool
	hadFocus    bool // when the composer was closed
}

// ui draws the composer. It is no <form>: nothing may be submitted to the host page, not even after
// the chat has crashed.
func (c *composer) ui() app.UI {
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
	wait := c.wait()
	active := ""
	if c.mentions.open && len(c.mentions.people) > 0 {
		active = "hallway-person-" + strconv.Itoa(c.mentions.chosen)
	}
	name := ""
	if wait != "" {
		name = "hallway-hidden"
	}
	return app.Div().Class("hallway-composer").Attr("part", "composer").Body(
		c.modeUI(),
		c.peopleUI(),
		c.stripUI(),
		app.Div().Class("hallway-write").Body(
			app.Textarea().Class("hallway-input").Attr("part", "input").Rows(1).Attr("dir", "auto").
				Aria("label", c.text.Say(text.Message)).Placeholder(cmp.Or(placeholder, c.text.Say(text.Placeholder))).
				Aria("describedby", "hallway-mode hallway-counter").Attr("enterkeyhint", hint).
				Aria("autocomplete", "list").Aria("haspopup", "listbox").Aria("controls", "hallway-people").
				Aria("activedescendant", active).
				Disabled(!open).Aria("disabled", !open).
				OnKeyDown(c.onKeyDown).OnInput(c.onInput).OnPaste(c.onPaste).
				OnKeyUp(c.onCaret).OnClick(c.onCaret).OnBlur(c.onBlur),
			c.attachUI(action.Attach), // behind the input: from there Shift+Tab goes to the log,
			c.attachUI(action.Camera),
			app.Button().Class("hallway-send").Attr("part", "send").Type("button").
				Disabled(!open || wait != "").Aria("disabled", !open || wait != "").OnClick(c.onSend).Body(
				app.Span().Class(name).Text(c.text.Say(text.Send)),
				app.Span().Class("hallway-wait").Aria("hidden", true).Text(wait),
			),
		),
		app.Div().Class("hallway-foot").Body(
			// It is not a live region: it would be read out all the time.
			app.Span().Class("hallway-typing").Attr("part", "typing").Body(piecesUI(writingOf(c.snap.Typing, c.text))),
			app.Span().ID("hallway-counter").Class(counter).Text(c.left),
		),
	)
}

// wait returns the time until the user may send, as the button shows it, or "". An edit never waits.
func (c *composer) wait() string {
	if c.mode.editing != "" {
		return ""
	}
	return c.status.line.wait
}

//go:noinline
func (c *composer) value() string { return c.input.Get("value").String() }

// onKeyDown sends with Enter or, if the settings say so, with Shift+Enter. Up edits the last own
// message while nothing is written. Escape ends an edit or an answer, and takes the note away.
func (c *composer) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	empty := c.value() == ""
	switch key := dom.Key(e); {
	case dom.Composing(e), c.peopleKey(ctx, e, key):
	case !dom.HasModifierOrShift(e) && c.log.WalkOn(key, empty):
		e.PreventDefault()
	case key == "Escape":
		if c.status.note != "" || c.mode.on() {
			e.PreventDefault() // a dialog around the chat stays open
		}
		c.status.setNote(ctx, "")
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

func (c *composer) onSend(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.submit(ctx)
	c.focus()
}

func (c *composer) onInput(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.log.Typed()
	c.changed(ctx)
	c.look(ctx)
	if !c.status.canUndo() {
		c.status.setNote(ctx, "")
	}
	if c.mode.editing == "" && !protocol.Blank(c.value()) {
		c.props.Do(client.Typed{})
	}
}

// submit sends what is written, and empties the field if it was taken.
func (c *composer) submit(ctx app.Context) {
	written, list := protocol.CleanMentions(c.value(), c.mentions.list)
	switch {
	case !c.snap.ComposerOpen, c.wait() != "":
		return
	case c.mode.editing != "":
		c.submitEdit(ctx, written, list)
		return
	}
	files := c.ready()
	if protocol.Blank(written) {
		if len(files) == 0 {
			return
		}
		written, list = "", nil
	} else if code, why := protocol.CheckText(written, c.snap.TextBytesMax); code != "" {
		c.status.setNote(ctx, c.text.Refusal(code, why, ""))
		return
	}
	if c.mustConfirm(list) {
		return
	}
	if err := c.props.Send(written, c.mode.replyTo, list, files); err != nil {
		c.status.setNote(ctx, text.Because(c.text.Say(text.NotSent), c.text.Say(text.NotNow)))
		return
	}
	if c.mode.on() {
		c.mode = mode{}
		ctx.Update()
	}
	c.input.Set("value", "")
	c.changed(ctx)
	c.status.setNote(ctx, "")
	c.log.ToEnd()
}

// changed brings everything in line with a text that has changed.
func (c *composer) changed(ctx app.Context) {
	c.followText()
	c.fit()
	c.keepDraft()
	if c.measure() {
		ctx.Update()
	}
}

// write puts a text into the field.
func (c *composer) write(written string) {
	c.input.Set("value", written)
	c.mentions.list, c.mentions.of = nil, written
	c.fit()
	c.measure()
}

// measure finds how much may still be written, and reports whether that reads differently.
func (c *composer) measure() (changed bool) {
	if c.input == nil {
		return false
	}
	was, wasTooLong := c.left, c.tooLong
	c.left, c.tooLong = "", false
	left := c.snap.TextBytesMax - int64(len(c.value()))
	if c.snap.TextBytesMax > 0 && left <= c.snap.TextBytesMax/counterPart {
		c.left, c.tooLong = c.text.Count(text.Left, markup.LettersLeft(c.value(), int(left), dom.Graphemes)), left < 0
	}
	return c.left != was || c.tooLong != wasTooLong
}

// fit gives the field a line for each that is written. Where the browser does so by itself
// (field-sizing), this changes nothing.
func (c *composer) fit() {
	lines := 1 + strings.Count(c.value(), "\n")
	c.input.Set("rows", min(lines, rowsMax))
}

// focus puts the cursor into the field.
func (c *composer) focus() {
	if c.input != nil {
		dom.Focus(c.input)
	}
}

// keepFocus gives a composer that opens again the focus that it had when it was closed: a disabled
// field cannot keep it.
func (c *composer) keepFocus(ctx app.Context) {
	if !c.snap.ComposerOpen {
		c.hadFocus = c.input.Call("matches", ":focus").Bool()
		return
	}
	if c.hadFocus {
		ctx.Defer(func(app.Context) { c.focus() })
	}
}
