package dom

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/markup"
)

// UI draws an element. All elements of the view have this one type, because each further type of package app brings its own
// methods, 0.6 KB of a page.
func UI(tag, class string) app.HTMLElem { return app.Elem(tag).Class(class) }

// ButtonUI draws a button that shows an icon. Its name is hidden.
func ButtonUI(class, name string, onClick app.EventHandler) app.HTMLElem {
	return UI("button", class).Attr("type", "button").Aria("label", name).Title(name).OnClick(onClick)
}

// LiveUI draws a hidden text that assistive technology reads out when it changes.
func LiveUI(says string) app.UI {
	return UI("span", "hallway-hidden").Aria("live", "polite").Text(says)
}

// Pieces draws pieces of a text one after the other.
func Pieces(pieces []markup.Piece) app.UI {
	return app.Range(pieces).Slice(func(i int) app.UI {
		switch p := pieces[i]; p.Kind {
		case markup.PieceName:
			return UI("bdi", "").Text(p.Text)
		case markup.PieceMark:
			return UI("mark", "").Text(p.Text)
		default:
			return app.Text(p.Text)
		}
	})
}
