package action

import (
	"strings"
	"unicode/utf8"

	"hallway/component/view/dom"
)

// CommandKey gives the key, in lower case, by which a command goes: that of the
// character, or, where no command has that, of the key's place on a Latin keyboard.
// code is that place.
func CommandKey(key, code string, shift bool) string {
	key = strings.ToLower(key)
	if _, known := actionKeys[key]; known || !dom.Printable(key) {
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
