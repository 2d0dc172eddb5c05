package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
)

// over is what opens over the chat: the menu of a message, and dialogs. There is only
// one of either, filled anew each time.
type over struct {
	app.Compo
	log *log

	root, menu, dialog app.Value     // nil while not mounted
	id                 string        // the message that it is about; "": none
	deleted            bool          // what the menu offers is about one that was deleted
	asks               action.Action // what the dialog asks about
	user               string        // the one concerned
	length, reason     app.Value     // the dialog's fields; nil: it has none
	frozen             app.Value
	queue              queue // the dialog with the open reports
	lines              [][]app.Value
	at                 dom.Cell // where the keyboard is in lines
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
	if (o.asks == action.Room || o.asks == action.Queue) && o.dialog.Get("open").Bool() && !client.Leads(o.log.snap.Me.Role) {
		o.dialog.Call("close") // who moderates no longer has neither
		o.log.focus()          // the button that led here goes away
	}
	if o.asks == action.Queue {
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
	} else if o.asks != action.Shortcuts && !slices.Contains(all, o.asks) {
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
	does, control := action.Of(e)
	if control == nil {
		if target := e.Get("target"); target.Truthy() && target.Equal(o.dialog) {
			o.closeDialog()
		}
		return
	}
	id := o.id
	switch does {
	case action.Emoji:
		o.back()
		o.log.toggle(id, control.Get("dataset").Get("emoji").String())
	case action.React:
		o.openEmojis(id)
	case action.Close:
		o.closeDialog()
	case action.Confirm:
		o.confirm()
	case action.Queue:
		o.showQueue()
	case action.QueueMore:
		o.log.props.OnReviewMore()
	case action.Reported, action.Resolve, action.Drop:
		o.onReport(does, control)
	case action.Lift:
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
	if o.asks == action.Queue {
		o.log.props.OnReview(false)
	}
	o.dialog.Call("replaceChildren")
	if o.isOpen() { // a menu was opened meanwhile, which has the keyboard
		return
	}
	// For the room and its reports the browser goes back to the button; in the message people may have gone on.
	if o.asks != action.Room && o.asks != action.Queue && o.log.focused() != o.id {
		o.log.refocus(o.id)
	}
	o.id, o.asks = "", ""
}
