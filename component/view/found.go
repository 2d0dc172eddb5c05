package view

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hallway/component/client"
)

const (
	// foundBytesMax is how much of a message is shown that was found.
	foundBytesMax = 240
	// foundBefore is how much of that, at most, comes before the first found word.
	foundBefore = 60
)

// hit is a message that was found, as it is shown.
type hit struct {
	id     string
	seq    int64
	sender string
	when   string
	pieces []piece
}

// hitsOf makes the hits of what was found; date says when a message was written.
func hitsOf(f *client.Found, t *texts, date func(at int64) string) []hit {
	hits := make([]hit, len(f.Messages))
	for i, m := range f.Messages {
		pieces := []piece{{pieceText, contentOf(t, m.Deleted(), m.Encrypted != nil, "")}}
		if pieces[0].text == "" {
			pieces = markFound(plainOf(m.Text), f.Words, t.same)
		}
		hits[i] = hit{id: m.ID, seq: m.Seq, sender: t.nameOf(m.Sender), when: date(int64(m.CreatedAt) / 1000), pieces: pieces}
	}
	return hits
}

// markFound cuts a text to what is around the first of the words that were looked
// for, and sets each of them apart: all as they are, the last also where it begins a
// longer one.
func markFound(text, words string, same func(a, b string) bool) []piece {
	wanted := strings.FieldsFunc(words, func(r rune) bool { return !inWord(r) && !unicode.IsMark(r) })
	text, found := cutTo(text, func(word string) bool { return isWanted(word, wanted, same) })
	var pieces []piece
	at := 0
	for _, f := range found {
		if f.from > at {
			pieces = append(pieces, piece{pieceText, text[at:f.from]})
		}
		pieces = append(pieces, piece{pieceMark, text[f.from:f.to]})
		at = f.to
	}
	if at < len(text) {
		pieces = append(pieces, piece{pieceText, text[at:]})
	}
	return pieces
}

func isWanted(word string, wanted []string, same func(a, b string) bool) bool {
	for i, w := range wanted {
		if i == len(wanted)-1 {
			word = beginning(word, utf8.RuneCountInString(w))
		}
		if same(word, w) {
			return true
		}
	}
	return false
}

// beginning is the first n characters of a word.
func beginning(word string, n int) string {
	for i := range word {
		if n == 0 {
			return word[:i]
		}
		n--
	}
	return word
}

// stretch is a part of a text.
type stretch struct{ from, to int }

// cutTo gives a text around the first word that is wanted, with "…" where it is cut,
// and where in it the wanted words are.
func cutTo(text string, wanted func(word string) bool) (cut string, found []stretch) {
	words := wordsOf(text)
	first := slices.IndexFunc(words, func(w stretch) bool { return wanted(text[w.from:w.to]) })
	from, to := 0, len(text)
	if first >= 0 && words[first].from > foundBefore {
		from = words[first].from - foundBefore
		for _, w := range words[:first+1] { // begin with a whole word, if there is one near
			if w.from >= from {
				from = w.from
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
	for _, w := range words {
		if w.from >= from && w.to <= to && wanted(text[w.from:w.to]) {
			found = append(found, stretch{w.from + shift, w.to + shift})
		}
	}
	return cut, found
}

// wordsOf gives the words of a text.
func wordsOf(text string) []stretch {
	var words []stretch
	from := -1
	for i, r := range text {
		switch in := inWord(r) || unicode.IsMark(r); {
		case in && from < 0:
			from = i
		case !in && from >= 0:
			words = append(words, stretch{from, i})
			from = -1
		}
	}
	if from >= 0 {
		words = append(words, stretch{from, len(text)})
	}
	return words
}
