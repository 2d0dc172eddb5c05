package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mark is a "*" or "_" in a text, with the runes beside it; 0 stands for the text's ends.
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

// opens reports whether the mark at a place may open emphasis: text follows it, and what is
// before it ends no word (as in snake_case or 2*3*4) and makes no face or path of it.
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
	return (beside(m.before, "([{\"'-:;,!?/|=") || m.inText(m.before, m.after)) && (IsWord(m.after) || beside(m.after, "([{\"'`#@$+-~%&*_"))
}

// closes reports whether the mark at a place may close emphasis.
func closes(s string, at int) bool {
	m := markAt(s, at)
	switch {
	case m.alone(), m.before == 0 || unicode.IsSpace(m.before) || m.before == '\\':
		return false
	case m.between():
		return false
	}
	return (IsWord(m.before) || beside(m.before, ")]}\"'`.,;:!?%+#$*_")) && m.outside(m.after, m.before)
}

// closesLink is closes for a mark right behind an address, which may end with any sign.
func closesLink(s string, at int) bool {
	m := markAt(s, at)
	return !m.alone() && m.outside(m.after, m.before)
}

// alone reports whether a mark stands beside its like, or in a space.
func (m mark) alone() bool { return m.before == m.is || m.after == m.is }

// outside reports whether emphasis may end before a rune.
func (m mark) outside(after, inside rune) bool {
	return beside(after, ")]}\"'-:;,.!?/|=") || m.inText(after, inside)
}

// between reports whether a mark stands between two signs of a kind, as in -_- or "*".
func (m mark) between() bool {
	return m.before == m.after && !IsWord(m.before) || isQuote(m.before) && isQuote(m.after)
}

// inText reports whether the mark may have a letter at its outside: a "*" may where that or
// the letter at its inside is of a script without spaces.
func (m mark) inText(outside, inside rune) bool {
	return m.is == '*' && IsWord(outside) && (spaceless(outside) || spaceless(inside))
}

// beside reports whether a rune beside a mark is no letter of a word: the end of the text, white
// space, one of some signs of ASCII, other punctuation, a picture.
func beside(r rune, signs string) bool {
	if r < utf8.RuneSelf {
		return r == 0 || unicode.IsSpace(r) || strings.ContainsRune(signs, r)
	}
	return unicode.IsPunct(r) || unicode.IsSpace(r) || r == utf8.RuneError || r >= 0x1F000 && !IsWord(r) ||
		0x2600 <= r && r < 0x27C0 || r == 0xFE0F || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Sc, r)
}

func isQuote(r rune) bool { return r == '"' || r == '\'' }

// afterMark reports whether a text ends at a word's beginning or with a mark.
func afterMark(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	return size == 0 || unicode.IsSpace(r) || r == '*' || r == '_'
}

// inPath reports whether the text between two marks is a part of a path, or a comment in code.
func inPath(s string, from, end int) bool {
	return strings.HasSuffix(s[:from], "/") && strings.HasPrefix(s[end:], "/")
}

// isFace reports whether the text between two marks is a face made of signs, as in *^_^* and
// _(ツ)_, and not a word.
func isFace(inside string) bool {
	first, _ := utf8.DecodeRuneInString(inside)
	if IsWord(first) || strings.ContainsRune("`#@$+-~%&*_\"'“„«", first) {
		return !strings.ContainsFunc(inside, IsLetterOrDigit) && !strings.Contains(inside, "`")
	}
	word := 0
	for _, r := range inside {
		if !IsWord(r) {
			word = 0
		} else if word++; word == 2 || first >= utf8.RuneSelf && scriptOf(r) == scriptHan {
			return false
		}
	}
	return true
}
