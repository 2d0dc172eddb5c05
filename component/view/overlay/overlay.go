package overlay

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// Log is the log below an overlay. The overlay calls its methods on the UI goroutine.
type Log interface {
	// Act carries out an action on a message.
	Act(does action.Action, id string)
	// React adds the user's emoji to a message, or removes it.
	React(id, emoji string)
	// Offered returns the present target of a message and the actions that it offers, or none if it is gone.
	Offered(id string) (*action.Target, []action.Action)
	// ToMessage shows a message by its id and its seq (0: unknown).
	ToMessage(seq int64, id string)
	// Refocus moves the focus back to a message, or to the log for "".
	Refocus(id string)
	// Focused returns the id of the message with the focus, or "".
	Focused() string
	// FocusReturned records that the browser has given the focus back to an element of the chat.
	FocusReturned(to app.Value)
	// MenuOpens prepares for a menu.
	MenuOpens()
	// ForComposer reports whether a key belongs to the composer.
	ForComposer(e app.Event) bool
	// UseKeyboard records that the user uses the keyboard.
	UseKeyboard()
}

// shared holds the state that the menu and the dialog share.
type shared struct {
	log Log
	do  func(client.Event) // hands an event to the client's core
	// chosen hands back an action that belongs to the composer.
	chosen func(does action.Action, about *action.Target)
	text   *text.Texts
	clock  text.Clock
	snap   client.Snapshot
}

// Overlay holds the menu and the dialog of a chat. Call its methods on the UI goroutine.
type Overlay struct {
	app.Compo
	shared
	root   app.Value // nil while not mounted
	menu   menu
	dialog dialog
}

// New returns a closed overlay. do hands an event to the client's core, and chosen hands an action to the composer.
func New(l Log, do func(client.Event), chosen func(does action.Action, about *action.Target)) *Overlay {
	o := &Overlay{shared: shared{log: l, do: do, chosen: chosen}}
	o.menu.shared, o.dialog.shared = &o.shared, &o.shared
	return o
}

// Render implements go-app's Composer.
func (o *Overlay) Render() app.UI {
	return dom.UI("div", "hallway-over").OnClick(o.onClick).Body(
		dom.UI("div", "hallway-menu-box").Attr("part", "menu").Hidden(true).TabIndex(0).
			OnKeyDown(o.menu.onKeyDown).On("focusout", o.menu.onFocusOut),
		dom.UI("dialog", "hallway-dialog").Attr("part", "dialog").On("close", o.onDialogClosed).
			OnKeyDown(o.onDialogKey),
	)
}

// OnMount implements go-app's Mounter.
func (o *Overlay) OnMount(ctx app.Context) {
	o.root = ctx.JSSrc()
	o.menu.box = o.root.Get("firstElementChild")
	o.dialog.box = o.root.Get("lastElementChild")
}

// OnDismount implements go-app's Dismounter.
func (o *Overlay) OnDismount() { o.root, o.menu.box, o.dialog.box = nil, nil, nil }

// Speak sets the language, and closes the menu and the dialog.
func (o *Overlay) Speak(t *text.Texts, c text.Clock) {
	o.text, o.clock = t, c
	o.close()
}

// Open opens the menu or the dialog of an action. For a message that is the menu, the choice of emoji or a question. For
// an attached file it is the description. Otherwise it is the list of keys, the room's settings, or the question before a
// message to everybody.
func (o *Overlay) Open(does action.Action, t *action.Target, all []action.Action) {
	if o.root == nil || does == action.Room && !MaySetRoom(&o.snap) {
		return
	}
	switch does {
	case action.Menu:
		o.menu.openActions(t, all)
		return
	case action.React:
		o.menu.openEmojis(t)
		return
	}
	o.menu.close()
	switch does {
	case action.Shortcuts:
		o.dialog.showShortcuts()
	case action.Room:
		o.dialog.askRoom()
	case action.Reactors:
		o.dialog.showReactors(t)
	case action.Readers:
		o.dialog.showReaders()
	case action.Profile:
		o.dialog.showCard(*t)
	case action.Describe:
		o.dialog.askDescription(t.ID)
	case action.Everyone:
		o.dialog.askEveryone()
	default:
		o.dialog.ask(does, t)
	}
}

// MenuOpen reports whether the menu is open.
func (o *Overlay) MenuOpen() bool { return o.menu.isOpen() }

// CloseMenu closes the menu.
func (o *Overlay) CloseMenu() { o.menu.close() }

// ReturnsFocus reports whether a dialog is open or closing. Then the browser will give the focus back to the element
// that had it before.
func (o *Overlay) ReturnsFocus() bool { return o.dialog.asks != "" }

func (o *Overlay) close() {
	if o.root == nil {
		return
	}
	o.menu.close()
	if o.dialog.isOpen() {
		o.dialog.box.Call("close")
	}
}

