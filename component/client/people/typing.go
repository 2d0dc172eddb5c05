package people

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

const (
	// typistsMax is how many others are shown as writing.
	typistsMax = 20
	// typingEvery is how often the relay is told that the user writes, at most.
	typingEvery = 3 * time.Second
	// typingShown is how long someone is shown as writing after word of it.
	typingShown = 6 * time.Second
)

// Typing is who writes. NewTyping makes one.
type Typing struct {
	step *step.Step
	link step.Link
	room string

	toldAt  time.Time // when the relay was told last that the user writes
	typists []typist  // others, in the order in which they began
}

type typist struct {
	user  protocol.User
	until time.Time
}

// NewTyping makes a Typing without typists.
func NewTyping(s *step.Step, link step.Link, room string) *Typing {
	return &Typing{step: s, link: link, room: room}
}

// Typed tells the others that the user writes, no more often than they need it.
func (t *Typing) Typed() {
	if t.step.Now.Before(t.toldAt.Add(typingEvery)) {
		return
	}
	t.toldAt = t.step.Now
	t.link.Write(protocol.Typing{Room: t.room})
}

// Heard takes word of someone who is writing.
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

// Stopped takes a user off the list, whose message has come.
func (t *Typing) Stopped(user string) {
	t.remove(func(o typist) bool { return o.user.ID == user })
}

func (t *Typing) remove(over func(o typist) bool) {
	before := len(t.typists)
	t.typists = slices.DeleteFunc(t.typists, over)
	t.step.Changed = t.step.Changed || len(t.typists) != before
}

// Interrupt forgets who writes: the connection has ended.
func (t *Typing) Interrupt() { t.toldAt, t.typists = time.Time{}, nil }

// Deadline returns when the next typist is taken off the list.
func (t *Typing) Deadline() (at time.Time) {
	for _, o := range t.typists {
		at = step.Earliest(at, o.until)
	}
	return at
}

// Fire takes off the list whose time is over.
func (t *Typing) Fire() {
	t.remove(func(o typist) bool { return !t.step.Now.Before(o.until) })
}

// Show puts the others who are writing into a snapshot.
func (t *Typing) Show(s *client.Snapshot) {
	for _, o := range t.typists {
		s.Typing = append(s.Typing, o.user)
	}
}
