package view

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
)

// tellFor is how long something is said that nothing else takes back.
const tellFor = 8 * time.Second

// setNote says why something was not taken, or, empty, no longer says it.
func (c *Chat) setNote(ctx app.Context, note string) {
	if c.note != note {
		c.note = note
		c.refreshLine()
		ctx.Update()
	}
}

// tell says something for a while, unless something else is to be said.
func (c *Chat) tell(note string) {
	c.do(func(ctx app.Context) { c.tellFor(ctx, note, tellFor) })
}

func (c *Chat) tellFor(ctx app.Context, note string, d time.Duration) {
	c.setNote(ctx, note)
	ctx.After(d, func(ctx app.Context) {
		ctx.PreventUpdate()
		if c.note == note {
			c.setNote(ctx, "")
		}
	})
}

// edited is the last edit that was handed over, until it is known to be made.
type edited struct{ id, text string }

// Refused tells that something was refused. A message that is still in the outbox says so
// itself.
func (c *Chat) Refused(r client.Refused) {
	c.do(func(app.Context) {
		if r.Of != "" {
			c.tell(c.text.NotDone(r, false))
			return
		}
		if c.log.refused(r.Code, r.ID) {
			return
		}
		m := messageOf(&c.snap, r.ID)
		if _, waits := findID(&c.snap, r.ID); r.ID == "" || waits && m == nil {
			return
		}
		c.giveBack(r.ID)
		c.tell(c.text.NotDone(r, m != nil && m.Deleted()))
	})
}

// giveBack puts a text that a message was not given back into the composer, unless
// something else is written there by now.
func (c *Chat) giveBack(id string) {
	lost := c.edited
	if lost.id != id || c.mode.editing != "" || c.input.Get("value").String() != "" {
		return
	}
	c.edited = edited{}
	c.edit(id)
	c.write(lost.text)
	c.keepDraft()
}
