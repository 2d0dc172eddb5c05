package log

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
)

// rowOf returns the id of the row around an element, or "" outside of all rows.
func rowOf(element app.Value) string {
	if item := dom.Closest(element, "[data-id]"); item.Truthy() {
		return dom.Data(item, "id")
	}
	return ""
}

// onClick handles the clicks on all buttons in the log.
func (l *Log) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	does, control := action.Of(e)
	if l.scroller == nil {
		return
	}
	if control == nil {
		if l.device.clickedText(e) {
			l.host.FocusComposer()
			l.device.clicked = rowOf(e.Get("target"))
		}
		return
	}
	id, data := rowOf(control), control.Get("dataset")
	switch does {
	case action.Earlier:
		if !l.snap.Loading {
			l.host.Do(client.LoadOlder{})
		}
	case action.End:
		l.ToEnd()
		l.cursor.focusLog()
	case action.Quoted:
		l.ToMessage(0, data.Get("target").String())
	case action.Retry:
		l.host.Do(client.Retry{ID: id})
		l.cursor.focusLog() // the button disappears
	case action.Discard:
		l.host.Do(client.Discard{ID: id})
		l.cursor.focusLog()
	case action.Reaction:
		l.React(id, data.Get("emoji").String())
	default:
		if !l.shelf.Act(does, id, control) {
			l.Act(does, id)
		}
	}
}

// Act carries out an action on a message, if the message offers it.
func (l *Log) Act(does action.Action, id string) {
	if does != action.Shortcuts {
		_, all := l.Offered(id)
		if len(all) == 0 || does != action.Menu && does != action.Profile && !slices.Contains(all, does) {
			return
		}
	}
	l.host.Act(does, id)
}

// Offered returns the target for a shown message, and the actions that it offers.
func (l *Log) Offered(id string) (t *action.Target, all []action.Action) {
	node := l.list.nodes[id]
	if node == nil || l.snap.Banned != nil {
		return nil, nil
	}
	t = node.target(l.text)
	return t, slices.DeleteFunc(action.Offered(t, l.snap.Me.Role), func(does action.Action) bool {
		return does == action.Copy && !dom.Clipboard().Truthy()
	})
}

// React adds the user's emoji to a message, or removes it.
func (l *Log) React(id, emoji string) {
	if node := l.list.nodes[id]; node != nil && node.is.seq > 0 && !node.is.deleted {
		l.host.Do(client.React{ID: id, Emoji: emoji, On: !node.is.reactions.mine(emoji)})
	}
}

// onContextMenu opens the menu for a finger that rests on a message. A link, selected text and a mouse get the
// browser's own menu, except while our menu is open, because its key causes this event, too. (A browser that
// selects the word under the finger has done so before this event.)
func (l *Log) onContextMenu(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if l.scroller == nil {
		return
	}
	switch kind := e.Get("pointerType"); {
	case l.host.MenuOpen():
		e.PreventDefault()
	case kind.Truthy() && kind.String() == "touch" && dom.SelectedText() == "" &&
		!dom.Closest(e.Get("target"), "a").Truthy():
		if id := rowOf(e.Get("target")); id != "" {
			if _, all := l.Offered(id); len(all) > 0 {
				e.PreventDefault()
				l.Act(action.Menu, id)
			}
		}
	}
}
