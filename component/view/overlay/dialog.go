package overlay

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// idWho is the id of the element with the user's role and id, for assistive technology.
const idWho = "hallway-who"

// dialog is the dialog of a chat. Its fields depend on its question.
type dialog struct {
	*shared
	box      app.Value     // nil while not mounted
	asks     action.Action // the question; "": the dialog is closed
	id       string        // the id of the message that it is about; "": none
	user     string        // the id of the user that it is about
	length   app.Value     // the field for a duration, or nil
	reason   app.Value     // the field for a reason, or nil
	settings settings
	queue    queue
	reactors reactors
	readers  readers
	card     card
	ofUser   bool   // it is about a user, and stays open when the message is gone
	file     string // the id of the attached file that it describes
}

//go:noinline
func (d *dialog) isOpen() bool { return d.box.Get("open").Bool() }

// show opens a modal dialog: nothing else in the page can be reached until it is closed.
func (d *dialog) show(id, role, title string, content ...any) {
	d.id = id
	inner := dom.New("div", "hallway-dialog-box")
	inner.Call("append", append([]any{dom.Text("h2", "hallway-dialog-title", title)}, content...)...)
	dom.SetAttribute(d.box, "role", role)
	dom.SetAttribute(d.box, "aria-label", title)
	if dom.Find(inner, "#"+idWho).Truthy() {
		dom.SetAttribute(d.box, "aria-describedby", idWho)
	} else {
		d.box.Call("removeAttribute", "aria-describedby")
	}
	d.box.Call("replaceChildren", inner)
	if !d.isOpen() {
		d.box.Call("showModal")
	}
}

// confirm carries out the dialog's action, and reports whether the dialog can be closed.
func (d *dialog) confirm() (done bool) {
	reason := ""
	if d.reason != nil {
		reason = strings.TrimSpace(d.reason.Get("value").String())
		if protocol.Blank(reason) {
			reason = ""
		}
	}
	switch d.asks {
	case action.Delete:
		d.do(client.Delete{ID: d.id})
	case action.Room:
		d.saveRoom()
	case action.Everyone:
		d.chosen(d.asks, nil)
	case action.Describe:
		d.do(client.DescribeFile{ID: d.file, Alt: altOf(reason)})
	case action.Report:
		if reason == "" { // a report needs a reason
			d.reason.Call("focus")
			return false
		}
		d.do(client.Report{ID: d.id, Reason: reason})
	default:
		d.do(client.Moderate{Act: questionOf(d.asks).act, User: d.user, For: d.chosenTime(), Reason: reason})
	}
	return true
}

// confirms reports whether a key confirms: Enter in the field for a reason.
func (d *dialog) confirms(e app.Event) bool {
	return d.reason != nil && dom.Key(e) == "Enter" && !dom.Composing(e) && d.reason.Equal(e.Get("target"))
}

// helpLine is a line of the list of keys.
type helpLine struct {
	keys []string
	does text.Word
}

// helpLines lists all keys of the log.
var helpLines = []helpLine{
	{[]string{"↑", "↓", "Page Up", "Page Down", "Home", "End"}, text.KeyMove},
	{[]string{"←", "→"}, text.KeyInside},
	{[]string{"Enter", "Shift+F10"}, text.KeyMenu},
	{[]string{"R"}, text.Reply},
	{[]string{"E"}, text.Edit},
	{[]string{"+", ":"}, text.React},
	{[]string{"Delete"}, text.Delete},
	{[]string{"/"}, text.Search},
	{[]string{"Escape"}, text.KeyBack},
	{[]string{"?"}, text.Shortcuts},
}

// showShortcuts opens the list of keys.
func (d *dialog) showShortcuts() {
	list := dom.New("dl", "hallway-shortcuts-list")
	for _, line := range helpLines {
		keys := dom.New("dd", "")
		for _, key := range line.keys {
			dom.Append(keys, keyCap(key))
		}
		pair := dom.New("div", "")
		pair.Call("append", dom.Text("dt", "", d.text.Say(line.does)), keys)
		dom.Append(list, pair)
	}
	done := action.Button(action.Close, d.text.Say(text.Close))
	d.asks = action.Shortcuts
	d.show(d.log.Focused(), "dialog", d.text.Say(text.Shortcuts), list, buttons(done))
	done.Call("focus")
}

// note returns a paragraph with an explanation.
func note(says string) app.Value { return dom.Text("p", "hallway-dialog-note", says) }

// buttons returns the row of buttons at the end of a dialog.
func buttons(all ...any) app.Value {
	row := dom.New("div", "hallway-dialog-buttons")
	row.Call("append", all...)
	return row
}

// harmless removes the look of danger from a button that confirms.
func harmless(confirm app.Value) app.Value {
	confirm.Get("classList").Call("add", "hallway-harmless")
	return confirm
}

// field returns a control with its label.
func field(name string, control app.Value) app.Value {
	label := dom.New("label", "hallway-label")
	label.Call("append", dom.Text("span", "", name), control)
	return label
}

func choice() app.Value { return dom.New("select", "hallway-field") }

func addOption(to app.Value, value, says string) {
	o := dom.Text("option", "", says)
	o.Set("value", value)
	dom.Append(to, o)
}
