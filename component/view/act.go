package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// act carries out an action on a message, an attached file or the room, or hands it to the part that does.
func (c *Chat) act(does action.Action, id string) {
	about, all := c.log.Offered(id)
	switch does {
	case action.Shortcuts, action.Menu, action.React, action.Reactors, action.Profile, action.Delete, action.Report, action.Mute, action.Ban, action.Clear:
		c.overlay.Open(does, about, all)
	case action.Describe:
		c.overlay.Open(does, &action.Target{ID: id}, nil)
	case action.Everyone:
		c.overlay.Open(does, nil, nil)
	case action.Reply:
		c.composer.Reply(id)
	case action.Edit:
		c.composer.Edit(id)
	case action.Copy:
		c.copy(about.Text)
	case action.Pin, action.Unpin:
		c.props.Do(client.Pin{ID: id, On: does == action.Pin})
	}
}

// chosen hands an action from a dialog to the composer.
func (c *Chat) chosen(does action.Action, about *action.Target) {
	switch does {
	case action.Mention:
		c.composer.Mention(protocol.User{ID: about.SenderID, Name: about.Sender})
	case action.Everyone:
		c.composer.SendToEveryone()
	}
}

// copy puts a text on the clipboard, and shows a note.
func (c *Chat) copy(copied string) {
	var done, failed app.Func
	end := func(note text.Word) app.Func {
		return app.FuncOf(func(app.Value, []app.Value) any {
			done.Release()
			failed.Release()
			if note != "" {
				c.status.tell(c.text.Say(note))
			}
			return nil
		})
	}
	done, failed = end(text.Copied), end("")
	dom.Clipboard().Call("writeText", copied).Call("then", done, failed)
}
