package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/markup"
)

// piecesUI draws pieces one after the other.
func piecesUI(pieces []markup.Piece) app.UI {
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
