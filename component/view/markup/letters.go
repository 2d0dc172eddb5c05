package markup

import "unicode/utf8"

// letterSample is the number of bytes at the end of a text that tell the size of its letters.
const letterSample = 256

// LettersLeft returns how many more letters fit into some bytes, if they are like the last ones of a
// text. For a negative number of bytes it returns, as a negative number, how many letters are too many.
// A message's limit is in bytes, but people count what they see. lettersOf returns the sizes of the
// letters of a text.
func LettersLeft(text string, bytes int, lettersOf func(text string) []int) int {
	size := letterSample
	if bytes < 0 {
		size -= bytes
	}
	from := max(0, len(text)-size)
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	letters := lettersOf(text[from:])
	if from > 0 && len(letters) > 1 {
		letters = letters[1:] // the first one may be cut
	}
	return lettersIn(letters, bytes)
}

// lettersIn is LettersLeft for the sizes, in bytes, of the last letters of a text.
func lettersIn(letters []int, bytes int) int {
	if bytes < 0 {
		n := 0
		for i := len(letters) - 1; i >= 0 && bytes < 0; i-- {
			bytes += letters[i]
			n++
		}
		return -n
	}
	all := 0
	for _, size := range letters {
		all += size
	}
	if all == 0 {
		return bytes
	}
	return bytes * len(letters) / all
}
