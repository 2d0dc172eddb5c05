// Package html stands in for the standard html in the browser build: it escapes, but lacks the table of character names, which
// is most of the real package. The view sets text content, so go-app's escaping is linked but not called.
package html

// EscapeString returns s with <, >, &, ' and " escaped.
func EscapeString(s string) string {
	var escaped []byte
	for i := range len(s) {
		switch s[i] {
		case '&':
			escaped = append(escaped, "&amp;"...)
		case '\'':
			escaped = append(escaped, "&#39;"...)
		case '<':
			escaped = append(escaped, "&lt;"...)
		case '>':
			escaped = append(escaped, "&gt;"...)
		case '"':
			escaped = append(escaped, "&#34;"...)
		default:
			escaped = append(escaped, s[i])
		}
	}
	return string(escaped)
}
