package dom

import (
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Graphemes returns the sizes, in bytes, of the letters of a text as people count them: an emoji, or a
// letter with its marks, is one. In a browser that cannot tell, each character is one.
func Graphemes(text string) (sizes []int) {
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
