package text

import (
	"strings"

	"hallway/component/view/markup"
)

// Around gives a word about one person or two, whose names are set apart from it: a
// name of another direction than the chat's does not turn the text around it.
func (t *Texts) Around(w Word, name, other string) []markup.Piece {
	var pieces []markup.Piece
	for text := t.Say(w); text != ""; {
		at, value, rest := len(text), "", ""
		for placeholder, stands := range map[string]string{"{name}": name, "{other}": other} {
			if i := strings.Index(text, placeholder); i >= 0 && i < at {
				at, value, rest = i, stands, text[i+len(placeholder):]
			}
		}
		if at > 0 {
			pieces = append(pieces, markup.Piece{Kind: markup.PieceText, Text: text[:at]})
		}
		if value != "" {
			pieces = append(pieces, markup.Piece{Kind: markup.PieceName, Text: value})
		}
		text = rest
	}
	return pieces
}
