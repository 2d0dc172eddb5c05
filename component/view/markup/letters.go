package markup

import "unicode/utf8"

// letterSample is the number of bytes at the end of a text from which the average size of a letter is computed.
const letterSample = 256

// LettersLeft estimates the number of letters that fit into a number of bytes, from the sizes of the text's last
// letters. For a negative number of bytes it returns the number of excess letters, as a negative number. A message's
// limit is in bytes, but the user counts letters. lettersOf returns the sizes of the letters of a text.
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
		letters = letters[1:] // the sample may begin inside of a letter
	}
	return lettersIn(letters, bytes)
}

// lettersIn is LettersLeft for the sizes of the last letters of a text, in bytes.
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
