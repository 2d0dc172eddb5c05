package markup

import "unicode"

func IsLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// spaceless reports whether a letter or mark is of a script that puts words, or words and their
// endings, side by side without spaces.
func spaceless(r rune) bool {
	return 0x0E00 <= r && r < 0x10A0 || 0x1100 <= r && r < 0x1200 || 0x1780 <= r && r < 0x1800 ||
		0x2E80 <= r && r < 0xA000 || 0xAC00 <= r && r < 0xD800 || 0xF900 <= r && r < 0xFB00 ||
		0xFF66 <= r && r < 0xFFE0 || 0x1B000 <= r && r < 0x1B170 || 0x20000 <= r && r < 0x40000
}

// IsWord reports whether a rune is of a word: a letter, a digit, or a mark on one.
func IsWord(r rune) bool { return IsLetterOrDigit(r) || unicode.IsMark(r) }
