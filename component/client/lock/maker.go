package lock

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// makeWithin bounds the random delay before a turn is made, so that few moderators make the same turn.
	makeWithin = time.Second
	// makeTimeout is the wait for the relay's answer to a turn.
	makeTimeout = 15 * time.Second
	// chapterAfter is the wait for the secret before the new turn. After that time the turn begins a new chapter.
	chapterAfter = 20 * time.Second
	// lackAfter is the wait for the relay to tell of a turn that another tab has stored: news between relays take some time.
	lackAfter = 10 * time.Second
	// turnMax is the highest valid turn number.
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

	due     bool             // a moderator must make a turn
	asked   bool             // the user has asked for a turn, and it has not come yet
	making  bool             // a turn is being made
	offered int64            // the highest turn number that this device has sent
	makeAt  time.Time        // the time at which making starts, or times out
	made    *client.TurnMade // the turn that was sent last
}

// demand makes a turn due.
func (m *maker) demand() {
	m.due = true
	m.consider()
}

// makeNow makes a turn at once, even if none is due.
func (m *maker) makeNow() {
	m.asked = true
	m.clearDelay()
	m.demand()
}

// clearDelay cancels the wait before the next turn.
func (m *maker) clearDelay() {
	if !m.making {
		m.makeAt = time.Time{}
	}
}

// lacks reports whether the relay has lost a turn that other devices may have stored: one that this device has stored, or one
// that it has sent.
func (m *maker) lacks() bool {
	return m.turns.behind() || m.turns.newest != nil && m.turns.newest.N < m.offered
}

// leads reports whether this device may make turns and its user is not shut out.
func (m *maker) leads() bool {
	return m.device.leads() && !contains(m.turns.out(), m.device.user) && !contains(m.turns.highOut(), m.device.user)
}

// consider schedules a turn if one is needed and this device may make it.
func (m *maker) consider() {
	d := m.device
	if d.joined && d.encrypted && d.registered && m.leads() && !m.making && m.makeAt.IsZero() &&
		(m.due || m.lacks() && m.turns.verified) {
		m.wake(&m.makeAt, time.Duration(m.step.Rand()*float64(makeWithin)))
	}
}

// begin starts to make the turn that is due.
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
	m.making = true
	m.wake(&m.makeAt, makeTimeout)
	m.records.withMembers(func(members []string) {
		if m.isMaking(t) {
			m.makeFor(members, t, link)
		}
	})
}

// isMaking reports whether the turn after t is still being made.
func (m *maker) isMaking(t *protocol.Turn) bool {
	return m.making && m.turns.newest == t && m.device.joined
}

// makeFor makes the turn after t for the members' devices, and sends it to the relay.
func (m *maker) makeFor(members []string, t *protocol.Turn, link bool) {
	next := protocol.Turn{N: max(m.turns.highest+1, m.offered), Out: m.outs.next(), By: m.device.own.ID, At: protocol.TimeOf(m.step.Now).String()}
	if t != nil && t.N < turnMax {
		next.N = max(next.N, t.N+1)
	}
	if t != nil && m.turns.verified { // the first turn of a chapter also names its predecessor
		next.PrevKid, next.Prev = t.Kid, m.turns.hash
	}
	m.do(client.MakeTurn{Turn: next, Link: link, To: m.records.admitted(members, next.Out)}, func(r client.CryptoResult) {
		made, ok := r.(client.TurnMade)
		if !ok || len(made.Wraps) == 0 || !m.isMaking(t) {
			return
		}
		m.made, m.offered = &made, made.Turn.N
		first := made.Wraps[:min(len(made.Wraps), protocol.WrapsMax)]
		m.link.Write(protocol.MakeTurn{Room: m.cfg.Room, Turn: made.Turn, Wraps: first})
	})
}

// ended resets the maker after a new turn. due says whether another turn is due.
func (m *maker) ended(due bool) { m.making, m.asked, m.makeAt, m.due = false, false, time.Time{}, due }

// handOn sends the remaining wraps of a turn that this page has made: its frame has space for WrapsMax only.
func (m *maker) handOn(t *protocol.Turn) {
	made := m.made
	m.made = nil
	if made == nil || made.Turn.Kid != t.Kid {
		return
	}
	for wraps := range slices.Chunk(made.Wraps[min(len(made.Wraps), protocol.WrapsMax):], protocol.WrapsMax) {
		m.link.Write(protocol.HandOn{Room: m.cfg.Room, N: t.N, Wraps: wraps})
	}
	m.keys.gained([]string{t.Kid}, &made.Wraps[0]) // the first wrap is for this device
}

// refused handles the relay's refusal of the turn.
func (m *maker) refused(f *protocol.Error) {
	switch {
	case f.Code == protocol.CodeConflict:
		m.device.join() // another turn exists, and the answer to the join contains it
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
