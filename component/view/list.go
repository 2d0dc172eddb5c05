package view

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
)

// stateIcons are drawn, not read: assistive technology gets the state's text.
var stateIcons = map[client.ItemState]string{
	client.ItemWaiting: "…",
	client.ItemSending: "↑",
	client.ItemSent:    "✓",
	client.ItemFailed:  "!",
}

// What the buttons of a row are told apart by.
const (
	actionRetry   = "retry"
	actionDiscard = "discard"
)

// rowList is the rows in the document. It owns all children of its <ul>.
type rowList struct {
	ul       app.Value
	text     *texts
	clock    clock
	template app.Value
	shown    []row
	nodes    map[string]rowNode
}

// rowNode is the elements of one row.
type rowNode struct {
	item, sender, time, state, text, actions app.Value
}

func newRowList(ul app.Value, t *texts, tag string) *rowList {
	item := element("li", "hallway-message")
	meta := element("div", "hallway-meta")
	sender := element("span", "hallway-sender")
	sender.Set("dir", "auto")
	state := element("span", "hallway-state")
	// The row is announced when it comes; its way to the relay is not.
	state.Call("setAttribute", "aria-live", "off")
	meta.Call("append", sender, element("time", "hallway-time"), state)
	text := element("div", "hallway-text")
	text.Set("dir", "auto")
	item.Call("append", meta, text, element("div", "hallway-actions"))
	return &rowList{
		ul: ul, text: t, clock: newClock(tag), template: item,
		nodes: make(map[string]rowNode),
	}
}

// apply carries out the edits that turn the rows shown into rows.
func (l *rowList) apply(edits []edit, rows []row) {
	for _, e := range edits {
		switch e.op {
		case editRemove:
			l.nodes[e.id].item.Call("remove")
			delete(l.nodes, e.id)
		case editInsert:
			node := l.clone()
			l.nodes[e.id] = node
			l.fill(node, &rows[e.row])
			l.place(node, e.before)
		case editMove:
			l.place(l.nodes[e.id], e.before)
		case editUpdate:
			l.fill(l.nodes[e.id], &rows[e.row])
		}
	}
	l.shown = rows
}

func (l *rowList) place(node rowNode, before string) {
	if before == "" {
		l.ul.Call("append", node.item)
	} else {
		l.ul.Call("insertBefore", node.item, l.nodes[before].item)
	}
}

func (l *rowList) clone() rowNode {
	item := l.template.Call("cloneNode", true)
	meta := item.Get("firstElementChild")
	sender := meta.Get("firstElementChild")
	clock := sender.Get("nextElementSibling")
	text := meta.Get("nextElementSibling")
	return rowNode{
		item: item, sender: sender, time: clock, state: clock.Get("nextElementSibling"),
		text: text, actions: text.Get("nextElementSibling"),
	}
}

// fill makes a row's elements say what the row says, whatever they said before.
func (l *rowList) fill(node rowNode, r *row) {
	data := node.item.Get("dataset")
	data.Set("id", r.id)
	data.Set("state", string(r.state))
	setFlag(data, "own", r.own)
	setFlag(data, "deleted", r.deleted)
	if r.seq > 0 {
		data.Set("seq", r.seq)
	}
	sender := r.sender
	if sender == "" {
		sender = l.text.you
	}
	node.sender.Set("textContent", sender)
	l.fillTime(node.time, r)
	node.text.Set("textContent", l.content(r))
	node.state.Call("replaceChildren")
	if r.own {
		l.fillState(node.state, r.state)
	}
	node.actions.Call("replaceChildren")
	if r.state == client.ItemFailed {
		l.fillActions(node.actions, r)
	}
}

func (l *rowList) content(r *row) string {
	switch {
	case r.deleted:
		return l.text.deleted
	case r.encrypted:
		return l.text.encrypted
	}
	return r.text
}

func (l *rowList) fillTime(node app.Value, r *row) {
	at, stamp := r.at.Time(), r.sentAt
	if r.seq > 0 {
		stamp = r.at.String()
	} else if sent, err := time.Parse(time.RFC3339, r.sentAt); err == nil {
		at = sent
	} else {
		return // read from a storage that others can write to
	}
	node.Set("dateTime", stamp)
	node.Set("textContent", l.clock.time(at))
	node.Set("title", l.clock.date(at))
}

func (l *rowList) fillState(node app.Value, state client.ItemState) {
	icon := element("span", "hallway-icon")
	icon.Call("setAttribute", "aria-hidden", "true")
	icon.Set("textContent", stateIcons[state])
	name := element("span", "hallway-hidden")
	name.Set("textContent", l.text.states[state])
	node.Call("append", icon, name)
	node.Set("title", l.text.states[state])
}

func (l *rowList) fillActions(node app.Value, r *row) {
	why := element("span", "hallway-reason")
	why.Set("textContent", l.text.refusal(r.code, r.reason))
	node.Call("append", why, button(actionRetry, l.text.retry), button(actionDiscard, l.text.discard))
}

// button makes a button of a row. Its clicks are heard by the log.
func button(action, text string) app.Value {
	b := element("button", "hallway-"+action)
	b.Set("type", "button")
	b.Set("textContent", text)
	b.Get("dataset").Set("action", action)
	return b
}

func element(tag, class string) app.Value {
	e := app.Window().Get("document").Call("createElement", tag)
	e.Set("className", class)
	return e
}

// setFlag sets a data attribute that is either there or not.
func setFlag(data app.Value, name string, on bool) {
	if on {
		data.Set(name, "")
	} else {
		data.Delete(name)
	}
}

// clock writes times as people of a place do: the browser knows how, and knows
// the zone's past and future offsets, which Go's time does not in a browser.
type clock struct{ short, long app.Value }

func newClock(tag string) clock {
	return clock{
		short: dateFormat(tag, map[string]any{"timeStyle": "short"}),
		long:  dateFormat(tag, map[string]any{"dateStyle": "full", "timeStyle": "medium"}),
	}
}

// dateFormat makes a formatter; where the host gives no language that the browser
// takes for one, in the browser's own.
func dateFormat(tag string, options map[string]any) (format app.Value) {
	constructor := app.Window().Get("Intl").Get("DateTimeFormat")
	defer func() {
		if recover() != nil {
			format = constructor.New(app.Undefined(), options)
		}
	}()
	if tag == "" {
		return constructor.New(app.Undefined(), options)
	}
	return constructor.New(tag, options)
}

func (c clock) time(at time.Time) string { return c.short.Call("format", at.UnixMilli()).String() }
func (c clock) date(at time.Time) string { return c.long.Call("format", at.UnixMilli()).String() }
