package composer

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/log"
	"hallway/component/view/text"
	"hallway/protocol"
)

// Keys says which keys send.
type Keys struct {
	// EnterBreaks makes Enter break the line and Shift+Enter send. Without it, Enter sends and Shift+Enter breaks the
	// line.
	EnterBreaks bool
	// Touch means that the user writes with an on-screen keyboard. Shift is then ignored, because such a
	// keyboard sets it by itself at the beginning of a sentence.
	Touch bool
}

// send reports whether Enter sends, with or without Shift.
func (k Keys) send(shift bool) bool {
	if k.Touch {
		return !k.EnterBreaks
	}
	return shift == k.EnterBreaks
}

// everyone asks the user to confirm a message to everybody.
type everyone struct {
	asking bool // the relay was asked for the number of people
	given  bool // the user has confirmed the text in the field
}

// told reports whether the relay has answered with the number of people.
func (e *everyone) told(was, answer *client.People) bool {
	if !e.asking || was == answer || answer == nil || !answer.Here || answer.Of != (client.AskPeople{}) {
		return false
	}
	e.asking = false
	return true
}

// wait returns the text of the send button during a countdown, or "". An edit never waits.
func (c *Composer) wait() string {
	if c.mode.editing != "" {
		return ""
	}
	return c.Status.Wait()
}

// onKeyDown handles the keys in the field. Enter or Shift+Enter sends. Up in an empty field edits the user's last
// message. Escape ends an edit or an answer, and removes the note.
func (c *Composer) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	empty := c.field.value() == ""
	switch key := dom.Key(e); {
	case dom.Composing(e), c.picker.key(e, key):
	case !dom.HasModifierOrShift(e) && c.Log.WalkOn(key, empty):
		e.PreventDefault()
	case key == "Escape":
		if c.Status.HasNote() || c.mode.on() {
			e.PreventDefault() // a dialog around the chat stays open
		}
		c.Status.SetNote("")
		c.mode.cancel()
	case key == "ArrowUp" && !dom.HasModifierOrShift(e) && c.mode.editing == "" && empty:
		if m := lastOwn(c.Snap); m != nil {
			e.PreventDefault()
			c.Edit(m.ID)
		}
	case key != "Enter":
	case c.keys.send(e.Get("shiftKey").Bool()) || e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool():
		e.PreventDefault()
		c.submit()
	}
}

func (c *Composer) onSend(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.submit()
	c.Focus()
}

func (c *Composer) onInput(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.Log.Typed()
	c.changed()
	c.picker.look()
	if !c.Status.CanUndo() {
		c.Status.SetNote("")
	}
	if c.mode.editing == "" && !protocol.Blank(c.field.value()) {
		c.Do(client.Typed{})
	}
}

// changed updates mentions, lines, draft and counter after the text has changed.
func (c *Composer) changed() {
	c.field.follow()
	c.field.fit()
	c.draft.keep()
	if c.field.measure() {
		c.update()
	}
}

// submit sends the text and the files, and empties the field if that succeeds.
func (c *Composer) submit() {
	written, list := protocol.CleanMentions(c.field.value(), c.field.mentions)
	switch {
	case !c.Snap.ComposerOpen, c.wait() != "":
		return
	case c.mode.editing != "":
		c.submitEdit(written, list)
		return
	}
	files := c.files.ready()
	if protocol.Blank(written) {
		if len(files) == 0 {
			return
		}
		written, list = "", nil
	} else if code, why := protocol.CheckText(written, c.Snap.TextBytesMax); code != "" {
		c.Status.SetNote(c.text.Refusal(code, why, ""))
		return
	}
	if c.mustConfirm(list) {
		return
	}
	if err := c.Send(written, c.mode.replyTo, list, files); err != nil {
		c.Status.SetNote(text.Because(c.text.Say(text.NotSent), c.text.Say(text.NotNow)))
		return
	}
	if c.mode.on() {
		c.mode.mode = mode{}
		c.update()
	}
	c.field.input.Set("value", "")
	c.changed()
	c.Status.SetNote("")
	c.Log.ToEnd()
}

// submitEdit sends the new text of the edited message.
func (c *Composer) submitEdit(written string, list []protocol.Mention) {
	if protocol.Blank(written) {
		c.Status.SetNote(c.text.Say(text.EditEmpty))
		return
	}
	m := &c.mode
	if written != m.was || !slices.Equal(list, m.wasMentions) {
		if code, why := protocol.CheckText(written, c.Snap.TextBytesMax); code != "" {
			c.Status.SetNote(c.text.Refusal(code, why, ""))
			return
		}
		if !protocol.MentionsAll(m.wasMentions) && c.mustConfirm(list) {
			return
		}
		m.sent = sentEdit{id: m.editing, text: written, mentions: list}
		if own := log.Message(c.Snap, m.editing); own != nil {
			m.sent.was = own.Text
		}
		c.Do(client.EditText{ID: m.editing, Text: written, Mentions: list})
	}
	c.Status.SetNote("")
	m.cancel()
}

// mustConfirm reports whether the user must first confirm a mention of everybody. If so, it asks the relay for the
// number of people.
func (c *Composer) mustConfirm(list []protocol.Mention) bool {
	if !protocol.MentionsAll(list) || c.everyone.given {
		c.everyone.given = false
		return false
	}
	c.everyone.asking = true
	c.Do(client.AskPeople{})
	return true
}

// SendToEveryone sends a message that mentions everybody, after the user has confirmed it.
func (c *Composer) SendToEveryone() {
	c.everyone.given = true
	c.submit()
}
