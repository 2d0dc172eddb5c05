package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// partMin is the least length of a searched word that also matches inside of a longer word, and longMin is
	// the least length of that longer word, in characters; see docs/PROTOCOL.md.
	partMin, longMin = 4, 7
	// oneLetterWords holds the words that Arabic and Hebrew write as a prefix of the next word.
	oneLetterWords = "والبفكس" + "והבלמשכ"
)

// term is a searched word, or a part of a text without spaces.
type term struct {
	text string
	size int  // the length in characters, without marks
	last bool // the term also matches the beginning of a word
	sign bool // the term has symbols: it matches anywhere, but only exactly
	free bool // the term is of a script without spaces: it matches anywhere
}

// termsIn returns the terms of a search.
func termsIn(words string) (all []term) {
	chunks := strings.Fields(words)
	for i, chunk := range chunks {
		last := i == len(chunks)-1
		chunk = strings.TrimLeft(strings.TrimRight(chunk, `.,;:!?…)]}"'»”’*。，、`), `,;!?([{"'«“„‘*`)
		if strings.ContainsFunc(chunk, isSign) {
			all = append(all, term{text: chunk, size: sizeOf(chunk), sign: true})
			continue
		}
		for _, r := range wordsOf(chunk) {
			word := chunk[r.from:r.to]
			all = append(all, term{text: word, size: sizeOf(word), last: last && r.to == len(chunk), free: startsFree(word)})
		}
	}
	return all
}

// isSign reports whether a symbol is a part of its word. Hyphens and apostrophes are not, because a search may leave
// them out.
func isSign(r rune) bool {
	return !isWord(r) && !unicode.Is(unicode.Cf, r) && !strings.ContainsRune("-‐‑–—'’ʼ·・,;!?()[]{}\"«»“”、，。", r)
}

func startsFree(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return spaceless(r)
}

// sizeOf counts characters. A letter with its marks counts as one.
func sizeOf(text string) (n int) {
	for _, r := range text {
		if !unicode.IsMark(r) {
			n++
		}
	}
	return n
}

// beginning returns the first n characters of a text, or all of a shorter one.
func beginning(text string, n int) string {
	for i, r := range text {
		if unicode.IsMark(r) {
			continue
		}
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// matches returns the parts of a text that match a term, in order. It stops at the end of the part that a hit
// shows.
func matches(text string, all []term, same func(a, b string) bool) (found []part) {
	words := wordsOf(text)
	at := 0 // all words before this index end before from
	for from, r := range text {
		if len(found) > 0 && (from < found[len(found)-1].to || from > found[0].from+foundBytesMax) {
			continue
		}
		for at < len(words) && words[at].to <= from {
			at++
		}
		var word part
		if at < len(words) && words[at].from <= from {
			word = words[at]
		}
		if to := matchAt(text, from, r, word, all, same); to > from {
			found = append(found, part{from, to})
		}
	}
	return found
}

// matchAt returns the end of the longest match that begins at an index of a text, or 0. word is the word at that index;
// its end is 0 outside of all words.
func matchAt(text string, from int, r rune, word part, all []term, same func(a, b string) bool) (to int) {
	if unicode.IsMark(r) {
		return 0
	}
	for _, s := range all {
		if !mayBegin(r, s.text) {
			continue
		}
		piece := beginning(text[from:], s.size)
		switch {
		case s.sign:
			if strings.EqualFold(piece, s.text) && !(isWord(r) && from > word.from) {
				to = max(to, from+len(piece))
			}
		case word.to == 0 || s.free != spaceless(r):
		case s.free:
			if from+len(piece) <= word.to && same(piece, s.text) {
				to = max(to, from+len(piece))
			}
		case strings.Trim(text[word.from:from], oneLetterWords) == "":
			if rest := text[from:word.to]; same(rest, s.text) || s.last && s.begins(rest, same) {
				to = word.to
			}
		}
		if to == 0 && !s.sign && !s.free && s.size >= partMin && from > word.from && from+len(piece) <= word.to &&
			sizeOf(text[word.from:word.to]) >= longMin && same(piece, s.text) {
			to = from + len(piece)
		}
	}
	return to
}

// begins reports whether a word begins with the term. The beginning may have one character more or fewer, such as
// ss for ß.
func (s term) begins(word string, same func(a, b string) bool) bool {
	return same(beginning(word, s.size), s.text) || same(beginning(word, s.size-1), s.text) || same(beginning(word, s.size+1), s.text)
}

// mayBegin checks quickly whether a comparison with a word can succeed: letters that only have forms in another case
// must be the same.
func mayBegin(r rune, word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.ToLower(r) == unicode.ToLower(first) || !plainRune(r) || !plainRune(first)
}

// plainRune reports whether a letter has no other forms than its upper and lower case.
func plainRune(r rune) bool { return r < utf8.RuneSelf || r >= 0x3400 && r < 0xD800 }
