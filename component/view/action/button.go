package action

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

const svgNamespace = "http://www.w3.org/2000/svg"

// Button returns a button for an action. An element around it must handle its clicks.
func Button(does Action, says string) app.Value {
	b := dom.Text("button", "hallway-"+string(does), says)
	b.Set("type", "button")
	dom.SetData(b, "action", string(does))
	return b
}

// IconButton returns a button with the icon and the name of its action.
func IconButton(does Action, t *text.Texts) app.Value { return Named(does, does.Name(t)) }

// Named returns a button with the icon of its action and another name.
func Named(does Action, name string) app.Value {
	b := Button(does, "")
	dom.SetAttribute(b, "aria-label", name)
	b.Set("title", name)
	dom.Append(b, Icon(does))
	return b
}

// Icon returns the icon of an action. Assistive technology skips it, because it gets the name.
func Icon(of Action) app.Value {
	document := app.Window().Get("document")
	drawing := document.Call("createElementNS", svgNamespace, "svg")
	dom.SetAttribute(drawing, "class", "hallway-drawing")
	dom.SetAttribute(drawing, "viewBox", "0 0 24 24")
	dom.SetAttribute(drawing, "aria-hidden", "true")
	dom.SetData(drawing, "of", string(of))
	line := document.Call("createElementNS", svgNamespace, "path")
	dom.SetAttribute(line, "d", of.description().icon)
	dom.Append(drawing, line)
	return drawing
}

// Of returns the action of the button around an event's target, and the button. They are "" and nil outside of all
// buttons.
func Of(e app.Event) (does Action, control app.Value) {
	target := e.Get("target")
	if !target.Truthy() {
		return "", nil
	}
	control = dom.Closest(target, "[data-action]")
	if !control.Truthy() {
		return "", nil
	}
	return Action(dom.Data(control, "action")), control
}
