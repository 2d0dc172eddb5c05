package word

import (
	"strings"
	"unicode/utf8"
)

const (
	// wordMax limits the characters of a word that are compared.
	wordMax = 64
	// longMin is the length from which on a word is found by its parts, partMin the least length of a part, and partMax
	// limits the compared characters of a part.
	longMin, partMin, partMax = 7, 4, 16
	// longKept limits a text's long words that are compared for common ends.
	longKept = 16
	// partsMax limits the parts of words of one text: those of some 5,000 letters of German.
	partsMax = 1024
)

// Terms that are not words begin with characters that do not occur in folded texts.
const (
	first1 = "¹" // before the first letter of a word
	first2 = "²" // before the first two
	within = "ª" // before a part of a word, from some letter on
)

// Index returns the terms of a text, separated by spaces.
func Index(text string) string {
	f := fold(text, false)
	x := indexer{row: make([]byte, 0, 4*len(text)), beside: make([]byte, 0, 8*len(text)), words: make(map[string]bool), long: make([][]rune, 0, longKept)}
	scan(f.runes, x.chunk)
	if f.spelled {
		x.also = true
		scan(fold(text, true).runes, x.chunk)
	}
	return strings.TrimSuffix(string(append(x.row, x.beside...)), " ")
}

// indexer collects terms, each followed by a space.
type indexer struct {
	row, beside []byte
	also        bool            // the words replace others of the row
	words       map[string]bool // the noted words; false: without parts
	long        [][]rune        // the words whose ends are noted
	noted       int             // the number of noted parts
	one         [36]bool        // the noted one-letter beginnings, in ASCII
	two         [36 * 36]bool
}

func (x *indexer) chunk(chunk []item) {
	end := trailing(chunk)
	if !x.also {
		x.write(chunk[:end])
		x.punctuation(chunk[end:])
	}
	for _, i := range chunk[:end] {
		if i.isWord() {
			x.word(i.runes, x.also)
		}
	}
	whole(chunk[:end], func(word []rune) { x.word(word, true) })
}

// write writes the row of a chunk.
func (x *indexer) write(chunk []item) {
	for _, i := range chunk {
		switch i.kind {
		case grams:
			for n := range i.runes {
				x.row = appendTerm(x.row, i.runes[n:], 2)
			}
		case symbol:
			x.row = appendTerm(x.row, []rune{sign(i.runes[0])}, 1)
		default:
			x.row = appendTerm(x.row, i.runes, wordMax)
		}
	}
}

// punctuation adds the punctuation at the end of a chunk.
func (x *indexer) punctuation(signs []item) {
	var all [8]rune
	run := all[:0]
	for _, i := range signs {
		run = append(run, sign(i.runes[0]))
	}
	key := string(run)
	if _, there := x.words[key]; len(run) == 0 || there {
		return
	}
	x.words[key] = true
	for n := range run {
		x.beside = appendTerm(x.beside, run[n:], 1)
	}
}

// word adds the terms by which a word is found in addition to, or instead of, its place in the row.
func (x *indexer) word(word []rune, itself bool) {
	var room [4 * 16]byte
	key := appendRunes(room[:0], word, wordMax)
	noted, there := x.words[string(key)]
	if noted {
		return
	}
	x.words[string(key)] = true
	if !there {
		x.begin(word, itself)
	}
	if len(word) >= longMin {
		x.parts(word)
	}
	for _, stem := range stems(word) {
		key := appendRunes(room[:0], stem, wordMax)
		if _, there := x.words[string(key)]; !there {
			x.words[string(key)] = false
			x.begin(stem, true)
		}
	}
}

// parts adds the ends of a long word, except those of another word.
func (x *indexer) parts(word []rune) {
	ends := 0
	for _, other := range x.long {
		n := 0
		for n < min(len(word), len(other)) && word[len(word)-1-n] == other[len(other)-1-n] {
			n++
		}
		ends = max(ends, n)
	}
	for n := 1; n <= min(len(word), wordMax)-partMin && x.noted < partsMax; n++ {
		if len(word)-n > ends || len(word) > wordMax {
			x.noted++
			x.beside = appendTerm(append(x.beside, within...), word[n:], partMax)
		}
	}
	if len(word) <= wordMax && len(x.long) < cap(x.long) {
		x.long = append(x.long, word)
	}
}

// begin adds the beginnings of a word.
func (x *indexer) begin(word []rune, itself bool) {
	if itself {
		x.beside = appendTerm(x.beside, word, wordMax)
	}
	first, second := place(word[0]), -1
	if len(word) > 1 {
		second = place(word[1])
	}
	if first < 0 || !x.one[first] {
		x.beside = appendTerm(append(x.beside, first1...), word, 1)
	}
	if first >= 0 {
		x.one[first] = true
	}
	if len(word) > 1 && (first < 0 || second < 0 || !x.two[first*36+second]) {
		x.beside = appendTerm(append(x.beside, first2...), word, 2)
	}
	if first >= 0 && second >= 0 {
		x.two[first*36+second] = true
	}
}

// place returns the index of an ASCII letter or digit; -1 for other characters.
func place(r rune) int {
	switch {
	case 'a' <= r && r <= 'z':
		return int(r - 'a')
	case '0' <= r && r <= '9':
		return 26 + int(r-'0')
	}
	return -1
}

// appendTerm appends the first n characters, and a space.
func appendTerm(to []byte, runes []rune, n int) []byte {
	return append(appendRunes(to, runes, n), ' ')
}

func appendRunes(to []byte, runes []rune, n int) []byte {
	for _, r := range runes[:min(n, len(runes))] {
		to = utf8.AppendRune(to, r)
	}
	return to
}

// cut returns the first n characters.
func cut(word []rune, n int) string { return string(word[:min(n, len(word))]) }

// sign returns a symbol's term: an ASCII symbol in full width, which does not occur in folded texts.
func sign(r rune) rune {
	if r < 0x80 {
		r += 0xfee0
	}
	return r
}
