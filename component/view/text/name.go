package text

import (
	"strings"

	"hallway/protocol"
)

// nameBytesMax is how much of a name is shown.
const nameBytesMax = 256

// ShownName returns a user's name as it is shown: on one line, without what cannot be seen or
// turns the text around it, and not too long. It is "" for a user without a name.
func ShownName(name string) string {
	clean := protocol.CleanName(name, len(name))
	if len(clean) > nameBytesMax {
		clean = protocol.CleanName(clean, nameBytesMax) + "…"
	}
	return clean
}

// NameOf returns what a user is called: their name, or, without one, a guest's with a number that
// tells guests apart. Ids are nobody's business.
func (t *Texts) NameOf(u protocol.User) string { return t.Called(u.ID, ShownName(u.Name)) }

// called is NameOf for a name that is fit to be shown.
func (t *Texts) Called(id, name string) string {
	if name != "" {
		return name
	}
	return strings.TrimSpace(t.With(Guest, "", t.Number(guestNumber(id))))
}

// Guests have numbers of three digits.
const guestFirst, guests = 100, 900

// guestNumber returns the number of a user who has no name: always the same, on every device.
func guestNumber(id string) int { return guestFirst + int(hashOf(id)%guests) }
