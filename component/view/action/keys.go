package action

import (
	"strings"
	"unicode/utf8"

	"hallway/component/view/dom"
)

// CommandKey returns the key, in lower case, that a pressed key stands for as a command: its
// character, or, where no command has that, the character at its place on a Latin keyboard. code is
// that place, as in KeyboardEvent.
func CommandKey(key, code string, shift bool) string {
	key = strings.ToLower(key)
	if _, known := ForKey(key); known || !dom.Printable(key) {
		return key
	}
	switch {
	case code == "KeyR":
		return "r"
	case code == "KeyE":
		return "e"
	case code == "Slash" && key[0] >= utf8.RuneSelf && shift:
		return "?"
	case code == "Slash" && key[0] >= utf8.RuneSelf:
		return "/"
	}
	return key
}
