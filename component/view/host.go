package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// logHost is the chat around the log.
type logHost struct{ chat *Chat }

// Do hands an event to the client's core.
func (h *logHost) Do(ev client.Event) { h.chat.props.Do(ev) }

// FocusComposer puts the cursor into the composer.
func (h *logHost) FocusComposer() { h.chat.composer.focus() }

// Tell shows a note for a while.
func (h *logHost) Tell(note string) { h.chat.status.tell(note) }

// Scrolled closes the menu.
func (h *logHost) Scrolled() { h.chat.overlay.CloseMenu() }

// MenuOpen reports whether the menu is open.
func (h *logHost) MenuOpen() bool { return h.chat.overlay.MenuOpen() }

// ReturnsFocus reports whether a dialog gives the focus back.
func (h *logHost) ReturnsFocus() bool { return h.chat.overlay.ReturnsFocus() }

// Act carries out an action on a message, in the part of the chat that it belongs to.
func (h *logHost) Act(does action.Action, id string) {
	c := h.chat
	about, all := c.log.Offered(id)
	switch does {
	case action.Shortcuts, action.Menu, action.React, action.Delete, action.Report, action.Mute, action.Ban, action.Clear:
		c.overlay.Open(does, about, all)
	case action.Reply:
		c.composer.reply(id)
	case action.Edit:
		c.composer.edit(id)
	case action.Copy:
		h.copy(about.Text)
	case action.Pin, action.Unpin:
		c.props.Do(client.Pin{ID: id, On: does == action.Pin})
	}
}

// copy puts a text on the clipboard, and says so.
func (h *logHost) copy(copied string) {
	var done, failed app.Func
	end := func(note text.Word) app.Func {
		return app.FuncOf(func(app.Value, []app.Value) any {
			done.Release()
			failed.Release()
			if note != "" {
				h.Tell(h.chat.text.Say(note))
			}
			return nil
		})
	}
	done, failed = end(text.Copied), end("")
	dom.Clipboard().Call("writeText", copied).Call("then", done, failed)
}
