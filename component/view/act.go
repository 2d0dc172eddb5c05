package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// actionOf gives the action of the button in which an event happened, and the button.
func actionOf(e app.Event) (does action, control app.Value) {
	target := e.Get("target")
	if !target.Truthy() {
		return "", nil
	}
	control = target.Call("closest", "[data-action]")
	if !control.Truthy() {
		return "", nil
	}
	return action(control.Get("dataset").Get("action").String()), control
}

// rowOf gives the id of the row that an element is in; "": in none.
func rowOf(element app.Value) string {
	if item := element.Call("closest", "[data-id]"); item.Truthy() {
		return item.Get("dataset").Get("id").String()
	}
	return ""
}

// onClick hears the clicks of all buttons in the log.
func (l *log) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	does, control := actionOf(e)
	if l.scroller == nil {
		return
	}
	if control == nil {
		l.onPlainClick(e)
		return
	}
	id, data := rowOf(control), control.Get("dataset")
	switch does {
	case actionEarlier:
		if !l.snap.Loading {
			l.props.OnLoadOlder()
		}
	case actionEnd:
		l.toEnd()
		l.focus()
	case actionQuoted:
		l.toSeq(0, data.Get("target").String())
	case actionRetry:
		l.props.OnRetry(id)
		l.focus()
	case actionDiscard:
		l.props.OnDiscard(id)
		l.focus()
	case actionReaction:
		l.toggle(id, data.Get("emoji").String())
	default:
		l.act(does, id)
	}
}

// focus puts the keyboard into the log when the button that it was at goes away.
func (l *log) focus() { l.scroller.Call("focus", map[string]any{"preventScroll": true}) }

// act does something with a message, if it is offered.
func (l *log) act(does action, id string) {
	if does == actionShortcuts {
		l.over.showShortcuts()
		return
	}
	all := l.actions(id)
	if len(all) == 0 || does != actionMenu && !slices.Contains(all, does) {
		return
	}
	switch does {
	case actionMenu:
		l.over.openMenu(id, all)
	case actionReact:
		l.over.openEmojis(id)
	case actionDelete:
		l.over.askDelete(id)
	case actionReport, actionMute, actionBan, actionClear:
		l.over.askAct(id, does)
	case actionReply:
		l.reply(id)
	case actionEdit:
		l.edit(id)
	case actionCopy:
		l.copy(l.list.nodes[id].is.text)
	case actionPin, actionUnpin:
		l.props.OnPin(id, does == actionPin)
	}
}

// actions are what can be done with a message that is shown.
func (l *log) actions(id string) []action {
	node := l.list.nodes[id]
	if node == nil || l.snap.Banned != nil {
		return nil
	}
	return slices.DeleteFunc(actionsOn(&node.is, l.snap.Me.Role), func(does action) bool {
		return does == actionCopy && !clipboard().Truthy()
	})
}

// toggle adds one's own emoji to a message, or takes it back.
func (l *log) toggle(id, emoji string) {
	if node := l.list.nodes[id]; node != nil && node.is.seq > 0 && !node.is.deleted {
		l.props.OnReact(id, emoji, !node.is.reactions.mine(emoji))
	}
}

// clipboard is missing where the page is not served securely.
func clipboard() app.Value { return app.Window().Get("navigator").Get("clipboard") }

// copy puts a text into the clipboard, and says so.
func (l *log) copy(text string) {
	var done, failed app.Func
	end := func(note word) app.Func {
		return app.FuncOf(func(app.Value, []app.Value) any {
			done.Release()
			failed.Release()
			if note != "" {
				l.tell(l.text.say(note))
			}
			return nil
		})
	}
	done, failed = end(wordCopied), end("")
	clipboard().Call("writeText", text).Call("then", done, failed)
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
	case kind.Truthy() && kind.String() == "touch" && selectedText() == "" &&
		!e.Get("target").Call("closest", "a").Truthy():
		if id := rowOf(e.Get("target")); id != "" && len(l.actions(id)) > 0 {
			e.PreventDefault()
			l.act(actionMenu, id)
		}
	}
}
