package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hallway/component/view/markup"
)

// avatarColours is how many colours the avatars have, --hallway-avatar-0 and on.
const avatarColours = 8

// AvatarColour is the colour of a member: always the same, on every device.
func AvatarColour(userID string) int {
	return int(hashOf(userID) % avatarColours)
}

// hashOf returns a number for a user's id (FNV-1a).
func hashOf(id string) uint32 {
	hash := uint32(2166136261)
	for i := range len(id) {
		hash = (hash ^ uint32(id[i])) * 16777619
	}
	return hash
}

// Initials are the first letters of a name's first and last words; of a name
// without letters, its first character.
func Initials(name string) string {
	var first, last rune
	for word := range strings.FieldsSeq(name) {
		i := strings.IndexFunc(word, markup.IsLetterOrDigit)
		if i < 0 {
			continue
		}
		r, _ := utf8.DecodeRuneInString(word[i:])
		if first == 0 {
			first = unicode.ToUpper(r)
		} else {
			last = unicode.ToUpper(r)
		}
	}
	switch {
	case first == 0:
		r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
		return strings.TrimRight(string(r), string(utf8.RuneError))
	case last == 0 || !unicode.Is(unicode.Latin, first) && !unicode.Is(unicode.Cyrillic, first) && !unicode.Is(unicode.Greek, first):
		return string(first) // letters of other scripts do not stand side by side for two words
	}
	return string(first) + string(last)
}
