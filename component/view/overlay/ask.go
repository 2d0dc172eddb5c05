package overlay

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// reasonMax bounds a reason in UTF-16 units, as browsers count. The relay takes protocol.ReasonBytesMax bytes,
// and a unit has at most three bytes.
const reasonMax = protocol.ReasonBytesMax / 3

// span is a duration that the user can choose.
type span struct {
	n    int
	unit string // as Intl.NumberFormat names it
	time time.Duration
}

// sanctionSpans holds the durations of a mute or a ban.
var sanctionSpans = []span{
	{10, "minute", 10 * time.Minute},
	{1, "hour", time.Hour},
	{1, "day", 24 * time.Hour},
}

// question is a dialog about a message or its sender.
type question struct {
	of          action.Action
	act         protocol.Act // the moderator's act; "": none
	title, does text.Word
	note        text.Word // the explanation of the consequences; "": none
	lasts       bool      // the dialog asks for a duration
	reason      text.Word // the name of the field for a reason; "": no field
	lift        text.Word // the button that lifts the sanction; "": none
}

// The buttons that lift a sanction are always shown, because the chat does not know whether there is one.
var questions = [...]question{
	{of: action.Delete, title: text.DeleteAsk, does: text.Delete, note: text.DeleteNote},
	{of: action.Report, title: text.ReportAsk, does: text.ReportDo, reason: text.ReportReason},
	{
		of: action.Mute, act: protocol.ActMute, title: text.MuteAsk, does: text.MuteDo, lasts: true,
		reason: text.Reason, lift: text.UnmuteDo,
	},
	{
		of: action.Ban, act: protocol.ActBan, title: text.BanAsk, does: text.BanDo, lasts: true,
		reason: text.Reason, lift: text.UnbanDo,
	},
	{of: action.Clear, act: protocol.ActClear, title: text.ClearAsk, does: text.Delete, note: text.ClearNote},
}

func questionOf(does action.Action) *question {
	for i := range questions {
		if questions[i].of == does {
			return &questions[i]
		}
	}
	return &question{}
}

// ask opens the dialog about a message before it is deleted or reported, or before a moderator acts on
// its sender.
func (d *dialog) ask(does action.Action, about *action.Target) {
	t, q := d.text, questionOf(does)
	d.asks, d.user, d.length, d.reason, d.ofUser = does, about.SenderID, nil, nil, false
	var content []any
	if q.act != "" {
		content = append(content, d.account(about))
	}
	if q.act != protocol.ActClear {
		content = append(content, dom.Bidi("hallway-dialog-quote", markup.Excerpt(about.Text)))
	}
	if q.note != "" {
		content = append(content, note(t.Say(q.note)))
	}
	if q.lasts {
		d.length = choice()
		for i, s := range sanctionSpans {
			addOption(d.length, strconv.Itoa(i), d.clock.Lasting(s.n, s.unit))
		}
		addOption(d.length, "", t.Say(text.UntilLifted))
		content = append(content, field(t.Say(text.HowLong), d.length))
	}
	if q.reason != "" {
		d.reason = dom.New("input", "hallway-field")
		d.reason.Set("dir", "auto")
		d.reason.Set("maxLength", reasonMax)
		content = append(content, field(t.Say(q.reason), d.reason))
	}
	cancel := action.Button(action.Close, t.Say(text.Cancel))
	confirm := action.Button(action.Confirm, t.Say(q.does))
	if does == action.Report {
		confirm = harmless(confirm)
	}
	row := buttons(cancel, confirm)
	if q.lift != "" {
		row.Call("prepend", action.Button(action.Lift, t.Say(q.lift)))
	}
	content = append(content, row)
	role, first := "dialog", d.length
	switch {
	case q.reason == "":
		role, first = "alertdialog", cancel
	case first == nil:
		first = d.reason
	}
	d.show(about.ID, role, t.About(q.title, about.Sender), content...)
	first.Call("focus")
}

// askEveryone asks the user to confirm a message that mentions everybody in the room.
func (d *dialog) askEveryone() {
	people := d.snap.Members
	if told := d.snap.People; told != nil {
		people = max(people, told.Total)
	}
	d.asks, d.length, d.reason = action.Everyone, nil, nil
	cancel := action.Button(action.Close, d.text.Say(text.Cancel))
	row := buttons(cancel, harmless(action.Button(action.Confirm, d.text.Say(text.Send))))
	d.show("", "alertdialog", d.text.Count(text.EveryoneAsk, int(people)), note(d.text.Say(text.EveryoneNote)), row)
	cancel.Call("focus")
}

// account returns the role and the id of a message's sender, to tell users with the same name apart.
func (d *dialog) account(of *action.Target) app.Value {
	says := d.text.About(text.Account, of.SenderID)
	if role := d.text.Role(of.Role); role != "" {
		says = role + d.text.Say(text.Comma) + says
	}
	who := note(says)
	who.Set("id", idWho)
	return who
}

// chosenTime returns the chosen duration of a sanction, or 0 for no end.
func (d *dialog) chosenTime() time.Duration {
	if d.length != nil {
		if i, err := strconv.Atoi(d.length.Get("value").String()); err == nil {
			return sanctionSpans[i].time
		}
	}
	return 0
}

// lift lifts the sanction that the dialog is about.
func (d *dialog) lift() {
	d.do(client.Moderate{Act: action.Undoes(questionOf(d.asks).act), User: d.user})
}
