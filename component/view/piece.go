package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// pieceKind says how a piece of a text is shown.
type pieceKind uint8

const (
	pieceText pieceKind = iota
	pieceName           // what somebody is called, in whatever script
	pieceMark           // what was looked for
)

// piece is a part of a line of text.
type piece struct {
	kind pieceKind
	text string
}

// around gives a word about one person or two, whose names are set apart from it: a
// name of another direction than the chat's does not turn the text around it.
func (t *texts) around(w word, name, other string) []piece {
	var pieces []piece
	for text := t.say(w); text != ""; {
		at, value, rest := len(text), "", ""
		for placeholder, stands := range map[string]string{"{name}": name, "{other}": other} {
			if i := strings.Index(text, placeholder); i >= 0 && i < at {
				at, value, rest = i, stands, text[i+len(placeholder):]
			}
		}
		if at > 0 {
			pieces = append(pieces, piece{pieceText, text[:at]})
		}
		if value != "" {
			pieces = append(pieces, piece{pieceName, value})
		}
		text = rest
	}
	return pieces
}

// piecesUI shows pieces one after the other.
func piecesUI(pieces []piece) app.UI {
	return app.Range(pieces).Slice(func(i int) app.UI {
		switch p := pieces[i]; p.kind {
		case pieceName:
			return app.Bdi().Text(p.text)
		case pieceMark:
			return app.Mark().Text(p.text)
		default:
			return app.Text(p.text)
		}
	})
}
