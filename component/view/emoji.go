package view

import "unicode"

// emojiMax is how many emoji alone are shown large.
const emojiMax = 6

const (
	zeroWidthJoiner = 0x200D
	emojiSelector   = 0xFE0F // shows what precedes it as an emoji
	keycap          = 0x20E3
)

// pictures are the blocks of characters that are, or with emojiSelector can be,
// shown as emoji.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00A9, Hi: 0x00AE, Stride: 5}, // © ®
		{Lo: 0x203C, Hi: 0x203C, Stride: 1},
		{Lo: 0x2049, Hi: 0x2049, Stride: 1},
		{Lo: 0x2122, Hi: 0x2122, Stride: 1},
		{Lo: 0x2139, Hi: 0x2139, Stride: 1},
		{Lo: 0x2194, Hi: 0x21AA, Stride: 1},
		{Lo: 0x231A, Hi: 0x23FF, Stride: 1},
		{Lo: 0x24C2, Hi: 0x24C2, Stride: 1},
		{Lo: 0x25AA, Hi: 0x27BF, Stride: 1},
		{Lo: 0x2934, Hi: 0x2935, Stride: 1},
		{Lo: 0x2B05, Hi: 0x2B55, Stride: 1},
		{Lo: 0x3030, Hi: 0x303D, Stride: 13},
		{Lo: 0x3297, Hi: 0x3299, Stride: 2},
	},
	R32: []unicode.Range32{
		{Lo: 0x1F000, Hi: 0x1FAFF, Stride: 1},
	},
	LatinOffset: 1,
}

// emojiOnly reports whether a text is nothing but a few emoji.
func emojiOnly(text string) bool {
	count, joined, flagHalf := 0, false, false
	for _, r := range text {
		isFlag := r >= 0x1F1E6 && r <= 0x1F1FF
		switch {
		case r == zeroWidthJoiner:
			joined = true
			continue
		case r == emojiSelector, r == keycap, r >= 0x1F3FB && r <= 0x1F3FF, r >= 0xE0020 && r <= 0xE007F:
			if count == 0 {
				return false
			}
		case isFlag && flagHalf:
			flagHalf = false
			continue
		case unicode.Is(pictures, r):
			if !joined {
				count++
			}
		case !unicode.IsSpace(r):
			return false
		}
		joined, flagHalf = false, isFlag
		if count > emojiMax {
			return false
		}
	}
	return count > 0
}
