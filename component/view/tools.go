package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
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
var toolActions = []action{actionReact, actionReply, actionMenu}

// make makes the bar in a language.
func (t *tools) make(text *texts) {
	t.hide()
	t.bar = element("div", "hallway-tools")
	setAttribute(t.bar, "part", "tools")
	for _, does := range toolActions {
		b := iconButton(does, text)
		b.Set("tabIndex", -1)
		t.bar.Call("append", b)
	}
	setAttribute(t.bar.Get("lastElementChild"), "aria-haspopup", "menu")
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
		t.bar.Get("children").Index(i).Set("hidden", does != actionMenu && !slices.Contains(all, does))
	}
	node := t.log.list.nodes[id]
	if id == t.at && node.bubble.Equal(t.bar.Get("parentElement")) {
		return
	}
	t.at = id
	node.bubble.Call("append", t.bar)
	row, _ := extentOf(node.item)
	bar, _ := extentOf(t.bar)
	bubble := boxIn(node.bubble, node.item)
	room := max(row-bubble.right, bubble.left) // the other side has the avatar at most
	setFlag(t.bar.Get("dataset"), "beside", true, bar < room-menuGap)
}

func (t *tools) hide() {
	if t.bar != nil {
		t.bar.Call("remove")
	}
	t.at = ""
}
