package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// writingOf says who else is writing.
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

// peopleOf says how many are in the room; "" while that is not known.
func peopleOf(s *client.Snapshot, t *text.Texts) string {
	if s.Status != client.StatusLive || s.Members == 0 {
		return ""
	}
	return t.Count(text.People, int(s.Members))
}

// typingUI is who else is writing, in a line that is always there. It is not read
// out as it comes and goes: that would be all the time.
func (c *Chat) typingUI() app.UI {
	return app.Span().Class("hallway-typing").Attr("part", "typing").Body(piecesUI(writingOf(c.snap.Typing, c.text)))
}