// Moved opens the dialog again after the chat was moved in its document, because the browser closes it
// then.
func (o *Overlay) Moved() {
	if o.root == nil {
		return
	}
	o.menu.close()
	if o.dialog.isOpen() {
		o.dialog.box.Set("open", false)
		o.dialog.box.Call("showModal")
	}
}

// Show takes a snapshot. It closes a menu or a dialog whose message is gone, and one that the user may no longer
// see.
func (o *Overlay) Show(s *client.Snapshot) {
	o.snap = *s
	if o.root == nil {
		return
	}
	d := &o.dialog
	if (d.asks == action.Room || d.asks == action.Queue) && d.isOpen() && !client.Moderates(s.Me.Role) {
		d.box.Call("close")
		o.log.Refocus("") // the button that opened the dialog disappears
	}
	if d.asks == action.Queue {
		d.followQueue()
	}
	switch d.asks {
	case action.Room:
		d.followRoom()
	case action.Reactors:
		d.followReactors()
	case action.Readers:
		d.followReaders()
	case action.Profile:
		d.followCard()
	}
	switch {
	case o.menu.isOpen():
		t, all := o.log.Offered(o.menu.target.ID)
		if len(all) == 0 || t.Deleted != o.menu.target.Deleted {
			o.close()
		}
	case d.ofUser:
		if d.isOpen() && len(action.OnSender(&d.card.target, s.Me.Role)) == 0 {
			o.close()
		}
	case d.id != "" && d.asks != action.Shortcuts && d.asks != action.Profile:
		if _, all := o.log.Offered(d.id); !slices.Contains(all, d.asks) {
			o.close()
		}
	}
}

// onClick handles the clicks on all buttons of the menu and the dialog. A click beside the dialog closes
// it.
func (o *Overlay) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if o.root == nil {
		return
	}
	does, control := action.Of(e)
	if control == nil {
		if target := e.Get("target"); target.Truthy() && target.Equal(o.dialog.box) {
			o.closeDialog()
		}
		return
	}
	switch does {
	case action.Emoji:
		id := o.menu.back()
		o.log.React(id, dom.Data(control, "emoji"))
	case action.React:
		if t, _ := o.log.Offered(o.menu.target.ID); t != nil {
			o.menu.openEmojis(t)
		}
	case action.Close:
		o.closeDialog()
	case action.Confirm:
		o.confirm()
	case action.Queue:
		o.dialog.showQueue()
	case action.ReactorsOf:
		o.dialog.showReaction(dom.Data(control, "emoji"))
	case action.ReactorsMore:
		o.do(client.AskPeople{ID: o.dialog.id, Emoji: o.dialog.reactors.emoji, More: true})
	case action.Readmit:
		o.do(client.Readmit{User: dom.Data(control, "user")})
	case action.Renew:
		o.do(client.NewTurn{})
	case action.QueueMore:
		o.do(client.ReviewMore{})
	case action.Profile:
		o.dialog.showReactor(dom.Data(control, "user"))
	case action.Mention:
		o.closeDialog()
		o.chosen(does, &o.dialog.card.target)
	case action.Reported, action.Resolve, action.Drop:
		o.dialog.onReport(does, control)
	case action.Lift:
		o.dialog.lift()
		o.closeDialog()
	default:
		if o.dialog.asks == action.Profile {
			o.dialog.actOnUser(does)
			return
		}
		id := o.menu.back()
		o.log.Act(does, id)
	}
}

// onDialogKey handles the keys pressed in the dialog.
func (o *Overlay) onDialogKey(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	switch {
	case o.root == nil:
	case o.dialog.asks == action.Queue:
		o.dialog.walkQueue(e)
	case o.dialog.confirms(e):
		e.PreventDefault()
		o.confirm()
	}
}

func (o *Overlay) confirm() {
	if o.dialog.confirm() {
		o.closeDialog()
	}
}

// closeDialog closes the dialog and moves the focus back at once, so that the next key has a target.
func (o *Overlay) closeDialog() {
	o.dialog.box.Call("close")
	if active := dom.Active(); active.Truthy() {
		o.log.FocusReturned(active)
	}
	o.dialogClosed()
}

// onDialogClosed handles the closing of the dialog. The event comes late: another dialog may already be
// open.
func (o *Overlay) onDialogClosed(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	o.dialogClosed()
}

// dialogClosed resets the state of the dialog. It does nothing the second time.
func (o *Overlay) dialogClosed() {
	d := &o.dialog
	if o.root == nil || d.asks == "" || d.isOpen() {
		return
	}
	if d.asks == action.Queue {
		o.do(client.Review{On: false})
	}
	if d.asks == action.Readers {
		o.do(client.ShowReaders{On: false})
	}
	d.box.Call("replaceChildren")
	// The browser gives the focus back to the previous element, unless that is gone. The event comes late: the user may have
	// moved the focus since.
	if !dom.HasFocus(o.root.Get("parentElement")) {
		o.log.Refocus(d.id)
	}
	d.id, d.asks, d.ofUser = "", "", false
}
