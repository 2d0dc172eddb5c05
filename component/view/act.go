package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// onClick hears the clicks of all buttons in the log.
func (l *log) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	does, control := action.Of(e)
	if l.scroller == nil {
		return
	}
	if control == nil {
		l.onPlainClick(e)
		return
	}
	id, data := rowOf(control), control.Get("dataset")
	switch does {
	case action.Earlier:
		if !l.snap.Loading {
			l.props.OnLoadOlder()
		}
	case action.End:
		l.toEnd()
		l.focus()
	case action.Quoted:
		l.toSeq(0, data.Get("target").String())
	case action.Retry:
		l.props.OnRetry(id)
		l.focus()
	case action.Discard:
		l.props.OnDiscard(id)
		l.focus()
	case action.Reaction:
		l.toggle(id, data.Get("emoji").String())
	default:
		l.act(does, id)
	}
}

// focus puts the keyboard into the log when the button that it was at goes away.
func (l *log) focus() { l.scroller.Call("focus", map[string]any{"preventScroll": true}) }

// act does something with a message, if it is offered.
func (l *log) act(does action.Action, id string) {
	if does == action.Shortcuts {
		l.over.showShortcuts()
		return
	}
	all := l.actions(id)
	if len(all) == 0 || does != action.Menu && !slices.Contains(all, does) {
		return
	}
	switch does {
	case action.Menu:
		l.over.openMenu(id, all)
	case action.React:
		l.over.openEmojis(id)
	case action.Delete:
		l.over.askDelete(id)
	case action.Report, action.Mute, action.Ban, action.Clear:
		l.over.askAct(id, does)
	case action.Reply:
		l.reply(id)
	case action.Edit:
		l.edit(id)
	case action.Copy:
		l.copy(l.list.nodes[id].is.text)
	case action.Pin, action.Unpin:
		l.props.OnPin(id, does == action.Pin)
	}
}

// actions are what can be done with a message that is shown.
func (l *log) actions(id string) []action.Action {
	node := l.list.nodes[id]
	if node == nil || l.snap.Banned != nil {
		return nil
	}
	return slices.DeleteFunc(action.Offered(l.target(id), l.snap.Me.Role), func(does action.Action) bool {
		return does == action.Copy && !dom.Clipboard().Truthy()
	})
}

// target describes a message that is shown, for what can be done with it; nil: it is not shown.
func (l *log) target(id string) *action.Target {
	node := l.list.nodes[id]
	if node == nil {
		return nil
	}
	r := &node.is
	t := &action.Target{
		Id: id, Stored: r.seq > 0, Own: r.own, Deleted: r.deleted, Encrypted: r.encrypted, Pinned: r.pinned,
		Text: r.text, SenderID: r.senderID, Sender: senderOf(l.text, r), Role: r.role, Bubble: node.bubble,
	}
	if r.reactions != nil {
		for i := range r.reactions.all {
			if r.reactions.all[i].mine {
				t.Mine = append(t.Mine, r.reactions.all[i].emoji)
			}
		}
	}
	return t
}

// toggle adds one's own emoji to a message, or takes it back.
func (l *log) toggle(id, emoji string) {
	if node := l.list.nodes[id]; node != nil && node.is.seq > 0 && !node.is.deleted {
		l.props.OnReact(id, emoji, !node.is.reactions.mine(emoji))
	}
}

// copy puts a text into the clipboard, and says so.
func (l *log) copy(copied string) {
	var done, failed app.Func
	end := func(note text.Word) app.Func {
		return app.FuncOf(func(app.Value, []app.Value) any {
			done.Release()
			failed.Release()
			if note != "" {
				l.tell(l.text.Say(note))
			}
			return nil
		})
	}
	done, failed = end(text.Copied), end("")
	dom.Clipboard().Call("writeText", copied).Call("then", done, failed)
}

// onContextMenu opens the menu for a finger that stays on a message. On a link and on
// selected text it is the browser's own, as for everybody else, unless the key for it
// has opened ours. (A browser that selects the word under the finger has done so by
// then.)
func (l *log) onContextMenu(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if l.scroller == nil {
		return
	}
	switch kind := e.Get("pointerType"); {
	case l.over.isOpen():
		e.PreventDefault()
	case kind.Truthy() && kind.String() == "touch" && dom.SelectedText() == "" &&
		!e.Get("target").Call("closest", "a").Truthy():
		if id := rowOf(e.Get("target")); id != "" && len(l.actions(id)) > 0 {
			e.PreventDefault()
			l.act(action.Menu, id)
		}
	}
}

// rowOf gives the id of the row that an element is in; "": in none.
func rowOf(element app.Value) string {
	if item := element.Call("closest", "[data-id]"); item.Truthy() {
		return item.Get("dataset").Get("id").String()
	}
	return ""
}
