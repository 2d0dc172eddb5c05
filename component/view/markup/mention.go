package markup

import (
	"strings"
	"unicode/utf8"
)

// Mark is a part of a text that mentions a user.
type Mark struct {
	At, Len int  // in bytes
	Mine    bool // it names the user
}

// markRune is the private character that replaces the first mark while a text is parsed. The next character replaces the
// second mark, and so on.
const markRune = '\U000f0000'

// ParseMarked parses a text with marks, which become spans of the kind Mention. A name has no markup. Invalid marks, and all
// marks of a text with private characters, stay text.
func ParseMarked(text string, marks []Mark) []Span {
	if len(marks) == 0 || strings.Contains(text, string(markRune)[:3]) {
		return Parse(text)
	}
	var stood strings.Builder
	end := 0
	for i, m := range marks {
		if m.At < end || m.Len < 1 || m.At+m.Len > len(text) {
			return Parse(text)
		}
		stood.WriteString(text[end:m.At])
		stood.WriteRune(markRune + rune(i))
		end = m.At + m.Len
	}
	stood.WriteString(text[end:])
	return marked(Parse(stood.String()), text, marks)
}

// marked puts marks back into spans.
func marked(spans []Span, text string, marks []Mark) []Span {
	var all []Span
	for _, s := range spans {
		s.In = marked(s.In, text, marks)
		if whole := restored(s.Text, text, marks); whole != s.Text && s.Kind == Link {
			s = Span{Text: s.Text} // the private character would be a part of the address
		} else if s.Kind != Plain {
			s.Text, s.Head = whole, restored(s.Head, text, marks)
		}
		if s.Kind != Plain {
			all = append(all, s)
			continue
		}
		from := 0
		for at, r := range s.Text {
			i := int(r - markRune)
			if i < 0 || i >= len(marks) {
				continue
			}
			if from < at {
				all = append(all, Span{Text: s.Text[from:at]})
			}
			m := marks[i]
			all = append(all, Span{Kind: Mention, Text: text[m.At : m.At+m.Len], Mine: m.Mine})
			from = at + utf8.RuneLen(r)
		}
		if from < len(s.Text) {
			all = append(all, Span{Text: s.Text[from:]})
		}
	}
	return all
}

// restored replaces the private characters in a part of a text by the names.
func restored(part, text string, marks []Mark) string {
	for i, m := range marks {
		part = strings.ReplaceAll(part, string(markRune+rune(i)), text[m.At:m.At+m.Len])
	}
	return part
}
