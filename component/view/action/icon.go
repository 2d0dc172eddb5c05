package action

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
)

const svgNamespace = "http://www.w3.org/2000/svg"

// icons are drawn with one line each, on a square of 24.
var icons = map[Action]string{
	React:     "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 14.5a4.8 4.8 0 0 0 8 0M9 9.5v.01M15 9.5v.01",
	Reply:     "M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7",
	Edit:      "M4 20h4L19.5 8.5l-4-4L4 16ZM13 7l4 4",
	Copy:      "M9 9h11v11H9ZM15 9V4H4v11h5",
	Pin:       "M9 4h6l-.8 6 3.8 4H6l3.8-4ZM12 14v6",
	Unpin:     "M9 4h6l-.8 6 3.8 4H6l3.8-4ZM12 14v6M4 4l16 16",
	Delete:    "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
	Report:    "M6 21V4h12l-2.5 4L18 12H6",
	Mute:      "M5 5h14v11h-8l-4 4v-4H5ZM9 8l6 5M15 8l-6 5",
	Ban:       "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM6 6l12 12",
	Clear:     "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11l4 5M14 11l-4 5",
	Menu:      "M5 12h.01M12 12h.01M19 12h.01",
	Shortcuts: "M3 6h18v12H3ZM7 10h.01M11 10h.01M15 10h.01M8 14h8",
	Panel:     "M6 9l6 6 6-6",
}

// Icon draws what an action looks like. It is not read: beside it stands, or in its
// place is said, the action's word.
func Icon(of Action) app.Value {
	document := app.Window().Get("document")
	drawing := document.Call("createElementNS", svgNamespace, "svg")
	dom.SetAttribute(drawing, "class", "hallway-drawing")
	dom.SetAttribute(drawing, "viewBox", "0 0 24 24")
	dom.SetAttribute(drawing, "aria-hidden", "true")
	drawing.Get("dataset").Set("of", string(of))
	line := document.Call("createElementNS", svgNamespace, "path")
	dom.SetAttribute(line, "d", icons[of])
	drawing.Call("append", line)
	return drawing
}
