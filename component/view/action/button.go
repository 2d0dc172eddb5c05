package action

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// Button makes a button. Its clicks are heard by what it is in.
func Button(does Action, text string) app.Value {
	b := dom.New("button", "hallway-"+string(does))
	b.Set("type", "button")
	b.Set("textContent", text)
	b.Get("dataset").Set("action", string(does))
	return b
}

// IconButton makes a button that shows an icon and says its action's word.
func IconButton(does Action, t *text.Texts) app.Value {
	b := Button(does, "")
	name := does.Name(t)
	dom.SetAttribute(b, "aria-label", name)
	b.Set("title", name)
	b.Call("append", Icon(does))
	return b
}

// Of gives the action of the button in which an event happened, and the button.
func Of(e app.Event) (does Action, control app.Value) {
	target := e.Get("target")
	if !target.Truthy() {
		return "", nil
	}
	control = target.Call("closest", "[data-action]")
	if !control.Truthy() {
		return "", nil
	}
	return Action(control.Get("dataset").Get("action").String()), control
}
