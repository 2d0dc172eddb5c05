package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/protocol"
)

// writingOf says who else is writing.
func writingOf(typing []protocol.User, t *texts) []piece {
	switch len(typing) {
	case 0:
		return nil
	case 1:
		return t.around(wordTyping, t.nameOf(typing[0]), "")
	case 2:
		return t.around(wordTypingTwo, t.nameOf(typing[0]), t.nameOf(typing[1]))
	}
	return t.around(wordTypingMany, "", "")
}

// peopleOf says how many are in the room; "" while that is not known.
func peopleOf(s *client.Snapshot, t *texts) string {
	if s.Status != client.StatusLive || s.Members == 0 {
		return ""
	}
	return t.count(wordPeople, int(s.Members))
}

// typingUI is who else is writing, in a line that is always there. It is not read
// out as it comes and goes: that would be all the time.
func (c *Chat) typingUI() app.UI {
	return app.Span().Class("hallway-typing").Attr("part", "typing").Body(piecesUI(writingOf(c.snap.Typing, c.text)))
}
