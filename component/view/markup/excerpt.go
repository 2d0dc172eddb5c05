package markup

import (
	"strings"
	"unicode/utf8"
)

// QuoteBytesMax bounds an excerpt.
const QuoteBytesMax = 160

// Excerpt returns the beginning of a text on one line, without markup.
func Excerpt(text string) string {
	short := text
	if len(text) > QuoteBytesMax {
		end := QuoteBytesMax
		for !utf8.RuneStart(text[end]) {
			end--
		}
		short = text[:end]
	}
	line := Strip(short)
	if len(short) < len(text) {
		line += "…"
	}
	return line
}

// Strip returns a text on one line, without markup.
func Strip(text string) string {
	var plain strings.Builder
	writePlain(&plain, Parse(text))
	return strings.Join(strings.Fields(plain.String()), " ")
}

func writePlain(to *strings.Builder, spans []Span) {
	for _, s := range spans {
		if s.Kind == Block {
			to.WriteString(" " + s.Head + " ")
		}
		to.WriteString(s.Text)
		writePlain(to, s.In)
		if s.Kind == Block {
			to.WriteByte(' ')
		}
	}
}
