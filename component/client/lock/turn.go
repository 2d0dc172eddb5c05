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
	// turnMax is the highest number after which another turn is made.
	turnMax = 1 << 40
	// clockGrace is how far the clocks of two devices may differ.
	clockGrace = 10 * time.Minute
)

// turns is the newest turn, and the turn that is due.
type turns struct {
	joined    bool
	encrypted bool           // the room is
	newest    *protocol.Turn // that the relay has told of; nil: none
	lost      bool           // the relay has no turn any more
	verified  bool           // its signature, its maker's role
	hash      string         // verified: of its signed bytes
	code      string         // verified: what people compare
	kept      bool           // verified: it is on disk, so it may be sealed under
	highest   int64          // the number of the highest turn that this device has kept
	highKid   string         // "": another tab has kept it
	highOut   []string
	highAt    time.Time      // when this page learned that another tab has kept it
	wrap      *protocol.Wrap // of the newest secret for this device; nil: it did not come by one
	wrapKept  bool           // it is on disk, with the turn

	due      bool     // a turn, of a moderator
	dueOut   []string // users who must not get its secret
	expelled []string // users whom this user has put out, until a turn shuts them out
	readmit  []string // users whom this user has let in again
	making   bool
	offered  int64     // the number of the highest turn that this page has written
	makeAt   time.Time // the next step of it
	toldAt   time.Time // when the relay told of the newest turn, on this connection
	made     *client.TurnMade
}

// loaded takes the turn that the device has kept. It was verified before it was kept.
func (l *Lock) loaded(t *protocol.Turn, hasKey bool) {
	l.highest, l.highKid, l.highOut = t.N, t.Kid, t.Out
	if hasKey {
		l.kids[t.Kid] = true
	}
	if l.newest == nil {
		l.newest, l.verified, l.kept, l.wrapKept = t, true, true, hasKey
	}
	l.keep()
	l.cfg.Rescan()
}

// Joined takes the state of the room.
func (l *Lock) Joined(f *protocol.Joined) {
	l.joined, l.encrypted, l.readBack.ended, l.toldAt = true, f.E2EE != nil, false, l.step.Now
	l.readBack.failed = false
	if f.E2EE == nil {
		return
	}
	l.askNext()
	l.cfg.Rescan() // what the relay could not be asked for before
	l.dueOut, l.due = f.E2EE.Out, f.E2EE.Due || f.E2EE.Turn == nil
	l.lost = f.E2EE.Turn == nil
	if !l.lost {
		l.tell(f.E2EE.Turn)
		if f.E2EE.Wrap != nil && !l.kids[l.newest.Kid] {
			l.unwrap(*f.E2EE.Wrap)
		} else {
			l.want()
		}
	}
	l.consider()
}

// Turned takes a new turn.
func (l *Lock) Turned(f *protocol.Turned) {
	l.making, l.makeAt = false, time.Time{}
	still := func(users []string) []string {
		return slices.DeleteFunc(users, func(user string) bool { return slices.Contains(f.Turn.Out, user) })
	}
	l.lost, l.dueOut, l.expelled = false, still(l.dueOut), still(l.expelled)
	l.due = len(l.dueOut)+len(l.expelled) > 0
	l.tell(&f.Turn)
	made := l.made
	l.made = nil
	if made != nil && made.Turn.Kid == f.Turn.Kid {
		for wraps := range slices.Chunk(made.Wraps[min(len(made.Wraps), protocol.WrapsMax):], protocol.WrapsMax) {
			l.link.Write(protocol.HandOn{Room: l.cfg.Room, N: f.Turn.N, Wraps: wraps})
		}
		l.gained([]string{f.Turn.Kid}, &made.Wraps[0]) // its maker's
	}
	l.wantAt = l.step.Now.Add(wantAfter)
	l.consider()
}

// Due takes word that a turn is due.
func (l *Lock) Due(f *protocol.Due) {
	l.due, l.dueOut = true, f.Out
	l.consider()
}

// Readmit lets a user in again whom a turn has shut out.
func (l *Lock) Readmit(user string) {
	if slices.Contains(l.shutOut(), user) {
		l.due, l.readmit = true, append(l.readmit, user)
		l.consider()
	}
}

// NewTurn makes a turn although none is due, at once.
func (l *Lock) NewTurn() {
	l.due, l.toldAt = true, time.Time{}
	if !l.making {
		l.makeAt = time.Time{}
	}
	l.consider()
}

// ShutOut keeps the next secret from a user whom this user has put out.
func (l *Lock) ShutOut(user string) {
	l.readmit = slices.DeleteFunc(l.readmit, func(u string) bool { return u == user })
	if l.newest != nil && !l.isOut(user) {
		l.due, l.expelled = true, append(l.expelled, user)
		l.consider()
	}
}

