package markup

import (
	"unicode"
	"unicode/utf8"
)

const (
	// foundBytesMax bounds the shown part of a found message.
	foundBytesMax = 240
	// foundBefore bounds the shown part before the first match.
	foundBefore = 60
)

// Highlight cuts a text to the part around the first match of a search, and returns it in pieces. Each match is a
// separate piece. It matches like the relay: whole words, the beginning of a word for the last term, and parts of words
// that are long or of a script without spaces.
func Highlight(text, words string, same func(a, b string) bool) []Piece {
	text, found := cutTo(text, matches(text, termsIn(words), same))
	var pieces []Piece
	at := 0
	for _, f := range found {
		if f.from > at {
			pieces = append(pieces, Piece{PieceText, text[at:f.from]})
		}
		pieces = append(pieces, Piece{PieceMark, text[f.from:f.to]})
		at = f.to
	}
	if at < len(text) {
		pieces = append(pieces, Piece{PieceText, text[at:]})
	}
	return pieces
}

// part is a part of a text, from byte index from to byte index to.
type part struct{ from, to int }

// cutTo cuts a text around the first of some parts, and adds "…" at its cuts. found holds the parts in the result.
func cutTo(text string, all []part) (cut string, found []part) {
	from, to := 0, len(text)
	if len(all) > 0 && all[0].from > foundBefore {
		for from = all[0].from - foundBefore; !utf8.RuneStart(text[from]); {
			from++
		}
		for _, w := range wordsOf(text[from:all[0].from]) { // start with a whole word if there is one near
			if w.from > 0 || !isWord(lastOf(text[:from])) {
				from += w.from
				break
			}
		}
	}
	if to-from > foundBytesMax {
		for to = from + foundBytesMax; !utf8.RuneStart(text[to]); {
			to--
		}
	}
	if from > 0 {
		cut = "…"
	}
	shift := len(cut) - from
	cut += text[from:to]
	if to < len(text) {
		cut += "…"
	}
	for _, f := range all {
		if f.to <= to {
			found = append(found, part{f.from + shift, f.to + shift})
		}
	}
	return cut, found
}

func lastOf(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}

// wordsOf returns the words of a text. A word also ends where a script without spaces begins or ends.
func wordsOf(text string) []part {
	var words []part
	from, free := -1, false
	for i, r := range text {
		in := isWord(r)
		if from >= 0 && (!in || spaceless(r) != free && !unicode.IsMark(r)) {
			words = append(words, part{from, i})
			from = -1
		}
		if in && from < 0 {
			from, free = i, spaceless(r)
		}
	}
	if from >= 0 {
		words = append(words, part{from, len(text)})
	}
	return words
}

// PieceKind is the look of a piece.
type PieceKind uint8

// The kinds of pieces.
const (
	PieceText PieceKind = iota
	PieceName           // a user's name, in any script
	PieceMark           // a match of a search
)

// Piece is a part of a line of text.
type Piece struct {
	Kind PieceKind
	Text string
}
