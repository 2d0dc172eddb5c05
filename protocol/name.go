package protocol

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanName prepares a user's name for display on one line, of at most bytesMax bytes. Line breaks and other control
// characters become a space. It removes characters that turn the direction of text, or that are invisible and join
// nothing, so that two names that look alike are equal. It returns "" if nothing is visible.
func CleanName(name string, bytesMax int) string {
	var clean strings.Builder
	space := true // the last character of clean is a space
	for _, r := range name {
		switch {
		case r == utf8.RuneError, leftOut(r):
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			if !space {
				clean.WriteByte(' ')
			}
			space = true
		default:
			clean.WriteRune(r)
			space = unicode.IsSpace(r)
		}
	}
	s := strings.TrimSpace(cut(strings.TrimSpace(clean.String()), bytesMax))
	if Blank(s) {
		return ""
	}
	return s
}

// leftOut reports whether CleanName removes a character: an invisible one, unless it is a space or shapes or orders the
// letters beside it.
func leftOut(r rune) bool {
	switch {
	case !unseen(r), unicode.IsSpace(r), unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return false
	case extendsCharacter(r), r == '\u200e', r == '\u200f', r == '\u061c':
		return false
	}
	return true
}

// cut returns the beginning of a text in UTF-8, at most bytesMax bytes. If possible, it does not split a character that
// consists of several.
func cut(s string, bytesMax int) string {
	if len(s) <= bytesMax {
		return s
	}
	end := bytesMax
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	for at := end; at > 0; {
		next, _ := utf8.DecodeRuneInString(s[at:])
		before, size := utf8.DecodeLastRuneInString(s[:at])
		if !extendsCharacter(next) && before != zeroWidthJoiner {
			return s[:at]
		}
		at -= size
	}
	return s[:end]
}

const zeroWidthJoiner = '\u200d'

// extendsCharacter reports whether a character belongs to the one before it.
func extendsCharacter(r rune) bool {
	return unicode.Is(unicode.M, r) || r == zeroWidthJoiner || r == '\u200c' ||
		0x1f3fb <= r && r <= 0x1f3ff || 0xe0020 <= r && r <= 0xe007f // tones of skin; tags, in flags
}
