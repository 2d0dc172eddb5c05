package log

import (
	"cmp"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/media"
	"hallway/component/view/text"
	"hallway/protocol"
)

// rowList holds the rows in the document. It owns all children of its <ul>.
type rowList struct {
	ul       app.Value
	text     *text.Texts
	clock    text.Clock
	shelf    *media.Shelf
	template app.Value
	shown    []row
	nodes    map[string]*rowNode // by row id
	minute   minute              // the last formatted time
}

// minute caches the text for the times within one minute.
type minute struct {
	at   int64 // in minutes since the Unix epoch
	text string
}

// rowNode holds the elements of one row.
type rowNode struct {
	is                                 row // the row that the elements show
	item, from, sender                 app.Value
	bubble, text, time, state, actions app.Value
	// These are nil if the row has no such element:
	day, unread, avatar, badge, quote app.Value
	pinned, edited, sealed, reactions app.Value
	profile                           app.Value // the button around the sender's name
	files                             *media.Box
}

func newRowList(ul app.Value, shelf *media.Shelf) *rowList {
	item := dom.New("li", "hallway-message")
	dom.SetAttribute(item, "part", "message")
	item.Set("tabIndex", -1)
	from := dom.New("div", "hallway-from")
	dom.Append(from, dom.Bidi("hallway-sender", ""))
	bubble := dom.New("div", "hallway-bubble")
	dom.SetAttribute(bubble, "part", "bubble")
	text := dom.New("div", "hallway-text")
	text.Set("dir", "auto")
	meta := dom.New("div", "hallway-meta")
	meta.Call("append", dom.New("time", "hallway-time"), dom.New("span", "hallway-state"))
	bubble.Call("append", text, meta)
	item.Call("append", from, bubble, dom.New("div", "hallway-actions"))
	return &rowList{ul: ul, shelf: shelf, template: item, nodes: make(map[string]*rowNode)}
}

// speak sets the language, and removes all rows, which are in another language.
func (l *rowList) speak(t *text.Texts, c text.Clock) {
	l.ul.Call("replaceChildren")
	l.text, l.clock, l.minute, l.shown = t, c, minute{}, nil
	clear(l.nodes)
}

// apply carries out the edits that change the shown rows into rows.
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

func (l *rowList) place(node *rowNode, before string) {
	if before == "" {
		dom.Append(l.ul, node.item)
	} else {
		l.ul.Call("insertBefore", node.item, l.nodes[before].item)
	}
}

func (l *rowList) clone() *rowNode {
	item := l.template.Call("cloneNode", true)
	from := item.Get("firstElementChild")
	bubble := from.Get("nextElementSibling")
	text := bubble.Get("firstElementChild")
	time := text.Get("nextElementSibling").Get("firstElementChild")
	return &rowNode{
		item: item, from: from, sender: from.Get("firstElementChild"),
		bubble: bubble, text: text, time: time, state: time.Get("nextElementSibling"),
		actions: bubble.Get("nextElementSibling"),
	}
}

// fill updates those of a row's elements that differ. So a change of the state does not end a selection
// in the text.
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
	dom.SetFlag(data, "mentioned", was.mentioned, r.mentioned)
	if isNew || r.sender != was.sender || r.role != was.role || r.head != was.head || r.own != was.own || r.senderID != was.senderID || r.picture != was.picture || r.deleted != was.deleted {
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
	if r.files != was.files {
		l.fillFiles(node, r)
	}
	if r.reactions != was.reactions {
		l.fillReactions(node, r.reactions)
	}
	if r.pinned != was.pinned || r.edited != was.edited || r.mark != was.mark {
		l.fillMarks(node, r)
	}
	if isNew || r.text != was.text || r.deleted != was.deleted || r.encrypted != was.encrypted || r.mark != was.mark || r.mentions != was.mentions {
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

// target returns the target of actions on a row's message.
func (n *rowNode) target(t *text.Texts) *action.Target {
	r := &n.is
	target := &action.Target{
		ID: r.id, Stored: r.seq > 0, Own: r.own, Deleted: r.deleted, Encrypted: r.encrypted, Pinned: r.pinned,
		Text: cmp.Or(r.text, r.names), SenderID: r.senderID, Sender: senderOf(t, r), Picture: r.picture, Role: r.role, Bubble: n.bubble,
	}
	if r.reactions != nil {
		for i := range r.reactions.all {
			target.Reactions = append(target.Reactions, r.reactions.all[i].emoji)
			if r.reactions.all[i].mine {
				target.Mine = append(target.Mine, r.reactions.all[i].emoji)
			}
		}
	}
	return target
}

func (l *rowList) fillTime(node app.Value, at int64) {
	if at := at / time.Minute.Milliseconds(); l.minute.text == "" || l.minute.at != at {
		l.minute = minute{at, l.clock.Time(at * time.Minute.Milliseconds())}
	}
	node.Set("dateTime", protocol.Time(at*1000).String())
	dom.SetText(node, l.minute.text)
	node.Set("title", l.clock.Date(at))
}
