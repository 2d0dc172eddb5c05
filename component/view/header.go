package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/overlay"
	"hallway/component/view/text"
)

// headerUI draws the bar at the top: the number of people in the room, or the search field.
func (c *Chat) headerUI() app.UI {
	return dom.UI("div", "hallway-header").Attr("part", "header").Body(
		app.If(c.search.open, c.search.fieldUI).Else(func() app.UI {
			return dom.UI("div", "hallway-bar").Body(
				dom.UI("div", "hallway-about").Body( // a group of its own, so that go-app keeps the focus in the other controls
					dom.UI("span", "hallway-people").Text(peopleOf(&c.snap, c.text)),
					app.If(overlay.MaySetRoom(&c.snap), c.roomUI),
				),
				app.If(c.snap.Mentions > 0, c.mentionsUI),
				app.If(c.snap.Lock == nil, c.findUI).Else(c.lockUI),
			)
		}),
	)
}

// roomUI draws the button to the room's settings, with the number of open reports.
func (c *Chat) roomUI() app.UI {
	name := c.text.Say(text.Room)
	reports := int(c.snap.Reports)
	if reports > 0 {
		name += c.text.Say(text.Comma) + c.text.Count(text.OpenReports, reports)
	}
	return dom.ButtonUI("hallway-room", name, c.onRoom).Aria("haspopup", "dialog").Body(
		app.If(reports > 0, func() app.UI { return dom.UI("span", "hallway-count").Text(c.text.Number(reports)) }),
	)
}

// findUI draws the button to the search.
func (c *Chat) findUI() app.UI {
	return dom.ButtonUI("hallway-find", c.text.Say(text.Search), c.search.show)
}

// lockUI draws the badge of an encrypted room, which opens the list of its readers.
func (c *Chat) lockUI() app.UI {
	return dom.ButtonUI("hallway-lock", c.text.Say(text.LockReaders), c.onLock).Attr("part", "lock").
		Aria("haspopup", "dialog").DataSet("state", string(c.snap.Lock.State))
}

func (c *Chat) onLock(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.overlay.Open(action.Readers, nil, nil)
}

// mentionsUI draws the button to the next unread mention, with the number of unread mentions.
func (c *Chat) mentionsUI() app.UI {
	name := c.text.Count(text.UnreadMentions, c.snap.Mentions)
	return dom.ButtonUI("hallway-mentions", name, c.onMentions).Attr("part", "mentions").Text("@" + c.text.Number(c.snap.Mentions))
}

func (c *Chat) onMentions(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.log.ToMention()
}

func (c *Chat) onRoom(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.overlay.Open(action.Room, nil, nil)
}

// peopleOf returns the number of people in the room as a text, or "" while it is unknown.
func peopleOf(s *client.Snapshot, t *text.Texts) string {
	if s.Status != client.StatusLive || s.Members == 0 {
		return ""
	}
	return t.Count(text.People, int(s.Members))
}
