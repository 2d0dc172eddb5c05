package markup

import (
	"unicode"
	"unicode/utf8"
)

const (
	// foundBytesMax is how much of a message is shown that was found.
	foundBytesMax = 240
	// foundBefore is how much of that, at most, comes before the first found word.
	foundBefore = 60
)

// Highlight cuts a text to what is around the first of the words that were looked
// for, and sets each of them apart, as the relay finds them: whole words, the last also
// where it begins a longer one, and parts of what is long or has no spaces.
func Highlight(text, words string, same func(a, b string) bool) []Piece {
	text, found := cutTo(text, stretches(text, soughtIn(words), same))
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

// stretch is a part of a text.
type stretch struct{ from, to int }

// cutTo gives a text around the first of the stretches, with "…" where it is cut, and
// where in it they are.
func cutTo(text string, all []stretch) (cut string, found []stretch) {
	from, to := 0, len(text)
	if len(all) > 0 && all[0].from > foundBefore {
		for from = all[0].from - foundBefore; !utf8.RuneStart(text[from]); {
			from++
		}
		for _, w := range wordsOf(text[from:all[0].from]) { // begin with a whole word, if there is one near
			if w.from > 0 || !IsWord(lastOf(text[:from])) {
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
			found = append(found, stretch{f.from + shift, f.to + shift})
		}
	}
	return cut, found
}

func lastOf(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}

// wordsOf gives the words of a text, where one ends at a script without spaces, too.
func wordsOf(text string) []stretch {
	var words []stretch
	from, free := -1, false
	for i, r := range text {
		in := IsWord(r)
		if from >= 0 && (!in || spaceless(r) != free && !unicode.IsMark(r)) {
			words = append(words, stretch{from, i})
			from = -1
		}
		if in && from < 0 {
			from, free = i, spaceless(r)
		}
	}
	if from >= 0 {
		words = append(words, stretch{from, len(text)})
	}
	return words
}