// tell makes a turn the newest, and verifies it.
func (l *Lock) tell(t *protocol.Turn) {
	if l.newest != nil && l.newest.Kid == t.Kid && l.newest.Sig == t.Sig && l.hash != "" {
		return
	}
	if l.newest != t {
		l.toldAt = l.step.Now
	}
	kept := l.kept && l.newest.Kid == t.Kid && l.newest.Sig == t.Sig // from disk, without the hash
	l.newest, l.verified, l.kept, l.hash, l.code = t, kept, kept, "", ""
	l.wrap, l.wrapKept = nil, kept && l.wrapKept
	l.step.Changed, l.wantAt = true, l.step.Now.Add(wantEvery) // also to verify it again, where that fails now
	l.withDevices([]string{t.By}, func(bool) {
		// A turn that was made before its maker's certificate was renewed still counts.
		cert := l.certOf(t.By)
		at, err := time.Parse(time.RFC3339, t.At)
		if l.newest != t || !client.Leads(cert.Role) || err != nil || at.After(time.Unix(cert.Until, 0).Add(clockGrace)) {
			return
		}
		l.do(client.CheckTurn{Turn: *t}, func(r client.CryptoResult) {
			if checked, ok := r.(client.TurnChecked); ok && checked.OK && l.newest == t {
				l.verified, l.hash, l.code = true, checked.Hash, checked.Code
				l.keep()
				l.consider()
			}
		})
	})
}

// behind reports whether the relay has no turn any more, or its newest is below a turn that this
// device has kept: it was restored, or lies. Nothing is sealed until a higher one comes.
func (l *Lock) behind() bool { return l.newest != nil && (l.lost || l.newest.N < l.highest) }

// keep keeps the newest turn on disk, and from then on it may be sealed under.
func (l *Lock) keep() {
	t := l.newest
	switch {
	case !l.verified || l.behind() || l.own.ID == "":
		return
	case l.highKid == t.Kid && (l.wrap == nil || l.wrapKept):
		l.kept = true
		return
	}
	l.wrapKept = l.wrap != nil
	l.do(client.KeepTurn{Turn: *t, Wrap: l.wrap}, func(r client.CryptoResult) {
		kept, ok := r.(client.TurnKept)
		if !ok {
			kept.N, l.fleeting = t.N, true
		}
		if kept.N >= l.highest {
			if l.highest, l.highKid = kept.N, ""; kept.N > t.N {
				l.highAt = l.step.Now
			}
			if kept.N == t.N {
				l.highKid, l.highOut = t.Kid, t.Out
			}
		}
		l.kept = l.kept || l.newest == t && l.verified
	})
}

// lacks reports whether the newest turn is below one that others may have kept: the relay may have told of a turn that
// this page wrote, and lost it before it told this page.
func (l *Lock) lacks() bool { return l.behind() || l.newest != nil && l.newest.N < l.offered }

// consider begins to make a turn if this device should.
func (l *Lock) consider() {
	if l.joined && l.encrypted && l.registered && l.leads() && !l.making && l.makeAt.IsZero() &&
		(l.due || l.lacks() && l.verified) {
		l.makeAt = l.step.Now.Add(time.Duration(l.step.Rand() * float64(makeWithin)))
	}
}

// makeTurn makes the turn that is due.
func (l *Lock) makeTurn() {
	t := l.newest
	if !l.joined || !l.registered || !l.leads() || !l.due && !l.lacks() {
		return
	}
	if l.lacks() && l.step.Now.Sub(l.highAt) < lackAfter {
		l.makeAt = l.highAt.Add(lackAfter)
		return
	}
	link := t != nil && l.verified && l.kids[t.Kid]
	if t != nil && !link && l.step.Now.Sub(l.toldAt) < chapterAfter {
		l.makeAt = l.toldAt.Add(chapterAfter)
		return
	}
	l.making, l.makeAt = true, l.step.Now.Add(makeTimeout)
	l.withMembers(func(members []string) {
		if !l.making || l.newest != t || !l.joined {
			return
		}
		next := protocol.Turn{N: max(l.highest+1, l.offered), Out: l.outNext(), By: l.own.ID, At: protocol.TimeOf(l.step.Now).String()}
		if t != nil && t.N < turnMax {
			next.N = max(next.N, t.N+1)
		}
		if link {
			next.PrevKid, next.Prev = t.Kid, l.hash
		}
		l.do(client.MakeTurn{Turn: next, Link: link, To: l.admitted(members, next.Out)}, func(r client.CryptoResult) {
			made, ok := r.(client.TurnMade)
			if !ok || len(made.Wraps) == 0 || !l.making || l.newest != t || !l.joined {
				return
			}
			l.made, l.offered = &made, made.Turn.N
			first := made.Wraps[:min(len(made.Wraps), protocol.WrapsMax)]
			l.link.Write(protocol.MakeTurn{Room: l.cfg.Room, Turn: made.Turn, Wraps: first})
		})
	})
}

// outNext returns the users whom the next turn shuts out: those of the last one, also of one that
// the relay has lost, whom this user has not let in again, and those that the relay names.
func (l *Lock) outNext() []string {
	out := slices.Clone(l.dueOut)
	for _, last := range [...][]string{l.expelled, l.shutOut(), l.highOut} {
		for _, user := range last {
			if !slices.Contains(out, user) && !slices.Contains(l.readmit, user) {
				out = append(out, user)
			}
		}
	}
	return out
}

// shutOut returns the users whom the newest turn shuts out.
func (l *Lock) shutOut() []string {
	if l.newest == nil {
		return nil
	}
	return l.newest.Out
}

// isOut reports whether a user must not get the newest secret.
func (l *Lock) isOut(user string) bool {
	return slices.Contains(l.shutOut(), user) || slices.Contains(l.dueOut, user) || slices.Contains(l.expelled, user)
}
