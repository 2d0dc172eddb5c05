package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

// reasonMax is how long a reason may be, as a browser counts: the relay takes
// protocol.ReasonBytesMax bytes, and none of these is more than three.
const reasonMax = protocol.ReasonBytesMax / 3

// lasting is a time that an act may last.
type lasting struct {
	n    int
	unit string // by the names of Intl.NumberFormat
	time time.Duration
}

var lastings = []lasting{
	{10, "minute", 10 * time.Minute},
	{1, "hour", time.Hour},
	{1, "day", 24 * time.Hour},
}

// question is what is asked before something is done to somebody.
type question struct {
	act         protocol.Act // "": a report
	title, does text.Word
	note        text.Word // what it does; "": that is clear
	lasts       bool
	reason      text.Word // the name of the field for it; "": none is asked for
}

var questions = map[action.Action]question{
	action.Mute:   {act: protocol.ActMute, title: text.MuteAsk, does: text.MuteDo, lasts: true, reason: text.Reason},
	action.Ban:    {act: protocol.ActBan, title: text.BanAsk, does: text.BanDo, lasts: true, reason: text.Reason},
	action.Clear:  {act: protocol.ActClear, title: text.ClearAsk, does: text.Delete, note: text.ClearNote},
	action.Report: {title: text.ReportAsk, does: text.ReportDo, reason: text.ReportReason},
}

// liftWords name the way back from an act: whether it was done is not known here.
var liftWords = map[protocol.Act]text.Word{protocol.ActMute: text.UnmuteDo, protocol.ActBan: text.UnbanDo}

// askAct asks before a moderator acts on the sender of a message, or before the message
// is reported.
func (o *over) askAct(id string, does action.Action) {
	if o.root == nil {
		return
	}
	t, q, r := o.log.text, questions[does], &o.log.list.nodes[id].is
	o.asks, o.user = does, r.senderID
	var content []any
	if q.act != "" {
		content = append(content, o.whoIs(r))
	}
	if q.act != protocol.ActClear {
		content = append(content, dom.Bidi("hallway-dialog-quote", markup.Excerpt(r.text)))
	}
	if q.note != "" {
		content = append(content, o.dialogNote(t.Say(q.note)))
	}
	o.length, o.reason = nil, nil
	if q.lasts {
		o.length = choice()
		for i, l := range lastings {
			addOption(o.length, strconv.Itoa(i), o.log.clock.Lasting(l.n, l.unit))
		}
		addOption(o.length, "", t.Say(text.UntilLifted))
		content = append(content, field(t.Say(text.HowLong), o.length))
	}
	if q.reason != "" {
		o.reason = dom.New("input", "hallway-field")
		o.reason.Set("dir", "auto")
		o.reason.Set("maxLength", reasonMax)
		content = append(content, field(t.Say(q.reason), o.reason))
	}
	cancel := action.Button(action.Close, t.Say(text.Cancel))
	confirm := action.Button(action.Confirm, t.Say(q.does))
	if q.act == "" {
		confirm = harmless(confirm)
	}
	row := buttons(cancel, confirm)
	if lift := liftWords[q.act]; lift != "" {
		row.Call("prepend", action.Button(action.Lift, t.Say(lift)))
	}
	content = append(content, row)
	role := "dialog"
	first := o.length
	switch {
	case q.reason == "":
		role, first = "alertdialog", cancel
	case first == nil:
		first = o.reason
	}
	o.showDialog(id, role, t.About(q.title, senderOf(t, r)), content...)
	first.Call("focus")
}

// whoIs tells the sender of a row apart from others of the same name, for those who may act
// on them: by role and account.
func (o *over) whoIs(r *row) app.Value {
	t := o.log.text
	account := t.About(text.Account, r.senderID)
	if role := t.Role(r.role); role != "" {
		account = role + t.Say(text.Comma) + account
	}
	who := o.dialogNote(account)
	who.Set("id", idWho)
	return who
}

// idWho is the id of what tells a user apart, for assistive technology.
const idWho = "hallway-who"

// confirm does what was asked about.
func (o *over) confirm() {
	props, id := o.log.props, o.id
	reason := ""
	if o.reason != nil {
		reason = strings.TrimSpace(o.reason.Get("value").String())
		if protocol.Blank(reason) {
			reason = ""
		}
	}
	switch o.asks {
	case action.Delete:
		props.OnDelete(id)
	case action.Room:
		o.saveRoom()
	case action.Report:
		if reason == "" { // the moderators are to know why
			o.reason.Call("focus")
			return
		}
		props.OnReport(id, reason)
	default:
		var lasts time.Duration
		if o.length != nil {
			if i, err := strconv.Atoi(o.length.Get("value").String()); err == nil {
				lasts = lastings[i].time
			}
		}
		props.OnModerate(questions[o.asks].act, o.user, lasts, reason)
	}
	o.closeDialog()
}

// onDialogKey makes Enter in a field do what the dialog is about.
func (o *over) onDialogKey(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if o.root != nil && o.asks == action.Queue {
		o.walkQueue(e)
		return
	}
	if o.root != nil && o.reason != nil && e.Get("key").String() == "Enter" && !dom.Composing(e) && o.reason.Equal(e.Get("target")) {
		e.PreventDefault()
		o.confirm()
	}
}

func (o *over) dialogNote(text string) app.Value {
	note := dom.New("p", "hallway-dialog-note")
	note.Set("textContent", text)
	return note
}

// buttons is the row of buttons at a dialog's end.
func buttons(all ...any) app.Value {
	row := dom.New("div", "hallway-dialog-buttons")
	row.Call("append", all...)
	return row
}

// harmless makes a button that confirms look like one that takes nothing away.
func harmless(confirm app.Value) app.Value {
	confirm.Get("classList").Call("add", "hallway-harmless")
	return confirm
}

// field puts a control under its name.
func field(name string, control app.Value) app.Value {
	label := dom.New("label", "hallway-label")
	text := dom.New("span", "")
	text.Set("textContent", name)
	label.Call("append", text, control)
	return label
}

func choice() app.Value { return dom.New("select", "hallway-field") }

func addOption(to app.Value, value, text string) {
	o := dom.New("option", "")
	o.Set("value", value)
	o.Set("textContent", text)
	to.Call("append", o)
}
