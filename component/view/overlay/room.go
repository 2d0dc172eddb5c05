package overlay

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// pauses holds the offered pauses of slow mode.
var pauses = []span{{n: 5, unit: "second"}, {n: 30, unit: "second"}, {n: 5, unit: "minute"}}

func (s span) seconds() int64 {
	if s.unit == "minute" {
		return int64(s.n) * 60
	}
	return int64(s.n)
}

// MaySetRoom reports whether the user may change the room's settings.
func MaySetRoom(s *client.Snapshot) bool {
	return s.Status == client.StatusLive && client.Moderates(s.Me.Role)
}

// settings holds the content of the dialog with the room's settings. pause and wasFrozen are the room's values that the dialog
// has shown last.
type settings struct {
	frozen    app.Value // the field that freezes the room; nil: the user may not do that
	pause     string    // between two messages in slow mode, in seconds
	wasFrozen bool
}

// askRoom opens the room's settings.
func (d *dialog) askRoom() {
	s, t := &d.snap, d.text
	d.asks, d.reason = action.Room, nil
	d.length = choice()
	addOption(d.length, "0", t.Say(text.SlowOff))
	for _, p := range pauses {
		addOption(d.length, strconv.FormatInt(p.seconds(), 10), d.clock.Lasting(p.n, p.unit))
	}
	d.showPause(s.SlowModeS)
	content := []any{field(t.Say(text.SlowMode), d.length)}
	d.settings.frozen = nil
	if s.Me.Role == protocol.RoleOrganizer {
		d.settings.frozen = dom.New("input", "")
		d.settings.frozen.Set("type", "checkbox")
		d.showFrozen(s.Frozen)
		label := field(t.Say(text.Freeze), d.settings.frozen)
		label.Set("className", "hallway-check")
		content = append(content, label)
	}
	if s.Reports > 0 {
		content = append(content, action.Button(action.Queue, t.Count(text.OpenReports, int(s.Reports))))
	}
	content = append(content, buttons(
		action.Button(action.Close, t.Say(text.Cancel)), harmless(action.Button(action.Confirm, t.Say(text.Save))),
	))
	d.show("", "dialog", t.Say(text.Room), content...)
	d.length.Call("focus")
}

// showPause shows the pause of slow mode in seconds, which may be one that the dialog does not offer.
func (d *dialog) showPause(seconds int64) {
	is := strconv.FormatInt(seconds, 10)
	d.settings.pause = is
	d.length.Set("value", is)
	if d.length.Get("value").String() != is {
		addOption(d.length, is, d.clock.Lasting(int(seconds), "second"))
		d.length.Set("value", is)
	}
}

func (d *dialog) showFrozen(on bool) {
	d.settings.wasFrozen = on
	d.settings.frozen.Set("checked", on)
}

// followRoom shows settings that have changed while the dialog is open, except in a field that the user has changed.
func (d *dialog) followRoom() {
	s, shown := &d.snap, &d.settings
	if shown.pause != strconv.FormatInt(s.SlowModeS, 10) && d.length.Get("value").String() == shown.pause {
		d.showPause(s.SlowModeS)
	}
	if shown.frozen != nil && shown.wasFrozen != s.Frozen && shown.frozen.Get("checked").Bool() == shown.wasFrozen {
		d.showFrozen(s.Frozen)
	}
}

// saveRoom changes the settings that differ from the room's present ones.
func (d *dialog) saveRoom() {
	s := &d.snap
	var slow *int64
	if n, err := strconv.ParseInt(d.length.Get("value").String(), 10, 64); err == nil && n != s.SlowModeS {
		slow = &n
	}
	var frozen *bool
	if d.settings.frozen != nil {
		if on := d.settings.frozen.Get("checked").Bool(); on != s.Frozen {
			frozen = &on
		}
	}
	if slow != nil || frozen != nil {
		d.do(client.SetRoom{SlowModeS: slow, Frozen: frozen})
	}
}
