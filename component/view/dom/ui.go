package dom

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/markup"
)

// ButtonUI draws a button that shows an icon. Its name is hidden.
func ButtonUI(class, name string, onClick app.EventHandler) app.HTMLButton {
	return app.Button().Class(class).Type("button").Aria("label", name).Title(name).OnClick(onClick)
}

// LiveUI draws a hidden text that assistive technology reads out when it changes.
func LiveUI(says string) app.UI {
	return app.Span().Class("hallway-hidden").Aria("live", "polite").Text(says)
}

// Pieces draws pieces of a text one after the other.
func Pieces(pieces []markup.Piece) app.UI {
	return app.Range(pieces).Slice(func(i int) app.UI {
		switch p := pieces[i]; p.Kind {
		case markup.PieceName:
			return app.Bdi().Text(p.Text)
		case markup.PieceMark:
			return app.Mark().Text(p.Text)
		default:
			return app.Text(p.Text)
		}
	})
}
