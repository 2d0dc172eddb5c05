package composer

import (
	"cmp"

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

// Host connects a composer to the chat around it. The composer calls its functions on the UI goroutine.
type Host struct {
	Snap  *client.Snapshot // the latest snapshot; the chat writes it
	Log   *log.Log
	Shelf *media.Shelf
	// Status shows the reason why an action failed.
	Status Status
	// Do hands an event to the client's core.
	Do func(client.Event)
	// Send queues a message. replyTo is the id of the answered message, or "".
	Send func(text, replyTo string, mentions []protocol.Mention, files []string) error
	// Attach puts a browser's File into the strip. width and height are 0 unless it is a picture.
	Attach func(file app.Value, width, height int64) error
	// Act opens the dialog of an action: to describe the attached file with an id, or to confirm a message to everybody.
	Act func(does action.Action, id string)
	// Run runs a function on the UI goroutine, while the chat is mounted.
	Run func(f func(app.Context))
}

// Status is the chat's status line.
type Status interface {
	// SetNote shows a note; "" removes it.
	SetNote(note string)
	// HasNote reports whether a note is shown.
	HasNote() bool
	// CanUndo reports whether the note offers to undo an act.
	CanUndo() bool
	// Wait returns the text of the send button during a countdown, or "".
	Wait() string
}

// shared holds the state that all parts of a composer read. Only the Composer writes it.
type shared struct {
	Host
	ctx  app.Context // the chat's context
	root app.Value   // the chat's root element; nil while not mounted
	text *text.Texts
	keys Keys
}

// update draws the composer again.
//
//go:noinline
func (s *shared) update() { s.ctx.Update() }

// Composer is the part of a chat in which users write. Call its methods on the UI goroutine.
type Composer struct {
	shared
	field    field
	mode     modes
	draft    draft
	picker   picker
	files    files
	everyone everyone
}

// Join connects a composer and its parts to a chat.
func (c *Composer) Join(h Host) {
	c.Host = h
	c.field.shared = &c.shared
	c.mode.shared, c.mode.field, c.mode.draft = &c.shared, &c.field, &c.draft
	c.draft.shared, c.draft.field, c.draft.mode = &c.shared, &c.field, &c.mode
	c.picker.shared, c.picker.field, c.picker.put = &c.shared, &c.field, c.put
	c.files.shared, c.files.field = &c.shared, &c.field
}

// Mount finds the composer's elements after the chat has come into the document.
func (c *Composer) Mount(ctx app.Context, root app.Value) {
	c.ctx, c.root = ctx, root
	c.field.input = dom.Find(root, ".hallway-input")
}

// Dismount forgets the composer's elements after the chat has left the document.
func (c *Composer) Dismount() {
	c.picker.stop()
	c.field.input, c.root = nil, nil
}

// Speak sets the language and the keys.
func (c *Composer) Speak(t *text.Texts, keys Keys) {
	c.text, c.keys = t, keys
	c.field.measure()
	c.files.makeStrip()
}

// Follow takes a new snapshot, and reports whether the composer must be drawn again.
func (c *Composer) Follow(was *client.Snapshot) bool {
	measured := was.TextBytesMax != c.Snap.TextBytesMax && c.field.measure()
	mode := c.mode.followRoom()
	people := c.picker.follow(was)
	if c.everyone.told(was.People, c.Snap.People) {
		c.Act(action.Everyone, "")
	}
	files := c.files.follow()
	return measured || mode || people || files || was.KnowsFiles != c.Snap.KnowsFiles
}

// Focus puts the cursor into the field.
func (c *Composer) Focus() { c.field.focus() }

// KeepFocus restores the focus of a composer that is enabled again. Call it whenever the composer is enabled or disabled.
func (c *Composer) KeepFocus() { c.field.keepFocus() }

// KeepDraft sets the key under which the unsent text is stored, and restores the stored text. With "" no text is stored.
func (c *Composer) KeepDraft(key string) { c.draft.open(key) }

// Reply makes the text an answer to a message.
func (c *Composer) Reply(id string) { c.mode.reply(id) }

// Edit starts to edit a message of the user.
func (c *Composer) Edit(id string) { c.mode.edit(id) }

// GiveBack puts the text of a refused edit back into the field, unless the field has another text by now.
func (c *Composer) GiveBack(id string) { c.mode.giveBack(id) }

// SetAbsent sets whether a user cannot be mentioned.
func (c *Composer) SetAbsent(user string, absent bool) {
	c.picker.setAbsent(user, absent)
	if c.picker.open {
		c.picker.find()
		c.update()
	}
}

// Listen adds handlers to the chat's root element, for files and texts that are pasted or dropped anywhere in the chat.
func (c *Composer) Listen(root app.HTMLElem) app.HTMLElem {
	return root.OnPaste(c.onPasteOutside).On("drop", c.files.onDrop).
		On("dragenter", c.files.onDragEnter).On("dragleave", c.files.onDragLeave)
}

// UI draws the composer. It is not a <form>, so that nothing is submitted to the host page, not even after
// the chat has crashed.
func (c *Composer) UI() app.UI {
	open := c.Snap.ComposerOpen
	hint := "send"
	if c.keys.EnterBreaks {
		hint = "enter"
	}
	counter := "hallway-counter"
	if c.field.tooLong {
		counter += " hallway-too-long"
	}
	placeholder, _ := c.text.Silenced(c.Snap)
	wait := c.wait()
	name := ""
	if wait != "" {
		name = "hallway-hidden"
	}
	return dom.UI("div", "hallway-composer").Attr("part", "composer").Body(
		c.mode.ui(),
		c.picker.ui(),
		c.files.ui(),
		dom.UI("div", "hallway-write").Body(
			dom.UI("textarea", "hallway-input").Attr("part", "input").Attr("rows", 1).Attr("dir", "auto").
				Aria("label", c.text.Say(text.Message)).Attr("placeholder", cmp.Or(placeholder, c.text.Say(text.Placeholder))).
				Aria("describedby", "hallway-mode hallway-counter").Attr("enterkeyhint", hint).
				Aria("autocomplete", "list").Aria("haspopup", "listbox").Aria("controls", "hallway-people").
				Aria("activedescendant", c.picker.active()).
				Attr("disabled", !open).Aria("disabled", !open).
				OnKeyDown(c.onKeyDown).OnInput(c.onInput).OnPaste(c.onPaste).
				OnKeyUp(c.picker.onCaret).OnClick(c.picker.onCaret).OnBlur(c.picker.onBlur),
			c.files.buttonUI(action.Attach), // after the input, so that Shift+Tab goes from the input to the log
			c.files.buttonUI(action.Camera),
			dom.UI("button", "hallway-send").Attr("part", "send").Attr("type", "button").
				Attr("disabled", !open || wait != "").Aria("disabled", !open || wait != "").OnClick(c.onSend).Body(
				dom.UI("span", name).Text(c.text.Say(text.Send)),
				dom.UI("span", "hallway-wait").Aria("hidden", true).Text(wait),
			),
		),
		dom.UI("div", "hallway-foot").Body(
			// It is not a live region, because it would be read out all the time.
			dom.UI("span", "hallway-typing").Attr("part", "typing").Body(dom.Pieces(writingOf(c.Snap.Typing, c.text))),
			dom.UI("span", counter).ID("hallway-counter").Text(c.field.left),
		),
	)
}

// DropUI draws the area that shows where files can be dropped, over the whole chat.
func (c *Composer) DropUI() app.UI {
	return dom.UI("div", "hallway-dropzone").Aria("hidden", true).Hidden(!c.files.dropping).Text(c.text.Say(text.DropHere))
}

// writingOf names the other users who are writing.
func writingOf(typing []protocol.User, t *text.Texts) []markup.Piece {
	switch len(typing) {
	case 0:
		return nil
	case 1:
		return t.Around(text.Typing, t.NameOf(typing[0]), "")
	case 2:
		return t.Around(text.TypingTwo, t.NameOf(typing[0]), t.NameOf(typing[1]))
	}
	return t.Around(text.TypingMany, "", "")
}
