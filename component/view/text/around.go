package text

import (
	"strings"

	"hallway/component/view/markup"
)

// Around returns the text of a word about one user or two, in pieces. The names are pieces of their
// own: a name cannot change the direction of the text around it.
func (t *Texts) Around(w Word, name, other string) []markup.Piece {
	var pieces []markup.Piece
	for rest := t.Say(w); rest != ""; {
		at, value, after := len(rest), "", ""
		for _, place := range [...][2]string{{"{name}", name}, {"{other}", other}} {
			if i := strings.Index(rest, place[0]); i >= 0 && i < at {
				at, value, after = i, place[1], rest[i+len(place[0]):]
			}
		}
		if at > 0 {
			pieces = append(pieces, markup.Piece{Kind: markup.PieceText, Text: rest[:at]})
		}
		if value != "" {
			pieces = append(pieces, markup.Piece{Kind: markup.PieceName, Text: value})
		}
		rest = after
	}
	return pieces
}
