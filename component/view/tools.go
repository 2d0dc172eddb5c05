package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// tools is the small bar of buttons at the message that the pointer or the keyboard is
// at. There is only one: it goes from row to row, so that rows cost nothing for it.
// It is there for the pointer; the keyboard has the keys, and the menu.
type tools struct {
	log *log
	bar app.Value
	at  string // the row that it is in, by its id; "": none
}

// toolActions are those that the bar offers, where the message does; the others are
// in the menu.
var toolActions = []action.Action{action.React, action.Reply, action.Menu}

// make makes the bar in a language.
func (t *tools) make(text *text.Texts) {
	t.hide()
	t.bar = dom.New("div", "hallway-tools")
	dom.SetAttribute(t.bar, "part", "tools")
	for _, does := range toolActions {
		b := action.IconButton(does, text)
		b.Set("tabIndex", -1)
		t.bar.Call("append", b)
	}
	dom.SetAttribute(t.bar.Get("lastElementChild"), "aria-haspopup", "menu")
}

// onPointer hears the pointer come to a row, and leave the log. A finger leaves it
// whenever it is lifted.
func (t *tools) onPointer(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if t.log.scroller == nil {
		return
	}
	if e.Get("type").String() == "pointerleave" {
		if e.Get("pointerType").String() != "touch" {
			t.show(t.log.focused())
		}
		return
	}
	if target := e.Get("target"); target.Truthy() {
		if id := rowOf(target); id != "" {
			t.show(id)
		}
	}
}

// show puts the bar into a row; hide takes it away.
func (t *tools) show(id string) {
	all := t.log.actions(id)
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
	node.bubble.Call("append", t.bar)
	row, _ := dom.Extent(node.item)
	bar, _ := dom.Extent(t.bar)
	bubble := dom.BoxIn(node.bubble, node.item)
	room := max(row-bubble.Right, bubble.Left) // the other side has the avatar at most
	dom.SetFlag(t.bar.Get("dataset"), "beside", true, bar < room-menuGap)
}

func (t *tools) hide() {
	if t.bar != nil {
		t.bar.Call("remove")
	}
	t.at = ""
}
