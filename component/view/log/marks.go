package log

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// fillUnread shows the separator of unread messages. It is in the first unread row, because the items of the log
// are messages only.
func (l *rowList) fillUnread(node *rowNode, unread bool) {
	node.unread = dom.Remove(node.unread)
	if !unread {
		return
	}
	node.unread = dom.New("div", "hallway-unread")
	dom.SetAttribute(node.unread, "part", "unread")
	dom.Append(node.unread, dom.Text("span", "hallway-unread-name", l.text.Say(text.Unread)))
	if node.day != nil {
		node.day.Call("after", node.unread)
	} else {
		node.item.Call("prepend", node.unread)
	}
}

// fillMarks shows marks before the time: pinned, edited, and the encryption state of a message.
func (l *rowList) fillMarks(node *rowNode, r *row) {
	node.pinned, node.edited, node.sealed = dom.Remove(node.pinned), dom.Remove(node.edited), dom.Remove(node.sealed)
	if says := l.text.Mark(r.mark); says != "" && !r.encrypted {
		node.sealed = dom.New("span", "hallway-sealed")
		dom.SetText(node.sealed, says)
		node.time.Call("before", node.sealed)
	}
	if r.pinned {
		node.pinned = dom.New("span", "hallway-pin-mark")
		node.pinned.Set("title", l.text.Say(text.Pinned))
		node.pinned.Call("append", action.Icon(action.Pin), dom.Hidden(l.text.Say(text.Pinned)))
		node.time.Call("before", node.pinned)
	}
	if r.edited != 0 {
		node.edited = dom.New("span", "hallway-edited")
		dom.SetText(node.edited, l.text.Say(text.Edited))
		node.edited.Set("title", l.clock.Date(r.edited))
		node.time.Call("before", node.edited)
	}
}

// fillReactions shows the reactions below a message. It keeps existing buttons, and so the focus, and changes only
// their text.
func (l *rowList) fillReactions(node *rowNode, set *reactionSet) {
	if set == nil {
		node.reactions = dom.Remove(node.reactions)
		return
	}
	if node.reactions == nil {
		node.reactions = dom.New("div", "hallway-reactions")
		node.bubble.Call("after", node.reactions)
	}
	chips := make(map[string]app.Value)
	for chip := node.reactions.Get("firstElementChild"); chip.Truthy(); {
		next, emoji := chip.Get("nextElementSibling"), dom.Data(chip, "emoji")
		if slices.ContainsFunc(set.all, func(r reaction) bool { return r.emoji == emoji }) {
			chips[emoji] = chip
		} else {
			chip.Call("remove")
		}
		chip = next
	}
	for i := range set.all {
		r := &set.all[i]
		chip, ok := chips[r.emoji]
		if !ok {
			chip = newChip(r.emoji)
		}
		l.fillChip(chip, r)
		if place := node.reactions.Get("children").Index(i); !chip.Equal(place) {
			node.reactions.Call("insertBefore", chip, place)
		}
	}
}

// newChip returns the button of a reaction. The Tab key skips it. The arrow keys reach it from its
// message.
func newChip(emoji string) app.Value {
	chip := action.Button(action.Reaction, "")
	chip.Set("tabIndex", -1)
	dom.SetAttribute(chip, "part", "reaction")
	dom.SetData(chip, "emoji", emoji)
	face := dom.New("span", "hallway-chip")
	face.Call("append", dom.Text("span", "hallway-chip-emoji", emoji), dom.New("span", "hallway-chip-count"))
	dom.Append(chip, face)
	return chip
}

func (l *rowList) fillChip(chip app.Value, r *reaction) {
	name := reactionName(l.text, r)
	dom.SetAttribute(chip, "aria-label", name)
	dom.SetAttribute(chip, "aria-pressed", strconv.FormatBool(r.mine))
	chip.Set("title", name)
	dom.SetText(chip.Get("firstElementChild").Get("lastElementChild"), l.text.Number(r.count))
}
