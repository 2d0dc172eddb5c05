package people

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

const (
	// typistsMax is the number of other users shown as writing.
	typistsMax = 20
	// typingEvery is the shortest time between two typing frames to the relay.
	typingEvery = 3 * time.Second
	// typingShown is the time for which a user is shown as writing after a typing frame.
	typingShown = 6 * time.Second
)

// Typing holds the users who are writing. NewTyping returns one.
type Typing struct {
	step *step.Step
	link step.Link
	room string

	toldAt  time.Time // the time of the last typing frame to the relay
	typists []typist  // the others who are writing, in the order in which they began
}

type typist struct {
	user  protocol.User
	until time.Time
}

// NewTyping returns a Typing without typists.
func NewTyping(s *step.Step, link step.Link, room string) *Typing {
	return &Typing{step: s, link: link, room: room}
}

// Typed tells the others that the user writes, at most once in typingEvery.
func (t *Typing) Typed() {
	if t.step.Now.Before(t.toldAt.Add(typingEvery)) {
		return
	}
	t.toldAt = t.step.Now
	t.link.Write(protocol.Typing{Room: t.room})
}

// Heard adds a user who is writing.
func (t *Typing) Heard(user protocol.User) {
	now := typist{user: user, until: t.step.Now.Add(typingShown)}
	switch i := slices.IndexFunc(t.typists, func(o typist) bool { return o.user.ID == user.ID }); {
	case i >= 0:
		t.step.Changed = t.step.Changed || t.typists[i].user != user
		t.typists[i] = now
	case len(t.typists) < typistsMax:
		t.typists, t.step.Changed = append(t.typists, now), true
	}
}

// Stopped removes a user from the list, because the user's message has arrived.
func (t *Typing) Stopped(user string) {
	t.remove(func(o typist) bool { return o.user.ID == user })
}

func (t *Typing) remove(over func(o typist) bool) {
	before := len(t.typists)
	t.typists = slices.DeleteFunc(t.typists, over)
	t.step.Changed = t.step.Changed || len(t.typists) != before
}

// Interrupt empties the list, because the connection has ended.
func (t *Typing) Interrupt() { t.toldAt, t.typists = time.Time{}, nil }

// Deadline returns the time at which the next typist is removed.
func (t *Typing) Deadline() (at time.Time) {
	for _, o := range t.typists {
		at = step.Earliest(at, o.until)
	}
	return at
}

// Fire removes users who have stopped writing.
func (t *Typing) Fire() {
	t.remove(func(o typist) bool { return !t.step.Now.Before(o.until) })
}

// Show adds the others who are writing to a snapshot.
func (t *Typing) Show(s *client.Snapshot) {
	for _, o := range t.typists {
		s.Typing = append(s.Typing, o.user)
	}
}
