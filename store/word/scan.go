package word

import (
	"slices"
	"strings"
	"unicode"
)

// kind is the treatment of a folded character, or a run of them, in a search.
type kind uint8

const (
	space   kind = iota // ends a chunk
	letters             // in scripts with spaces between words
	digits
	grams // in scripts without
	symbol
	hyphen // joins its two sides, or is a symbol
	hidden // is ignored
)

// item is a run of one kind in a chunk. A symbol is one character.
type item struct {
	kind   kind
	runes  []rune
	joined bool // to the previous item, by a hyphen
}

func (i item) is(r rune) bool { return i.kind == symbol && i.runes[0] == r }

func (i item) isWord() bool { return i.kind == letters || i.kind == digits }

// scan cuts a folded text into chunks.
func scan(text []rune, each func(chunk []item)) {
	var chunk []item
	joined := false
	for at := 0; at < len(text); {
		k := kindAt(text, at)
		from := at
		at++
		switch k {
		case space:
			if len(chunk) > 0 {
				each(chunk)
				chunk = chunk[:0]
			}
			joined = false
			continue
		case hidden:
			continue
		case hyphen:
			joined = true
			continue
		case letters, digits, grams:
			for at < len(text) && (kindAt(text, at) == k || k != digits && unicode.IsMark(text[at]) && text[at] != keycap) {
				at++
			}
		}
		chunk = append(chunk, item{kind: k, runes: text[from:at], joined: joined})
		joined = false
	}
	if len(chunk) > 0 {
		each(chunk)
	}
}

const keycap = '\u20e3'

// kindAt returns the kind of the character at a place.
func kindAt(text []rune, at int) kind {
	switch k := kindOf(text[at]); k {
	case hyphen:
		switch before, after := kindBeside(text, at-1), kindBeside(text, at+1); {
		case text[at] == joint && (before != letters || after != letters):
			return hidden
		case text[at] == '"' && (before != letters || after != letters): // as in Hebrew's abbreviations
			return symbol
		case before == symbol || after == symbol:
			return symbol
		}
		return hyphen
	default:
		return k
	}
}

// kindBeside returns the kind of a neighbour: a symbol if there is no word.
func kindBeside(text []rune, at int) kind {
	if at < 0 || at >= len(text) {
		return symbol
	}
	switch k := kindOf(text[at]); k {
	case letters, digits, grams:
		return k
	default:
		return symbol
	}
}

func kindOf(r rune) kind {
	switch {
	case 'a' <= r && r <= 'z':
		return letters
	case '0' <= r && r <= '9':
		return digits
	case r == ' ':
		return space
	case r == '-' || r == '\'' || r == '·' || r == joint || r == '"':
		return hyphen
	case r == gap || r == '\u0f0c':
		return hidden
	case r < 0x80 || r == keycap:
		return symbol
	case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r):
		return symbol
	case isGram(r):
		return grams
	}
	return letters
}

// isGram reports whether a letter or a mark belongs to a script without spaces between words.
func isGram(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case isHan(r) || isHangul(r) || 0x3000 <= r && r < 0x3400 || 0x0e00 <= r && r < 0x0f00 || 0x1000 <= r && r < 0x10a0:
		return true
	case 0x1100 <= r && r < 0x1200 || 0x1780 <= r && r < 0x1800 || 0x20000 <= r && r < 0x40000:
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet, unicode.Javanese,
		unicode.Balinese, unicode.Yi, unicode.Nushu, unicode.Tangut)
}

// isPunctuation reports whether a symbol at the end of a chunk belongs to the sentence and not to the word.
func isPunctuation(i item) bool {
	if i.kind != symbol {
		return false
	}
	r := i.runes[0]
	return unicode.IsPunct(r) && !strings.ContainsRune(`#%&@/\_‰‱§†‡`, r)
}

// trailing returns the index of the punctuation at the end of a chunk, if a word is before it. In a chunk of symbols,
// such as "->", all belong to the word.
func trailing(chunk []item) int {
	end := len(chunk)
	for end > 0 && isPunctuation(chunk[end-1]) {
		end--
	}
	if !hasWord(chunk[:end]) {
		return len(chunk)
	}
	return end
}

func hasWord(chunk []item) bool {
	return slices.ContainsFunc(chunk, func(i item) bool { return i.kind != symbol })
}

// whole returns words of a chunk without the characters that join their parts: hyphens and apostrophes, and the dots in
// "U.S.A.".
func whole(chunk []item, each func(word []rune)) {
	for from := 0; from < len(chunk); {
		to := from + 1
		word := chunk[from].runes
		switch first := chunk[from]; {
		case !first.isWord():
		case to < len(chunk) && chunk[to].joined:
			for ; to < len(chunk) && chunk[to].joined && chunk[to].isWord(); to++ {
				word = append(word[:len(word):len(word)], chunk[to].runes...)
			}
		default:
			for single(first) && to+1 < len(chunk) && chunk[to].is('.') && single(chunk[to+1]) {
				word = append(word[:len(word):len(word)], chunk[to+1].runes...)
				to += 2
			}
		}
		if to > from+1 && len(word) <= wordMax {
			each(word)
		}
		from = to
	}
}

func single(i item) bool { return i.kind == letters && len(i.runes) == 1 }
