package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// partMin is how many characters of a word find a longer one inside, and longMin how
	// many that one has, as docs/PROTOCOL.md has it.
	partMin, longMin = 4, 7
	// oneLetterWords are what Arabic and Hebrew write before a word, as a part of it.
	oneLetterWords = "والبفكس" + "והבלמשכ"
)

// sought is a word that was looked for, or a part of what is written without spaces.
type sought struct {
	text string
	size int  // in characters, marks apart
	last bool // a word that begins so counts, too
	sign bool // with symbols: it counts where it stands as it is
	free bool // of a script without spaces: it counts anywhere
}

// soughtIn reads what was looked for.
func soughtIn(words string) (all []sought) {
	chunks := strings.Fields(words)
	for i, chunk := range chunks {
		last := i == len(chunks)-1
		chunk = strings.TrimLeft(strings.TrimRight(chunk, `.,;:!?…)]}"'»”’*。，、`), `,;!?([{"'«“„‘*`)
		if strings.ContainsFunc(chunk, isSign) {
			all = append(all, sought{text: chunk, size: sizeOf(chunk), sign: true})
			continue
		}
		for _, r := range wordsOf(chunk) {
			word := chunk[r.from:r.to]
			all = append(all, sought{text: word, size: sizeOf(word), last: last && r.to == len(chunk), free: startsFree(word)})
		}
	}
	return all
}

// isSign reports whether a symbol belongs to a word that it is written with. Hyphens and
// apostrophes inside a word may be left out.
func isSign(r rune) bool {
	return !IsWord(r) && !unicode.Is(unicode.Cf, r) && !strings.ContainsRune("-‐‑–—'’ʼ·・,;!?()[]{}\"«»“”、，。", r)
}

func startsFree(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return spaceless(r)
}

// sizeOf counts characters, a letter with its marks as one.
func sizeOf(text string) (n int) {
	for _, r := range text {
		if !unicode.IsMark(r) {
			n++
		}
	}
	return n
}

// beginning is the first n characters of a text; all of it where it has no more.
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

// stretches gives the parts of a text that were looked for, in their order. It looks no
// further than a hit shows.
func stretches(text string, all []sought, same func(a, b string) bool) (found []stretch) {
	words := wordsOf(text)
	at := 0 // words before it are through
	for from, r := range text {
		if len(found) > 0 && (from < found[len(found)-1].to || from > found[0].from+foundBytesMax) {
			continue
		}
		for at < len(words) && words[at].to <= from {
			at++
		}
		var word stretch
		if at < len(words) && words[at].from <= from {
			word = words[at]
		}
		if to := reach(text, from, r, word, all, same); to > from {
			found = append(found, stretch{from, to})
		}
	}
	return found
}

// reach returns where that ends which was looked for and begins at a place of a text, in a
// word if to is not 0 there; else it returns 0.
func reach(text string, from int, r rune, word stretch, all []sought, same func(a, b string) bool) (to int) {
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
			if strings.EqualFold(piece, s.text) && !(IsWord(r) && from > word.from) {
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

// begins reports whether a word begins with what was looked for, which may have a
// character more or fewer there: ss for ß.
func (s sought) begins(word string, same func(a, b string) bool) bool {
	return same(beginning(word, s.size), s.text) || same(beginning(word, s.size-1), s.text) || same(beginning(word, s.size+1), s.text)
}

// mayBegin tells cheaply where a comparison is worth while: first letters that are no
// others in another case or with accents must be the same.
func mayBegin(r rune, word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.ToLower(r) == unicode.ToLower(first) || !plainRune(r) || !plainRune(first)
}

// plainRune reports whether a letter has no other forms but those of its case.
func plainRune(r rune) bool { return r < utf8.RuneSelf || r >= 0x3400 && r < 0xD800 }
