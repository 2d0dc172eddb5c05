package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/markup"
	"hallway/component/view/text"
)

// stateSigns returns the word and the icon for the state of the user's message. Assistive technology gets only the
// word.
func stateSigns(s client.ItemState) (word text.Word, icon string) {
	switch s {
	case client.ItemWaiting:
		return text.Waiting, "…"
	case client.ItemSending:
		return text.Sending, "↑"
	case client.ItemSent:
		return text.Sent, "✓"
	case client.ItemFailed:
		return text.Failed, "!"
	}
	return "", ""
}

// fillSender shows the sender. Only the first row of a group shows the name, as a button to the sender's card.
func (l *rowList) fillSender(node *rowNode, r *row) {
	name := senderOf(l.text, r)
	dom.SetText(node.sender, name)
	node.badge = dom.Remove(node.badge)
	node.avatar = dom.Remove(node.avatar)
	if role := l.text.Role(r.role); role != "" {
		node.badge = dom.New("span", "hallway-badge")
		dom.SetText(node.badge, role)
		dom.SetData(node.badge, "role", string(r.role))
		dom.Append(node.from, node.badge)
	}
	if r.head && !r.own {
		node.avatar = dom.Face("", text.Initials(name), text.AvatarColour(r.senderID), r.picture)
		dom.SetAttribute(node.avatar, "part", "avatar")
		node.from.Call("before", node.avatar)
	}
	node.from.Call("prepend", node.sender)
	node.profile = dom.Remove(node.profile)
	if r.head && !r.own && !r.deleted {
		node.profile = action.Button(action.Profile, "")
		node.profile.Set("tabIndex", -1) // the arrow keys reach it from its message
		dom.SetAttribute(node.profile, "aria-haspopup", "dialog")
		node.from.Call("prepend", node.profile)
		dom.Append(node.profile, node.sender)
		dom.SetData(node.avatar, "action", string(action.Profile))
	}
}

// fillDay shows the separator of a day. It is in the day's first row, because the items of the log are messages
// only.
func (l *rowList) fillDay(node *rowNode, day int64) {
	node.day = dom.Remove(node.day)
	if day == 0 {
		return
	}
	node.day = dom.New("div", "hallway-day")
	dom.SetAttribute(node.day, "part", "day")
	dom.Append(node.day, dom.Text("span", "hallway-day-name", l.clock.Day(day)))
	node.item.Call("prepend", node.day)
}

// fillQuote shows the answered message.
func (l *rowList) fillQuote(node *rowNode, q quote) {
	node.quote = dom.Remove(node.quote)
	if q.id == "" {
		return
	}
	node.quote = action.Button(action.Quoted, "")
	node.quote.Set("className", "hallway-quote")
	dom.SetData(node.quote, "target", q.id)
	if !q.loaded {
		dom.SetText(node.quote, l.text.Say(text.ReplyAway))
	} else {
		content := l.text.Doubted(q.mark, l.text.Content(q.deleted, q.encrypted, q.text))
		sender := l.text.Called(q.by, q.sender)
		dom.SetAttribute(node.quote, "aria-label", l.text.With(text.ReplyTo, sender, content))
		node.quote.Call("append", dom.Bidi("hallway-quote-sender", sender), dom.Bidi("hallway-quote-text", content))
	}
	node.bubble.Call("prepend", node.quote)
}

// fillFiles shows the files of a message.
func (l *rowList) fillFiles(node *rowNode, r *row) {
	dom.SetFlag(node.item.Get("dataset"), "files", true, r.files != nil)
	if r.files == nil {
		if root := dom.Find(node.bubble, ".hallway-files"); root.Truthy() {
			root.Call("remove")
		}
		node.files = nil
		return
	}
	if node.files == nil {
		root := dom.New("div", "hallway-files")
		dom.SetAttribute(root, "part", "files")
		node.text.Call("before", root)
		node.files = l.shelf.NewBox(root)
	}
	item := ""
	if r.seq == 0 {
		item = r.id
	}
	node.files.ShowIn(item, *r.files)
}

// fillText shows the text with its markup.
func (l *rowList) fillText(node *rowNode, r *row) {
	content := l.text.MarkedContent(r.deleted, r.encrypted, r.mark, r.text)
	if content != r.text {
		dom.SetText(node.text, content)
	} else {
		fillSpans(node.text, markup.ParseMarked(content, marksOf(r.mentions)))
	}
	dom.SetFlag(node.item.Get("dataset"), "emoji", true, content == r.text && markup.EmojiOnly(content))
}

// fillState shows the state of the user's message.
func (l *rowList) fillState(node app.Value, r *row) {
	node.Call("replaceChildren")
	if !r.own {
		return
	}
	word, sign := stateSigns(r.state)
	says := l.text.Say(word)
	icon := dom.Text("span", "hallway-icon", sign)
	dom.SetAttribute(icon, "aria-hidden", "true")
	class := "hallway-hidden"
	if r.state == client.ItemWaiting {
		class = "hallway-state-name" // the word of a waiting message is visible
	}
	node.Call("append", icon, dom.Text("span", class, says))
	node.Set("title", says)
}

// fillActions shows the reason why a message failed, and buttons to retry or discard it.
func (l *rowList) fillActions(node app.Value, r *row) {
	node.Call("replaceChildren")
	if r.state != client.ItemFailed {
		return
	}
	why := dom.Text("span", "hallway-reason", l.text.Refusal(r.code, r.reason, r.why))
	node.Call("append", why, action.Button(action.Retry, l.text.Say(text.Retry)), action.Button(action.Discard, l.text.Say(text.Discard)))
}
