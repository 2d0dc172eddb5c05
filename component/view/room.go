package view

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// pauses are those that slow mode is offered with.
var pauses = []lasting{{n: 5, unit: "second"}, {n: 30, unit: "second"}, {n: 5, unit: "minute"}}

func (l lasting) seconds() int64 {
	if l.unit == "minute" {
		return int64(l.n) * 60
	}
	return int64(l.n)
}

// roomUI is the way to what moderators set for the room, with the number of open
// reports.
func (c *Chat) roomUI() app.UI {
	name := c.text.Say(text.Room)
	reports := int(c.snap.Reports)
	if reports > 0 {
		name += c.text.Say(text.Comma) + c.text.Count(text.OpenReports, reports)
	}
	return app.Button().Class("hallway-room").Type("button").Aria("label", name).Aria("haspopup", "dialog").
		Title(name).OnClick(c.onRoom).Body(
		app.If(reports > 0, func() app.UI { return app.Span().Class("hallway-count").Text(c.text.Number(reports)) }),
	)
}

// mayRule reports whether the room's settings are one's own to make.
func mayRule(s *client.Snapshot) bool {
	return s.Status == client.StatusLive && client.Leads(s.Me.Role)
}

func (c *Chat) onRoom(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.log.over.askRoom()
}

// askRoom shows the room's settings, to be changed.
func (o *over) askRoom() {
	s, t := &o.log.snap, o.log.text
	if o.root == nil || !mayRule(s) {
		return
	}
	o.asks, o.reason = action.Room, nil
	o.length = choice()
	addOption(o.length, "0", t.Say(text.SlowOff))
	known := s.SlowModeS == 0
	for _, p := range pauses {
		addOption(o.length, strconv.FormatInt(p.seconds(), 10), o.log.clock.Lasting(p.n, p.unit))
		known = known || p.seconds() == s.SlowModeS
	}
	is := strconv.FormatInt(s.SlowModeS, 10)
	if !known {
		addOption(o.length, is, o.log.clock.Lasting(int(s.SlowModeS), "second"))
	}
	o.length.Set("value", is)
	content := []any{field(t.Say(text.SlowMode), o.length)}
	o.frozen = nil
	if s.Me.Role == protocol.RoleOrganizer {
		o.frozen = dom.New("input", "")
		o.frozen.Set("type", "checkbox")
		o.frozen.Set("checked", s.Frozen)
		label := field(t.Say(text.Freeze), o.frozen)
		label.Set("className", "hallway-check")
		content = append(content, label)
	}
	if s.Reports > 0 {
		content = append(content, action.Button(action.Queue, t.Count(text.OpenReports, int(s.Reports))))
	}
	content = append(content, buttons(action.Button(action.Close, t.Say(text.Cancel)), harmless(action.Button(action.Confirm, t.Say(text.Save)))))
	o.showDialog("", "dialog", t.Say(text.Room), content...)
	o.length.Call("focus")
}

// saveRoom asks for what was changed.
func (o *over) saveRoom() {
	s := &o.log.snap
	var slow *int64
	if n, err := strconv.ParseInt(o.length.Get("value").String(), 10, 64); err == nil && n != s.SlowModeS {
		slow = &n
	}
	var frozen *bool
	if o.frozen != nil {
		if on := o.frozen.Get("checked").Bool(); on != s.Frozen {
			frozen = &on
		}
	}
	if slow != nil || frozen != nil {
		o.log.props.OnSetRoom(slow, frozen)
	}
}
