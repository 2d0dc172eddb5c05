package view

import (
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// letterSample is how many bytes at the end of a text tell what kind of letters is
// written.
const letterSample = 256

// lettersLeft gives how many letters more, of the kind written last, fit into so many
// bytes; less than 0 for how many must go from the end of the text. A message's limit
// is one of bytes, but people count what they see.
func lettersLeft(text string, bytes int) int {
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

// lettersIn is lettersLeft for the sizes, in bytes, of the last letters of a text.
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

// lettersOf gives the size in bytes of each letter as people count them: an emoji or
// a letter with its marks is one. Browsers that cannot tell count characters.
func lettersOf(text string) (sizes []int) {
	segmenter := app.Window().Get("Intl").Get("Segmenter")
	if !segmenter.Truthy() {
		for _, r := range text {
			sizes = append(sizes, utf8.RuneLen(r))
		}
		return sizes
	}
	all := app.Window().Get("Array").Call("from", segmenter.New().Call("segment", text))
	for i := range all.Length() {
		sizes = append(sizes, len(all.Index(i).Get("segment").String()))
	}
	return sizes
}
