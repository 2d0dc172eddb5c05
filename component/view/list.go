package view

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

// stateIcons are drawn, not read: assistive technology gets the state's text.
var stateIcons = map[client.ItemState]string{
	client.ItemWaiting: "…",
	client.ItemSending: "↑",
	client.ItemSent:    "✓",
	client.ItemFailed:  "!",
}

// rowList is the rows in the document. It owns all children of its <ul>.
type rowList struct {
	ul       app.Value
	text     *text.Texts
	clock    text.Clock
	template app.Value
	shown    []row
	nodes    map[string]*rowNode
	minute   minute // of the time written last
}

// minute is what the times within one minute read like.
type minute struct {
	at   int64 // in minutes since the Unix epoch
	text string
}

// rowNode is the elements of one row.
type rowNode struct {
	is                                 row // as filled in
	item, from, sender                 app.Value
	bubble, text, time, state, actions app.Value
	// Nil where there is none:
	day, unread, avatar, badge, quote app.Value
	pinned, edited, reactions         app.Value
}

func newRowList(ul app.Value, t *text.Texts, c text.Clock) *rowList {
	item := dom.New("li", "hallway-message")
	dom.SetAttribute(item, "part", "message")
	item.Set("tabIndex", -1)
	from := dom.New("div", "hallway-from")
	from.Call("append", dom.Bidi("hallway-sender", ""))
	bubble := dom.New("div", "hallway-bubble")
	dom.SetAttribute(bubble, "part", "bubble")
	text := dom.New("div", "hallway-text")
	text.Set("dir", "auto")
	meta := dom.New("div", "hallway-meta")
	meta.Call("append", dom.New("time", "hallway-time"), dom.New("span", "hallway-state"))
	bubble.Call("append", text, meta)
	item.Call("append", from, bubble, dom.New("div", "hallway-actions"))
	return &rowList{ul: ul, text: t, clock: c, template: item, nodes: make(map[string]*rowNode)}
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

// clear takes all rows out of the document.
func (l *rowList) clear() {
	l.ul.Call("replaceChildren")
	l.shown = nil
	clear(l.nodes)
}

func (l *rowList) place(node *rowNode, before string) {
	if before == "" {
		l.ul.Call("append", node.item)
	} else {
		l.ul.Call("insertBefore", node.item, l.nodes[before].item)
	}
}

func (l *rowList) clone() *rowNode {
	item := l.template.Call("cloneNode", true)
	from := item.Get("firstElementChild")
	bubble := from.Get("nextElementSibling")
	text := bubble.Get("firstElementChild")
	clock := text.Get("nextElementSibling").Get("firstElementChild")
	return &rowNode{
		item: item, from: from, sender: from.Get("firstElementChild"),
		bubble: bubble, text: text, time: clock, state: clock.Get("nextElementSibling"),
		actions: bubble.Get("nextElementSibling"),
	}
}

// fill makes a row's elements say what the row says. It touches only what they do
// not say yet: a state that changes leaves a selection in the text alone.
func (l *rowList) fill(node *rowNode, r *row) {
	was, isNew := node.is, node.is.id == ""
	node.is = *r
	data := node.item.Get("dataset")
	if isNew {
		data.Set("id", r.id)
	}
	if r.seq != was.seq {
		data.Set("seq", r.seq)
	}
	dom.SetFlag(data, "own", was.own, r.own)
	dom.SetFlag(data, "deleted", was.deleted, r.deleted)
	dom.SetFlag(data, "head", was.head, r.head)
	dom.SetFlag(data, "changing", was.changing, r.changing)
	if isNew || r.sender != was.sender || r.role != was.role || r.head != was.head || r.own != was.own || r.senderID != was.senderID {
		l.fillSender(node, r)
	}
	if r.day != was.day {
		l.fillDay(node, r.day)
	}
	if r.unread != was.unread {
		l.fillUnread(node, r.unread)
	}
	if r.quote != was.quote {
		l.fillQuote(node, r.quote)
	}
	if r.reactions != was.reactions {
		l.fillReactions(node, r.reactions)
	}
	if r.pinned != was.pinned || r.edited != was.edited {
		l.fillMarks(node, r)
	}
	if isNew || r.text != was.text || r.deleted != was.deleted || r.encrypted != was.encrypted {
		l.fillText(node, r)
	}
	if r.at != was.at {
		l.fillTime(node.time, r.at)
	}
	if isNew || r.state != was.state || r.own != was.own {
		data.Set("state", string(r.state))
		l.fillState(node.state, r)
	}
	if r.state != was.state || r.code != was.code || r.reason != was.reason {
		l.fillActions(node.actions, r)
	}
}

// fillSender names the sender of each message, seen only at the head of a group.
func (l *rowList) fillSender(node *rowNode, r *row) {
	name := senderOf(l.text, r)
	node.sender.Set("textContent", name)
	node.badge = dom.Remove(node.badge)
	node.avatar = dom.Remove(node.avatar)
	if role := l.text.Role(r.role); role != "" {
		node.badge = dom.New("span", "hallway-badge")
		node.badge.Set("textContent", role)
		node.badge.Get("dataset").Set("role", string(r.role))
		node.from.Call("append", node.badge)
	}
	if r.head && !r.own {
		node.avatar = dom.New("span", "hallway-avatar")
		dom.SetAttribute(node.avatar, "part", "avatar")
		dom.SetAttribute(node.avatar, "aria-hidden", "true") // the name follows
		node.avatar.Set("textContent", text.Initials(name))
		node.avatar.Get("dataset").Set("colour", strconv.Itoa(text.AvatarColour(r.senderID)))
		node.from.Call("before", node.avatar)
	}
}

// fillDay separates a day from the one before, within its first message: the log has
// one item for a message and no others.
func (l *rowList) fillDay(node *rowNode, day int64) {
	node.day = dom.Remove(node.day)
	if day == 0 {
		return
	}
	node.day = dom.New("div", "hallway-day")
	dom.SetAttribute(node.day, "part", "day")
	name := dom.New("span", "hallway-day-name")
	name.Set("textContent", l.clock.Day(day))
	node.day.Call("append", name)
	node.item.Call("prepend", node.day)
}

func (l *rowList) fillQuote(node *rowNode, q quote) {
	node.quote = dom.Remove(node.quote)
	if q.id == "" {
		return
	}
	node.quote = action.Button(action.Quoted, "")
	node.quote.Set("className", "hallway-quote")
	node.quote.Get("dataset").Set("target", q.id)
	if !q.loaded {
		node.quote.Set("textContent", l.text.Say(text.ReplyAway))
	} else {
		content := l.text.Content(q.deleted, q.encrypted, q.text)
		sender := l.text.Called(q.by, q.sender)
		dom.SetAttribute(node.quote, "aria-label", l.text.With(text.ReplyTo, sender, content))
		node.quote.Call("append", dom.Bidi("hallway-quote-sender", sender), dom.Bidi("hallway-quote-text", content))
	}
	node.bubble.Call("prepend", node.quote)
}

func (l *rowList) fillText(node *rowNode, r *row) {
	content := l.text.Content(r.deleted, r.encrypted, r.text)
	if content != r.text {
		node.text.Set("textContent", content)
	} else {
		fillSpans(node.text, markup.Parse(content))
	}
	dom.SetFlag(node.item.Get("dataset"), "emoji", true, content == r.text && markup.EmojiOnly(content))
}

func (l *rowList) fillTime(node app.Value, at int64) {
	if at := at / time.Minute.Milliseconds(); l.minute.text == "" || l.minute.at != at {
		l.minute = minute{at, l.clock.Time(at * time.Minute.Milliseconds())}
	}
	node.Set("dateTime", protocol.Time(at*1000).String())
	node.Set("textContent", l.minute.text)
	node.Set("title", l.clock.Date(at))
}

func (l *rowList) fillState(node app.Value, r *row) {
	node.Call("replaceChildren")
	if !r.own {
		return
	}
	says := l.text.Say(stateWords[r.state])
	icon := dom.New("span", "hallway-icon")
	dom.SetAttribute(icon, "aria-hidden", "true")
	icon.Set("textContent", stateIcons[r.state])
	class := "hallway-hidden"
	if r.state == client.ItemWaiting {
		class = "hallway-state-name" // what takes longer says so to everybody
	}
	name := dom.New("span", class)
	name.Set("textContent", says)
	node.Call("append", icon, name)
	node.Set("title", says)
}

func (l *rowList) fillActions(node app.Value, r *row) {
	node.Call("replaceChildren")
	if r.state != client.ItemFailed {
		return
	}
	why := dom.New("span", "hallway-reason")
	why.Set("textContent", l.text.Refusal(r.code, r.reason, r.why))
	node.Call("append", why, action.Button(action.Retry, l.text.Say(text.Retry)), action.Button(action.Discard, l.text.Say(text.Discard)))
}

var stateWords = map[client.ItemState]text.Word{
	client.ItemWaiting: text.Waiting,
	client.ItemSending: text.Sending,
	client.ItemSent:    text.Sent,
	client.ItemFailed:  text.Failed,
}
