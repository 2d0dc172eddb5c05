package view

// askDelete asks whether a message is to be deleted: once, in words.
func (o *over) askDelete(id string) {
	if o.root == nil {
		return
	}
	t := o.log.text
	cancel, confirm := button(actionClose, t.say(wordCancel)), button(actionConfirm, t.say(wordDelete))
	what := bidi("hallway-dialog-quote", excerpt(o.log.list.nodes[id].is.text))
	note := o.dialogNote(t.say(wordDeleteNote))
	o.asks, o.reason = actionDelete, nil
	o.showDialog(id, "alertdialog", t.say(wordDeleteAsk), what, note, buttons(cancel, confirm))
	cancel.Call("focus")
}

// helpLine is a line of the list of shortcuts.
type helpLine struct {
	keys []string
	does word
}

// helpLines are all keys of the log.
var helpLines = []helpLine{
	{[]string{"↑", "↓", "Page Up", "Page Down", "Home", "End"}, wordKeyMove},
	{[]string{"←", "→"}, wordKeyInside},
	{[]string{"Enter", "Shift+F10"}, wordKeyMenu},
	{[]string{"R"}, wordReply},
	{[]string{"E"}, wordEdit},
	{[]string{"+", ":"}, wordReact},
	{[]string{"Delete"}, wordDelete},
	{[]string{"/"}, wordSearch},
	{[]string{"Escape"}, wordKeyBack},
	{[]string{"?"}, wordShortcuts},
}

// showShortcuts lists the keys.
func (o *over) showShortcuts() {
	if o.root == nil {
		return
	}
	t := o.log.text
	list := element("dl", "hallway-shortcuts-list")
	for _, line := range helpLines {
		name, keys := element("dt", ""), element("dd", "")
		name.Set("textContent", t.say(line.does))
		for _, key := range line.keys {
			keys.Call("append", keyCap(key))
		}
		pair := element("div", "")
		pair.Call("append", name, keys)
		list.Call("append", pair)
	}
	done := button(actionClose, t.say(wordClose))
	o.asks = actionShortcuts
	o.showDialog(o.log.focused(), "dialog", t.say(wordShortcuts), list, buttons(done))
	done.Call("focus")
}

// showDialog opens the dialog over the whole page, as the browser does it: what is
// behind it cannot be reached until it is closed.
func (o *over) showDialog(id, role, title string, content ...any) {
	o.closeMenu()
	o.id = id
	heading := element("h2", "hallway-dialog-title")
	heading.Set("textContent", title)
	box := element("div", "hallway-dialog-box")
	box.Call("append", append([]any{heading}, content...)...)
	setAttribute(o.dialog, "role", role)
	setAttribute(o.dialog, "aria-label", title)
	if box.Call("querySelector", "#"+idWho).Truthy() {
		setAttribute(o.dialog, "aria-describedby", idWho)
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
