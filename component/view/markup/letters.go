package markup

import "unicode/utf8"

// letterSample is how many bytes at the end of a text tell what kind of letters is
// written.
const letterSample = 256

// LettersLeft gives how many letters more, of the kind written last, fit into so many
// bytes; less than 0 for how many must go from the end of the text. A message's limit
// is one of bytes, but people count what they see.
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
		letters = letters[1:] // which may be cut
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
