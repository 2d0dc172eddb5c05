package overlay

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

// queue holds the content of the dialog with the open reports.
type queue struct {
	says, list, more, done app.Value
	shown                  *client.Queue // nil: no snapshot has contained a queue yet
}

// reportActions holds the actions on a report, in the order of its buttons.
var reportActions = []struct {
	does action.Action
	word text.Word
}{{action.Reported, text.ReportShow}, {action.Drop, text.ReportDismiss}, {action.Resolve, text.ReportResolve}}

// showQueue opens the queue, which replaces the room's settings. It is filled when reports come.
func (d *dialog) showQueue() {
	t := d.text
	d.queue = queue{
		says: note(""), list: dom.New("ul", "hallway-hits hallway-reports"),
		more: action.Button(action.QueueMore, ""), done: action.Button(action.Close, t.Say(text.Close)),
	}
	q := &d.queue
	dom.SetAttribute(q.says, "aria-live", "polite")
	dom.SetAttribute(q.list, "role", "list")
	d.asks, d.reason = action.Queue, nil
	d.show("", "dialog", t.Say(text.Reports), q.says, q.list, q.more, buttons(q.done))
	q.done.Call("focus")
	d.drawQueue(&client.Queue{Loading: true})
	d.do(client.Review{On: true})
}

// followQueue draws the snapshot's queue. The core closes the queue when the user no longer moderates.
func (d *dialog) followQueue() {
	was, is := d.queue.shown, d.snap.Queue
	switch {
	case is == was:
	case is == nil:
		d.box.Call("close")
	default:
		d.queue.shown = is
		d.drawQueue(is)
	}
}

func (d *dialog) drawQueue(v *client.Queue) {
	q, t := &d.queue, d.text
	active := dom.Active()
	dom.SetText(q.says, queueSays(v, t))
	held := int64(0)
	if q.list.Call("contains", active).Bool() {
		held = reportOf(active)
	}
	q.list.Call("replaceChildren")
	for i := range v.Reports {
		dom.Append(q.list, d.reportItem(&v.Reports[i], v.Closing != 0))
	}
	q.list.Set("hidden", len(v.Reports) == 0)
	q.more.Set("hidden", !v.More && !v.Failed)
	dom.SetText(q.more, t.Say(text.FoundMore))
	if v.Failed {
		dom.SetText(q.more, t.Say(text.Retry))
	}
	switch n := len(v.Reports); {
	case held != 0 && n > 0: // the focus returns to the same report, or to the next one
		at := slices.IndexFunc(v.Reports, func(r protocol.ReportEntry) bool { return r.N <= held })
		item := q.list.Get("children").Index((at + n) % n)
		dom.Find(item, "[data-action='"+dom.Data(active, "action")+"']").Call("focus")
	case held != 0, q.more.Equal(active) && !v.More && !v.Failed && !v.Loading:
		q.done.Call("focus")
	}
}

// queueSays returns the line above the reports. Assistive technology reads it out when it changes.
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

func (d *dialog) reportItem(r *protocol.ReportEntry, busy bool) app.Value {
	t := d.text
	head := dom.New("div", "hallway-hit-from")
	head.Call("append", dom.Bidi("", t.About(text.ReportedBy, t.NameOf(r.By))), dom.Text("span", "hallway-hit-when", d.clock.Moment(int64(r.At)/1000)))
	item := dom.New("li", "hallway-report-entry")
	dom.SetData(item, "n", strconv.FormatInt(r.N, 10))
	item.Call("append", head, dom.Bidi("hallway-hit-text", r.Reason))
	reported := func(m *protocol.Message) bool { return m.ID == r.ID }
	if i := slices.IndexFunc(d.snap.Messages, reported); i >= 0 {
		m := d.snap.Messages[i]
		quote := dom.New("div", "hallway-dialog-quote")
		quote.Call("append", dom.Bidi("hallway-hit-sender", t.NameOf(m.Sender)), dom.Bidi("hallway-hit-text", t.Excerpt(m, d.snap.Marks[m.ID])))
		dom.Append(item, quote)
	}
	row := buttons()
	for _, can := range reportActions {
		b := action.Button(can.does, t.Say(can.word))
		dom.SetAttribute(b, "aria-disabled", strconv.FormatBool(busy && can.does != action.Reported))
		dom.Append(row, b)
	}
	dom.Append(item, row)
	return item
}

// reportOf returns the number of the report that contains an element.
func reportOf(e app.Value) int64 {
	n, _ := strconv.ParseInt(dom.Data(dom.Closest(e, "[data-n]"), "n"), 10, 64)
	return n
}

// onReport carries out an action on the report that contains a button.
func (d *dialog) onReport(does action.Action, control app.Value) {
	n := reportOf(control)
	switch does {
	case action.Resolve:
		d.do(client.ResolveReport{N: n, State: protocol.ReportResolved})
	case action.Drop:
		d.do(client.ResolveReport{N: n, State: protocol.ReportDismissed})
	default:
		reports := d.queue.shown.Reports
		i := slices.IndexFunc(reports, func(r protocol.ReportEntry) bool { return r.N == n })
		d.box.Call("close")
		d.log.Refocus("") // the focus is in the log until the message has loaded
		d.log.ToMessage(0, reports[i].ID)
	}
}

// walkQueue moves the focus from report to report with the arrow keys.
func (d *dialog) walkQueue(e app.Event) {
	target := e.Get("target")
	if !d.queue.list.Call("contains", target).Bool() {
		return
	}
	all := d.queue.list.Call("querySelectorAll", "[data-action='"+dom.Data(target, "action")+"']")
	if next, ok := dom.ListTarget(dom.Key(e), dom.IndexOf(target, all), all.Length(), 1); ok {
		e.PreventDefault()
		all.Index(next).Call("focus")
	}
}
