package view

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// queue is the dialog with the open reports.
type queue struct {
	says, list, more, done app.Value
	shown                  *client.Queue // nil: no snapshot has had one yet
}

// reportActions are what can be done with a report, in the order of its buttons.
var reportActions = []struct {
	does action.Action
	word text.Word
}{{action.Reported, text.ReportShow}, {action.Drop, text.ReportDismiss}, {action.Resolve, text.ReportResolve}}

// showQueue opens the dialog, in place of the one of the room. It is filled as the
// reports come.
func (o *over) showQueue() {
	t := o.log.text
	o.queue = queue{
		says: o.dialogNote(""), list: dom.New("ul", "hallway-hits hallway-reports"),
		more: action.Button(action.QueueMore, ""), done: action.Button(action.Close, t.Say(text.Close)),
	}
	q := &o.queue
	dom.SetAttribute(q.says, "aria-live", "polite")
	dom.SetAttribute(q.list, "role", "list")
	o.asks, o.reason = action.Queue, nil
	o.showDialog("", "dialog", t.Say(text.Reports), q.says, q.list, q.more, buttons(q.done))
	q.done.Call("focus")
	o.drawQueue(&client.Queue{Loading: true})
	o.log.props.OnReview(true)
}

// followQueue draws what the snapshot has, once it has any; the core ends it when the
// user does not moderate any more.
func (o *over) followQueue() {
	was, is := o.queue.shown, o.log.snap.Queue
	switch {
	case is == was:
	case is == nil:
		o.dialog.Call("close")
	default:
		o.queue.shown = is
		o.drawQueue(is)
	}
}

func (o *over) drawQueue(v *client.Queue) {
	q, t := &o.queue, o.log.text
	active := app.Window().Get("document").Get("activeElement")
	q.says.Set("textContent", queueSays(v, t))
	held := int64(0)
	if q.list.Call("contains", active).Bool() {
		held = reportOf(active)
	}
	q.list.Call("replaceChildren")
	for i := range v.Reports {
		q.list.Call("append", o.reportItem(&v.Reports[i], v.Closing != 0))
	}
	q.list.Set("hidden", len(v.Reports) == 0)
	q.more.Set("hidden", !v.More && !v.Failed)
	q.more.Set("textContent", t.Say(text.FoundMore))
	if v.Failed {
		q.more.Set("textContent", t.Say(text.Retry))
	}
	switch n := len(v.Reports); {
	case held != 0 && n > 0: // at the same report, or the one that took its place
		at := slices.IndexFunc(v.Reports, func(r protocol.ReportEntry) bool { return r.N <= held })
		item := q.list.Get("children").Index((at + n) % n)
		item.Call("querySelector", "[data-action='"+active.Get("dataset").Get("action").String()+"']").Call("focus")
	case held != 0, q.more.Equal(active) && !v.More && !v.Failed && !v.Loading:
		q.done.Call("focus")
	}
}

// queueSays is the line above the reports, which is read out as it changes.
func queueSays(v *client.Queue, t *text.Texts) string {
	switch {
	case v.Failed:
		return t.Say(text.ReportsFailed)
	case len(v.Reports) > 0:
		return t.CountSome(text.OpenReports, len(v.Reports), v.More)
	case v.Loading:
		return t.Say(text.ReportsLoading)
	}
	return t.Say(text.ReportsNone)
}

func (o *over) reportItem(r *protocol.ReportEntry, busy bool) app.Value {
	t, s := o.log.text, &o.log.snap
	by, when := dom.Bidi("", t.About(text.ReportedBy, t.NameOf(r.By))), dom.New("span", "hallway-hit-when")
	when.Set("textContent", o.log.clock.Moment(int64(r.At)/1000))
	head := dom.New("div", "hallway-hit-from")
	head.Call("append", by, when)
	item := dom.New("li", "hallway-report-entry")
	item.Get("dataset").Set("n", strconv.FormatInt(r.N, 10))
	item.Call("append", head, dom.Bidi("hallway-hit-text", r.Reason))
	if i, ok := findID(s, r.ID); ok && i < len(s.Messages) {
		m := s.Messages[i]
		quote := dom.New("div", "hallway-dialog-quote")
		content := t.Excerpt(m)
		quote.Call("append", dom.Bidi("hallway-hit-sender", t.NameOf(m.Sender)), dom.Bidi("hallway-hit-text", content))
		item.Call("append", quote)
	}
	row := buttons()
	for _, can := range reportActions {
		b := action.Button(can.does, t.Say(can.word))
		dom.SetAttribute(b, "aria-disabled", strconv.FormatBool(busy && can.does != action.Reported))
		row.Call("append", b)
	}
	item.Call("append", row)
	return item
}

// reportOf gives the number of the report that an element is in.
func reportOf(e app.Value) int64 {
	n, _ := strconv.ParseInt(e.Call("closest", "[data-n]").Get("dataset").Get("n").String(), 10, 64)
	return n
}

// onReport does something with the report that a button is in.
func (o *over) onReport(does action.Action, control app.Value) {
	n := reportOf(control)
	switch does {
	case action.Resolve:
		o.log.props.OnResolve(n, protocol.ReportResolved)
	case action.Drop:
		o.log.props.OnResolve(n, protocol.ReportDismissed)
	default:
		reports := o.queue.shown.Reports
		i := slices.IndexFunc(reports, func(r protocol.ReportEntry) bool { return r.N == n })
		o.dialog.Call("close")
		o.log.focus() // until the message is there
		o.log.toSeq(0, reports[i].ID)
	}
}

// walkQueue goes with the arrow keys from report to report.
func (o *over) walkQueue(e app.Event) {
	target := e.Get("target")
	if !o.queue.list.Call("contains", target).Bool() {
		return
	}
	all := o.queue.list.Call("querySelectorAll", "[data-action='"+target.Get("dataset").Get("action").String()+"']")
	if next, ok := dom.ListTarget(e.Get("key").String(), dom.IndexOf(target, all), all.Length(), 1); ok {
		e.PreventDefault()
		all.Index(next).Call("focus")
	}
}
