package view

import (
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/markup"
	"hallway/component/view/text"
)

// askDelete asks whether a message is to be deleted: once, in words.
func (o *over) askDelete(id string) {
	if o.root == nil {
		return
	}
	t := o.log.text
	cancel, confirm := action.Button(action.Close, t.Say(text.Cancel)), action.Button(action.Confirm, t.Say(text.Delete))
	what := dom.Bidi("hallway-dialog-quote", markup.Excerpt(o.log.list.nodes[id].is.text))
	note := o.dialogNote(t.Say(text.DeleteNote))
	o.asks, o.reason = action.Delete, nil
	o.showDialog(id, "alertdialog", t.Say(text.DeleteAsk), what, note, buttons(cancel, confirm))
	cancel.Call("focus")
}

// helpLine is a line of the list of shortcuts.
type helpLine struct {
	keys []string
	does text.Word
}

// helpLines are all keys of the log.
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

// showShortcuts lists the keys.
func (o *over) showShortcuts() {
	if o.root == nil {
		return
	}
	t := o.log.text
	list := dom.New("dl", "hallway-shortcuts-list")
	for _, line := range helpLines {
		name, keys := dom.New("dt", ""), dom.New("dd", "")
		name.Set("textContent", t.Say(line.does))
		for _, key := range line.keys {
			keys.Call("append", keyCap(key))
		}
		pair := dom.New("div", "")
		pair.Call("append", name, keys)
		list.Call("append", pair)
	}
	done := action.Button(action.Close, t.Say(text.Close))
	o.asks = action.Shortcuts
	o.showDialog(o.log.focused(), "dialog", t.Say(text.Shortcuts), list, buttons(done))
	done.Call("focus")
}

// showDialog opens the dialog over the whole page, as the browser does it: what is
// behind it cannot be reached until it is closed.
func (o *over) showDialog(id, role, title string, content ...any) {
	o.closeMenu()
	o.id = id
	heading := dom.New("h2", "hallway-dialog-title")
	heading.Set("textContent", title)
	box := dom.New("div", "hallway-dialog-box")
	box.Call("append", append([]any{heading}, content...)...)
	dom.SetAttribute(o.dialog, "role", role)
	dom.SetAttribute(o.dialog, "aria-label", title)
	if box.Call("querySelector", "#"+idWho).Truthy() {
		dom.SetAttribute(o.dialog, "aria-describedby", idWho)
	} else {
		o.dialog.Call("removeAttribute", "aria-describedby")
	}
	o.dialog.Call("replaceChildren", box)
	if !o.dialog.Get("open").Bool() {
		o.dialog.Call("showModal")
	}
}

// refocus puts the keyboard back to a message, or into the log where it is gone.
func (l *log) refocus(id string) {
	switch {
	case l.scroller == nil:
	case l.list.nodes[id] != nil:
		l.focusRow(id)
	default:
		l.focus()
	}
}
