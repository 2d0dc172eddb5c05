package view

import (
	"strings"

	"hallway/protocol"
)

// nameBytesMax is how much of a name is shown.
const nameBytesMax = 256

// shownName returns a user's name as it is shown: on one line, without what cannot be seen or
// turns the text around it, and not too long. It is "" for a user without a name.
func shownName(name string) string {
	clean := protocol.CleanName(name, len(name))
	if len(clean) > nameBytesMax {
		clean = protocol.CleanName(clean, nameBytesMax) + "…"
	}
	return clean
}

// nameOf returns what a user is called: their name, or, without one, a guest's with a number that
// tells guests apart. Ids are nobody's business.
func (t *texts) nameOf(u protocol.User) string { return t.called(u.ID, shownName(u.Name)) }

// called is nameOf for a name that is fit to be shown.
func (t *texts) called(id, name string) string {
	if name != "" {
		return name
	}
	return strings.TrimSpace(t.with(wordGuest, "", t.number(guestNumber(id))))
}

// senderOf returns what the sender of a row is called.
func (t *texts) senderOf(r *row) string {
	if r.own && r.sender == "" {
		return t.say(wordYou)
	}
	return t.called(r.senderID, r.sender)
}

// Guests have numbers of three digits.
const guestFirst, guests = 100, 900

// guestNumber returns the number of a user who has no name: always the same, on every device.
func guestNumber(id string) int { return guestFirst + int(hashOf(id)%guests) }
