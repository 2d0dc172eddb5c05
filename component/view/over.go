package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
)

// over is what opens over the chat: the menu of a message, and dialogs. There is only
// one of either, filled anew each time.
type over struct {
	app.Compo
	log *log

	root, menu, dialog app.Value // nil while not mounted
	id                 string    // the message that it is about; "": none
	deleted            bool      // what the menu offers is about one that was deleted
	asks               action    // what the dialog asks about
	user               string    // the one concerned
	length, reason     app.Value // the dialog's fields; nil: it has none
	frozen             app.Value
	queue              queue // the dialog with the open reports
	lines              [][]app.Value
	at                 place // where the keyboard is in lines
}

// Render is go-app's.
func (o *over) Render() app.UI {
	return app.Div().Class("hallway-over").OnClick(o.onClick).Body(
		app.Div().Class("hallway-menu-box").Attr("part", "menu").Hidden(true).TabIndex(-1).
			OnKeyDown(o.onKeyDown).On("focusout", o.onFocusOut),
		app.Dialog().Class("hallway-dialog").Attr("part", "dialog").On("close", o.onDialogClosed).
			OnKeyDown(o.onDialogKey),
	)
}

// OnMount is go-app's.
func (o *over) OnMount(ctx app.Context) {
	o.root = ctx.JSSrc()
	o.menu = o.root.Get("firstElementChild")
	o.dialog = o.root.Get("lastElementChild")
}

// OnDismount is go-app's.
func (o *over) OnDismount() { o.root, o.menu, o.dialog = nil, nil, nil }

func (o *over) isOpen() bool { return o.root != nil && !o.menu.Get("hidden").Bool() }

// close closes all that is open.
func (o *over) close() {
	if o.root == nil {
		return
	}
	o.closeMenu()
	if o.dialog.Get("open").Bool() {
		o.dialog.Call("close")
	}
}

// moved shows again what opens over the page, after the chat was moved in its
// document: there the browser has let go of it.
func (o *over) moved() {
	if o.root == nil {
		return
	}
	o.closeMenu()
	if o.dialog.Get("open").Bool() {
		o.dialog.Set("open", false)
		o.dialog.Call("showModal")
	}
}

// check closes what is about a message that is gone, or not the user's to see any more.
func (o *over) check() {
	if o.root == nil {
		return
	}
	if (o.asks == actionRoom || o.asks == actionQueue) && o.dialog.Get("open").Bool() && !client.Leads(o.log.snap.Me.Role) {
		o.dialog.Call("close") // who moderates no longer has neither
		o.log.focus()          // the button that led here goes away
	}
	if o.asks == actionQueue {
		o.followQueue()
	}
	if o.id == "" {
		return
	}
	all := o.log.actions(o.id)
	if o.isOpen() {
		if len(all) == 0 || o.log.list.nodes[o.id].is.deleted != o.deleted {
			o.close()
		}
	} else if o.asks != actionShortcuts && !slices.Contains(all, o.asks) {
		o.close()
	}
}

// onClick hears the clicks of all buttons in the menu and the dialog, and those
// beside the dialog, which close it.
func (o *over) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if o.root == nil {
		return
	}
	does, control := actionOf(e)
	if control == nil {
		if target := e.Get("target"); target.Truthy() && target.Equal(o.dialog) {
			o.closeDialog()
		}
		return
	}
	id := o.id
	switch does {
	case actionEmoji:
		o.back()
		o.log.toggle(id, control.Get("dataset").Get("emoji").String())
	case actionReact:
		o.openEmojis(id)
	case actionClose:
		o.closeDialog()
	case actionConfirm:
		o.confirm()
	case actionQueue:
		o.showQueue()
	case actionQueueMore:
		o.log.props.OnReviewMore()
	case actionReported, actionResolve, actionDrop:
		o.onReport(does, control)
	case actionLift:
		o.log.props.OnModerate(undoActs[questions[o.asks].act], o.user, 0, "")
		o.closeDialog()
	default:
		o.back()
		o.log.act(does, id)
	}
}

// back closes the menu and puts the keyboard back to its message.
func (o *over) back() {
	id := o.id
	o.closeMenu()
	o.log.refocus(id)
}

// closeDialog closes the dialog and puts the keyboard back at once: what is typed next
// has a place.
func (o *over) closeDialog() {
	o.dialog.Call("close")
	if active := app.Window().Get("document").Get("activeElement"); active.Truthy() {
		o.log.hand.own = rowOf(active) // the browser has put the focus back there
	}
	o.dialogClosed()
}

// onDialogClosed hears that the dialog was closed, by whatever means. It hears it
// late: another may be open by then.
func (o *over) onDialogClosed(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	o.dialogClosed()
}

// dialogClosed does what is to be done after the dialog was closed, once.
func (o *over) dialogClosed() {
	if o.root == nil || o.asks == "" || o.dialog.Get("open").Bool() {
		return
	}
	if o.asks == actionQueue {
		o.log.props.OnReview(false)
	}
	o.dialog.Call("replaceChildren")
	if o.isOpen() { // a menu was opened meanwhile, which has the keyboard
		return
	}
	// For the room and its reports the browser goes back to the button; in the message people may have gone on.
	if o.asks != actionRoom && o.asks != actionQueue && o.log.focused() != o.id {
		o.log.refocus(o.id)
	}
	o.id, o.asks = "", ""
}
