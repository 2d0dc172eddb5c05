package protocol

import "strings"

// CleanText prepares a text for sending: each line break of any kind becomes a newline, and control characters except
// the tab are removed.
func CleanText(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return forbiddenInText(r) || breaksLine(r) }) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case breaksLine(r):
			return '\n'
		case forbiddenInText(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

// breaksLine reports whether a character besides the newline begins a new line: a vertical tab
// comes from slides, a form feed from pages, the rest from other systems.
func breaksLine(r rune) bool {
	return r == '\v' || r == '\f' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}
