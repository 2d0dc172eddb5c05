package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hallway/component/view/markup"
	"hallway/protocol"
)

// avatarColours is the number of avatar colours, from --hallway-avatar-0 on.
const avatarColours = 8

// AvatarColour returns the number of a user's colour. It is the same on every device.
func AvatarColour(userID string) int {
	return int(hashOf(userID) % avatarColours)
}

// hashOf returns the FNV-1a hash of a user's id.
func hashOf(id string) uint32 {
	hash := uint32(2166136261)
	for i := range len(id) {
		hash = (hash ^ uint32(id[i])) * 16777619
	}
	return hash
}

// Initials returns the first letters of a name's first and last words, or the first character of a name without
// letters.
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
		return string(first) // in other scripts, two such letters would look like a word
	}
	return string(first) + string(last)
}

// nameBytesMax bounds the shown part of a name.
const nameBytesMax = 256

// ShownName returns the shown form of a user's name: on one line, without invisible characters or characters that
// change the direction of the text around it, and not too long. It returns "" for a user without a name.
func ShownName(name string) string {
	clean := protocol.CleanName(name, len(name))
	if len(clean) > nameBytesMax {
		clean = protocol.CleanName(clean, nameBytesMax) + "…"
	}
	return clean
}

// NameOf returns the shown name of a user or, for a user without one, a guest's name with a number that tells guests
// apart. It never returns an id, which may be a mail address.
//
//go:noinline
func (t *Texts) NameOf(u protocol.User) string { return t.Called(u.ID, ShownName(u.Name)) }

// Called is NameOf for an id and a shown name.
func (t *Texts) Called(id, name string) string {
	if name != "" {
		return name
	}
	return strings.TrimSpace(t.With(Guest, "", t.Number(guestNumber(id))))
}

// The numbers of guests have three digits.
const guestFirst, guests = 100, 900

// guestNumber returns the number of a user without a name. It is the same on every device.
func guestNumber(id string) int { return guestFirst + int(hashOf(id)%guests) }
