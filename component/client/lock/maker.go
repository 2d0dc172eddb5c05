package lock

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// makeWithin is the time over which moderators spread the making of a turn that is due.
	makeWithin = time.Second
	// makeTimeout is how long the answer to a turn may be missing.
	makeTimeout = 15 * time.Second
	// chapterAfter is how long the maker of a turn waits for the secret before it: then a new
	// chapter begins.
	chapterAfter = 20 * time.Second
	// lackAfter is how long the relay may not have told of a turn that another tab has kept: among several relays its news
	// take a while.
	lackAfter = 10 * time.Second
	// turnMax is the highest number of a turn that counts.
	turnMax = 1 << 40
)

// maker makes the turn that is due.
type maker struct {
	*env
	device  *device
	records *records
	turns   *turns
	outs    *outs
	keys    *keys

	due     bool // a turn, of a moderator
	asked   bool // a person has asked for a turn, and none has come since
	making  bool
	offered int64     // the number of the highest turn that this page has written
	makeAt  time.Time // the next step of it
	made    *client.TurnMade
}

// demand takes word that a turn is due.
func (m *maker) demand() {
	m.due = true
	m.consider()
}

// hurry makes a turn although none is due, at once.
func (m *maker) hurry() {
	m.asked = true
	m.resume()
	m.demand()
}

// resume no longer waits before the turn is made.
func (m *maker) resume() {
	if !m.making {
		m.makeAt = time.Time{}
	}
}

// lacks reports whether the newest turn is below one that others may have kept: the relay may have told of a turn that
// this page wrote, and lost it before it told this page.
func (m *maker) lacks() bool {
	return m.turns.behind() || m.turns.newest != nil && m.turns.newest.N < m.offered
}

// leads reports whether this device may make turns: its user may have a secret.
func (m *maker) leads() bool {
	return m.device.leads() && !slices.Contains(m.turns.out(), m.device.user) && !slices.Contains(m.turns.highOut(), m.device.user)
}

// consider begins to make a turn if this device should.
func (m *maker) consider() {
	d := m.device
	if d.joined && d.encrypted && d.registered && m.leads() && !m.making && m.makeAt.IsZero() &&
		(m.due || m.lacks() && m.turns.verified) {
		m.makeAt = m.in(time.Duration(m.step.Rand() * float64(makeWithin)))
	}
}

// begin begins to make the turn that is due.
func (m *maker) begin() {
	t := m.turns.newest
	if !m.device.joined || !m.device.registered || !m.leads() || !m.due && !m.lacks() {
		return
	}
	if told := m.turns.highAt.Add(lackAfter); m.lacks() && m.step.Now.Before(told) {
		m.makeAt = told
		return
	}
	link := t != nil && m.turns.verified && m.keys.kids[t.Kid]
	if chapter := m.turns.toldAt.Add(chapterAfter); t != nil && !link && !m.asked && m.step.Now.Before(chapter) {
		m.makeAt = chapter
		return
	}
	m.making, m.makeAt = true, m.in(makeTimeout)
	m.records.withMembers(func(members []string) {
		if m.goesOn(t) {
			m.makeFor(members, t, link)
		}
	})
}

// goesOn reports whether the turn after t is still being made.
func (m *maker) goesOn(t *protocol.Turn) bool {
	return m.making && m.turns.newest == t && m.device.joined
}

// makeFor makes the turn after t for the devices of the members, and writes it.
func (m *maker) makeFor(members []string, t *protocol.Turn, link bool) {
	next := protocol.Turn{N: max(m.turns.highest+1, m.offered), Out: m.outs.next(), By: m.device.own.ID, At: protocol.TimeOf(m.step.Now).String()}
	if t != nil && t.N < turnMax {
		next.N = max(next.N, t.N+1)
	}
	if t != nil && m.turns.verified { // a new chapter names it, too
		next.PrevKid, next.Prev = t.Kid, m.turns.hash
	}
	m.do(client.MakeTurn{Turn: next, Link: link, To: m.records.admitted(members, next.Out)}, func(r client.CryptoResult) {
		made, ok := r.(client.TurnMade)
		if !ok || len(made.Wraps) == 0 || !m.goesOn(t) {
			return
		}
		m.made, m.offered = &made, made.Turn.N
		first := made.Wraps[:min(len(made.Wraps), protocol.WrapsMax)]
		m.link.Write(protocol.MakeTurn{Room: m.cfg.Room, Turn: made.Turn, Wraps: first})
	})
}

// ended takes a new turn, and whether another is due.
func (m *maker) ended(due bool) { m.making, m.asked, m.makeAt, m.due = false, false, time.Time{}, due }

// handOn hands the secret of a turn that this page has made to the devices that its frame had no place for.
func (m *maker) handOn(t *protocol.Turn) {
	made := m.made
	m.made = nil
	if made == nil || made.Turn.Kid != t.Kid {
		return
	}
	for wraps := range slices.Chunk(made.Wraps[min(len(made.Wraps), protocol.WrapsMax):], protocol.WrapsMax) {
		m.link.Write(protocol.HandOn{Room: m.cfg.Room, N: t.N, Wraps: wraps})
	}
	m.keys.gained([]string{t.Kid}, &made.Wraps[0]) // its maker's
}

// refused takes the refusal of the turn.
func (m *maker) refused(f *protocol.Error) {
	switch {
	case f.Code == protocol.CodeConflict:
		m.device.enter() // there is a turn that the relay has not told of
	case f.Code.Retryable():
		m.making, m.makeAt = false, m.step.ResendAt(m.step.Now, f)
	}
}

func (m *maker) interrupt() { m.making, m.makeAt = false, time.Time{} }

func (m *maker) deadline() time.Time { return m.makeAt }

func (m *maker) fire() {
	if m.step.Due(&m.makeAt) {
		m.making = false
		m.begin()
	}
}
