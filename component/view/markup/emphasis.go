package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mark is a "*" or "_" in a text, with the runes beside it; 0: an end of the text.
type mark struct{ before, is, after rune }

func markAt(s string, at int) mark {
	before, size := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at+1:])
	if size == 0 {
		before = 0
	}
	if at+1 == len(s) {
		after = 0
	}
	return mark{before, rune(s[at]), after}
}

// opens reports whether the mark at an index may open emphasis. Text must follow the mark, and it must not be inside
// of a word (as in snake_case or 2*3*4), a face or a path.
func opens(s string, at int) bool {
	m := markAt(s, at)
	switch {
	case m.alone(), m.after == 0 || unicode.IsSpace(m.after) || m.before == '\\':
		return false
	case m.before == '/' && !afterMark(s[:at-1]):
		return false
	case m.between():
		return false
	}
	return (beside(m.before, "([{\"'-:;,!?/|=") || m.inText(m.before, m.after)) && (isWord(m.after) || beside(m.after, "([{\"'`#@$+-~%&*_"))
}

// closes reports whether the mark at an index may close emphasis.
func closes(s string, at int) bool {
	m := markAt(s, at)
	switch {
	case m.alone(), m.before == 0 || unicode.IsSpace(m.before) || m.before == '\\':
		return false
	case m.between():
		return false
	}
	return (isWord(m.before) || beside(m.before, ")]}\"'`.,;:!?%+#$*_")) && m.outside(m.after, m.before)
}

// closesLink is closes for a mark directly after an address, which may end with any sign.
func closesLink(s string, at int) bool {
	m := markAt(s, at)
	return !m.alone() && m.outside(m.after, m.before)
}

// alone reports whether a mark of the same kind is beside the mark.
func (m mark) alone() bool { return m.before == m.is || m.after == m.is }

// outside reports whether emphasis may end before the rune after it.
func (m mark) outside(after, inside rune) bool {
	return beside(after, ")]}\"'-:;,.!?/|=") || m.inText(after, inside)
}

// between reports whether the mark is between two equal signs, as in -_- or "*".
func (m mark) between() bool {
	return m.before == m.after && !isWord(m.before) || isQuote(m.before) && isQuote(m.after)
}

// inText reports whether a letter may directly precede or follow the emphasis. It may at a "*" if that letter, or the
// one inside, belongs to a script without spaces.
func (m mark) inText(outside, inside rune) bool {
	return m.is == '*' && isWord(outside) && (spaceless(outside) || spaceless(inside))
}

// beside reports whether a rune beside a mark is outside of words: the end of the text, white space, one of the ASCII
// signs in signs, other punctuation, or a picture.
func beside(r rune, signs string) bool {
	if r < utf8.RuneSelf {
		return r == 0 || unicode.IsSpace(r) || strings.ContainsRune(signs, r)
	}
	return unicode.IsPunct(r) || unicode.IsSpace(r) || r == utf8.RuneError || r >= 0x1F000 && !isWord(r) ||
		0x2600 <= r && r < 0x27C0 || r == 0xFE0F || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Sc, r)
}

func isQuote(r rune) bool { return r == '"' || r == '\'' }

// afterMark reports whether a text ends before a word or with a mark.
func afterMark(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	return size == 0 || unicode.IsSpace(r) || r == '*' || r == '_'
}

// inPath reports whether the text between two marks belongs to a path, or is a comment in code.
func inPath(s string, from, end int) bool {
	return strings.HasSuffix(s[:from], "/") && strings.HasPrefix(s[end:], "/")
}

// isFace reports whether the text between two marks is a face, as in *^_^* and _(ツ)_, and not a word.
func isFace(inside string) bool {
	first, _ := utf8.DecodeRuneInString(inside)
	if isWord(first) || strings.ContainsRune("`#@$+-~%&*_\"'“„«", first) {
		return !strings.ContainsFunc(inside, IsLetterOrDigit) && !strings.Contains(inside, "`")
	}
	word := 0
	for _, r := range inside {
		if !isWord(r) {
			word = 0
		} else if word++; word == 2 || first >= utf8.RuneSelf && scriptOf(r) == scriptHan {
			return false
		}
	}
	return true
}
