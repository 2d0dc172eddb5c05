package view

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

// undoFor is how long an act can be taken back by a click.
const undoFor = 10 * time.Second

// actedWords say what was done to somebody.
var actedWords = map[protocol.Act]text.Word{
	protocol.ActMute:   text.MutedNow,
	protocol.ActUnmute: text.UnmutedNow,
	protocol.ActBan:    text.BannedNow,
	protocol.ActUnban:  text.UnbannedNow,
	protocol.ActClear:  text.ClearedNow,
}

// undoActs take back others.
var undoActs = map[protocol.Act]protocol.Act{
	protocol.ActMute: protocol.ActUnmute,
	protocol.ActBan:  protocol.ActUnban,
}

// undo is an act of one's own that can be taken back.
type undo struct {
	act  protocol.Act // that does it
	user string
	note string // what is said of it; as long as it is, it can
}

// Acted tells of an act of a moderator. One's own is said for a while, and can be taken
// back.
func (c *Chat) Acted(a client.Acted) {
	c.do(func(ctx app.Context) {
		says, ok := actedWords[a.Act]
		if !ok || a.By.ID != c.snap.Me.ID {
			return
		}
		note := c.text.About(says, c.text.NameOf(a.User))
		c.undo = undo{act: undoActs[a.Act], user: a.User.ID, note: note}
		c.tellFor(ctx, note, undoFor)
	})
}

// Reported tells that the moderators have a report of one's own.
func (c *Chat) Reported() { c.tell(c.text.Say(text.ReportedNow)) }

func (c *Chat) canUndo() bool { return c.undo.act != "" && c.undo.note == c.note }

func (c *Chat) onUndo(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	if c.canUndo() {
		c.props.OnModerate(c.undo.act, c.undo.user, 0, "")
		c.setNote(ctx, "")
		c.focusInput() // the button goes away
	}
}
