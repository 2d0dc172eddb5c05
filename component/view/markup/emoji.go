package markup

import "unicode"

// emojiMax bounds the emoji of a text that is shown large.
const emojiMax = 6

// emojiBytesMax is above the size of emojiMax emoji.
const emojiBytesMax = 512

const (
	zeroWidthJoiner = 0x200D
	textSelector    = 0xFE0E // shows the character before it as text
	emojiSelector   = 0xFE0F // shows the character before it as an emoji
	keycap          = 0x20E3
)

// emojis holds the characters below U+10000 that are emoji by themselves.
var emojis = rangesOf(0x231A, 0x231B, 0x23E9, 0x23EC, 0x23F0, 0x23F0, 0x23F3, 0x23F3, 0x25FD, 0x25FE, 0x2614, 0x2615,
	0x2648, 0x2653, 0x267F, 0x267F, 0x2693, 0x2693, 0x26A1, 0x26A1, 0x26AA, 0x26AB, 0x26BD, 0x26BE, 0x26C4, 0x26C5,
	0x26CE, 0x26CE, 0x26D4, 0x26D4, 0x26EA, 0x26EA, 0x26F2, 0x26F3, 0x26F5, 0x26F5, 0x26FA, 0x26FA, 0x26FD, 0x26FD,
	0x2705, 0x2705, 0x270A, 0x270B, 0x2728, 0x2728, 0x274C, 0x274C, 0x274E, 0x274E, 0x2753, 0x2755, 0x2757, 0x2757,
	0x2795, 0x2797, 0x27B0, 0x27B0, 0x27BF, 0x27BF, 0x2B1B, 0x2B1C, 0x2B50, 0x2B50, 0x2B55, 0x2B55)

// signs holds the characters below U+10000 that are text by themselves, and emoji only with emojiSelector
// or in a sequence.
var signs = rangesOf(0x00A9, 0x00A9, 0x00AE, 0x00AE, 0x203C, 0x203C, 0x2049, 0x2049, 0x2122, 0x2122, 0x2139, 0x2139,
	0x2194, 0x2199, 0x21A9, 0x21AA, 0x2328, 0x2328, 0x23CF, 0x23CF, 0x23ED, 0x23F3, 0x23F8, 0x23FA, 0x24C2, 0x24C2,
	0x25AA, 0x25AB, 0x25B6, 0x25B6, 0x25C0, 0x25C0, 0x25FB, 0x25FE, 0x2600, 0x27BF, 0x2934, 0x2935, 0x2B05, 0x2B07,
	0x3030, 0x3030, 0x303D, 0x303D, 0x3297, 0x3297, 0x3299, 0x3299)

// rangesOf returns a table of ranges. bounds has the first and last character of each.
func rangesOf(bounds ...uint16) *unicode.RangeTable {
	t := &unicode.RangeTable{}
	for i := 0; i < len(bounds); i += 2 {
		t.R16 = append(t.R16, unicode.Range16{Lo: bounds[i], Hi: bounds[i+1], Stride: 1})
		if bounds[i+1] <= unicode.MaxLatin1 {
			t.LatinOffset++
		}
	}
	return t
}

// isEmoji reports whether a character is an emoji by itself. Above U+FFFF all pictures are, except tiles,
// cards and letters in boxes.
func isEmoji(r rune) bool {
	switch {
	case r < 0x10000:
		return unicode.Is(emojis, r)
	case r < 0x1F300:
		return r == 0x1F004 || r == 0x1F0CF || r == 0x1F18E || r >= 0x1F191 && r <= 0x1F19A ||
			r == 0x1F201 || r == 0x1F21A || r == 0x1F22F || r >= 0x1F232 && r <= 0x1F23A && r != 0x1F237 ||
			r == 0x1F250 || r == 0x1F251
	}
	for _, other := range [][2]rune{{0x1F700, 0x1F7DF}, {0x1F800, 0x1F90B}, {0x1FA00, 0x1FA6F}} {
		if r >= other[0] && r <= other[1] {
			return false
		}
	}
	return r <= 0x1FAFF
}

// mayBeEmoji reports whether a character is an emoji, or becomes one with emojiSelector.
func mayBeEmoji(r rune) bool {
	return isEmoji(r) || unicode.Is(signs, r) || r == 0x1F170 || r == 0x1F171 || r == 0x1F17E || r == 0x1F17F ||
		r == 0x1F202 || r == 0x1F237
}

// EmojiOnly reports whether a text consists of a few emoji.
func EmojiOnly(text string) bool {
	if len(text) > emojiBytesMax {
		return false
	}
	rest := []rune(text)
	count := 0
	for len(rest) > 0 {
		if unicode.IsSpace(rest[0]) {
			rest = rest[1:]
			continue
		}
		size := emojiLen(rest)
		if count++; size == 0 || count > emojiMax {
			return false
		}
		rest = rest[size:]
	}
	return count > 0
}

// emojiLen returns the number of characters of the emoji at the beginning of a text, or 0. An emoji is a
// keycap, a flag, a picture, or several joined pictures.
func emojiLen(text []rune) int {
	at := func(i int) rune {
		if i < len(text) {
			return text[i]
		}
		return 0
	}
	isFlag := func(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
	switch r := text[0]; {
	case r >= '0' && r <= '9', r == '#', r == '*':
		n := 1
		if at(n) == emojiSelector {
			n++
		}
		if at(n) == keycap {
			return n + 1
		}
		return 0
	case isFlag(r):
		if isFlag(at(1)) {
			return 2
		}
		return 0
	}
	for i, joined := 0, false; ; {
		r := at(i)
		i++
		selected := at(i) == emojiSelector
		if selected {
			i++
		}
		isToned := at(i) >= 0x1F3FB && at(i) <= 0x1F3FF
		if isToned {
			i++
		}
		for at(i) >= 0xE0020 && at(i) <= 0xE007F { // the flag of a region of a country
			i++
		}
		more := at(i) == zeroWidthJoiner && mayBeEmoji(at(i+1))
		switch {
		case !mayBeEmoji(r), at(i) == textSelector, !selected && !isToned && !joined && !more && !isEmoji(r):
			return 0
		case !more:
			return i
		}
		joined = true
		i++
	}
}
