package log

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// toolsGap is the distance between a bubble and the tools beside it, in CSS pixels.
const toolsGap = 4

// tools is the small bar of buttons at the row under the pointer or with the focus. There is only one, which moves
// from row to row, so that rows stay cheap. It is for pointers. Keyboard users have keys and the menu.
type tools struct {
	log *Log
	bar app.Value
	at  string // the id of the row that contains the bar; "": none
}

// toolActions holds the actions with a button in the bar, if the message offers them. The menu has the
// others.
var toolActions = []action.Action{action.React, action.Reply, action.Menu}

// make makes the bar in a language.
func (t *tools) make(texts *text.Texts) {
	t.hide()
	t.bar = dom.New("div", "hallway-tools")
	dom.SetAttribute(t.bar, "part", "tools")
	for _, does := range toolActions {
		b := action.IconButton(does, texts)
		b.Set("tabIndex", -1)
		dom.Append(t.bar, b)
	}
	dom.SetAttribute(t.bar.Get("lastElementChild"), "aria-haspopup", "menu")
}

// onPointer handles a pointer that enters a row or leaves the log. A finger leaves the log when it is
// lifted.
func (t *tools) onPointer(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if t.log.scroller == nil {
		return
	}
	if e.Get("type").String() == "pointerleave" {
		if e.Get("pointerType").String() != "touch" {
			t.show(t.log.Focused())
		}
		return
	}
	if target := e.Get("target"); target.Truthy() {
		if id := rowOf(target); id != "" {
			t.showAt(target, id)
		}
	}
}

// showAt puts the bar into the row around an element. It hides the bar if the element is the sender's name, which
// the bar would cover.
func (t *tools) showAt(element app.Value, id string) {
	if dom.Closest(element, ".hallway-profile").Truthy() {
		t.hide()
	} else {
		t.show(id)
	}
}

// show puts the bar into a row, and hides it if the row offers no actions.
func (t *tools) show(id string) {
	_, all := t.log.Offered(id)
	if len(all) == 0 {
		t.hide()
		return
	}
	for i, does := range toolActions {
		t.bar.Get("children").Index(i).Set("hidden", does != action.Menu && !slices.Contains(all, does))
	}
	node := t.log.list.nodes[id]
	if id == t.at && node.bubble.Equal(t.bar.Get("parentElement")) {
		return
	}
	t.at = id
	dom.Append(node.bubble, t.bar)
	row, _ := dom.Extent(node.item)
	bar, _ := dom.Extent(t.bar)
	bubble := dom.BoxIn(node.bubble, node.item)
	room := max(row-bubble.Right, bubble.Left) // the other side has only the avatar
	dom.SetFlag(t.bar.Get("dataset"), "beside", true, bar < room-toolsGap)
}

// refresh updates the bar from its row.
func (t *tools) refresh() {
	if t.at != "" {
		t.show(t.at)
	}
}

func (t *tools) hide() {
	if t.bar != nil {
		t.bar.Call("remove")
	}
	t.at = ""
}
