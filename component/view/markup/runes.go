package markup

import "unicode"

// IsLetterOrDigit reports whether a rune is a letter or a digit.
func IsLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// spaceless reports whether a letter or mark is of a script that writes words, or words and their
// endings, without spaces between them.
func spaceless(r rune) bool {
	return 0x0E00 <= r && r < 0x10A0 || 0x1100 <= r && r < 0x1200 || 0x1780 <= r && r < 0x1800 ||
		0x2E80 <= r && r < 0xA000 || 0xAC00 <= r && r < 0xD800 || 0xF900 <= r && r < 0xFB00 ||
		0xFF66 <= r && r < 0xFFE0 || 0x1B000 <= r && r < 0x1B170 || 0x20000 <= r && r < 0x40000
}

// isWord reports whether a rune can be in a word: a letter, a digit, or a mark on one.
func isWord(r rune) bool { return IsLetterOrDigit(r) || unicode.IsMark(r) }
