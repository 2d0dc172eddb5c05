package lock

import (
	"slices"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// clockGrace is how far the clocks of two devices may differ.
const clockGrace = 10 * time.Minute

// turns is the newest turn, and the highest that this device has kept.
type turns struct {
	*env
	device  *device
	records *records
	checked func() // called once the newest is verified

	newest   *protocol.Turn // that the relay has told of; nil: none
	toldAt   time.Time      // when the relay told of it, on this connection
	lost     bool           // the relay has no turn any more
	chapter  int64          // the turn with which the chapter began, or a later one if this page has not heard of all
	verified bool           // its signature, its maker's role
	hash     string         // verified: of its signed bytes
	code     string         // verified: what people compare
	kept     bool           // verified: it is on disk, so it may be sealed under
	keeping  int            // the ops under way that keep a turn: any may tell of a higher one that another tab has kept
	highest  int64          // the number of the highest turn that this device has kept
	highKid  string         // "": another tab has kept it
	high     *protocol.Turn // that turn; nil: there is none, or its content is not known
	highAt   time.Time      // when this page learned that another tab has kept it
	wrap     *protocol.Wrap // of the newest secret for this device; nil: it did not come by one
	wrapKept bool           // it is on disk, with the turn
}

// loaded takes the turn that the device has kept. It was verified before it was kept.
func (t *turns) loaded(turn *protocol.Turn, hasKey bool) {
	t.highest, t.highKid, t.high = turn.N, turn.Kid, turn
	if t.newest == nil {
		t.newest, t.verified, t.kept, t.wrapKept = turn, true, true, hasKey
	}
	t.keep()
}

// tell makes a turn the newest, and verifies it. It reports whether that is new.
func (t *turns) tell(turn *protocol.Turn) bool {
	t.lost = false
	same := t.newest != nil && t.newest.Kid == turn.Kid && t.newest.Sig == turn.Sig
	if same && t.hash != "" {
		return false
	}
	if !same && (turn.Link == "" || t.newest == nil || turn.PrevKid != t.newest.Kid) {
		t.chapter = turn.N
	}
	kept := t.kept && same // from disk, without the hash
	t.newest, t.toldAt, t.verified, t.kept, t.hash, t.code = turn, t.step.Now, kept, kept, "", ""
	t.wrap, t.wrapKept = nil, kept && t.wrapKept
	t.step.Changed = true
	t.verify()
	return true
}

// verify checks the newest turn's signature and its maker's role. A number that is not the kid's never counts, nor does one that
// leaves no room for later turns.
func (t *turns) verify() {
	turn := t.newest
	if client.KidTurn(turn.Kid) != turn.N || turn.N > turnMax {
		return
	}
	t.records.withDevices([]string{turn.By}, func(bool) {
		// A turn that was made before its maker's certificate was renewed still counts.
		cert := t.records.certOf(turn.By)
		at, ok := madeAt(turn)
		if t.newest != turn || !client.Moderates(cert.Role) || t.lapsed(cert) || !ok || at.After(time.Unix(cert.Until, 0).Add(clockGrace)) {
			return
		}
		t.do(client.CheckTurn{Turn: *turn}, func(r client.CryptoResult) {
			if checked, ok := r.(client.TurnChecked); ok && checked.OK && t.newest == turn {
				t.verified, t.hash, t.code = true, checked.Hash, checked.Code
				t.keep()
				t.checked()
			}
		})
	})
}

// lapsed reports whether the newest turn is by a user whom the highest one shuts out, unless the issuer has certified the user since.
// Otherwise a moderator who was put out could come back by a turn, as long as a relay takes it.
func (t *turns) lapsed(cert *client.Certificate) bool {
	if t.newest.Kid == t.highKid || !slices.Contains(t.highOut(), cert.User) {
		return false
	}
	at, ok := madeAt(t.high)
	return !ok || cert.From <= at.Unix()
}

// secondsMax is the highest number that stands for seconds: a higher one is of milliseconds, of 1972 or later.
const secondsMax = 1 << 36

// madeAt returns the time of a turn by its maker's clock: RFC 3339, or seconds or milliseconds since 1970.
func madeAt(t *protocol.Turn) (at time.Time, ok bool) {
	if n, err := strconv.ParseInt(t.At, 10, 64); err == nil {
		if n > secondsMax {
			return time.UnixMilli(n), true
		}
		return time.Unix(n, 0), true
	}
	at, err := time.Parse(time.RFC3339, t.At)
	return at, err == nil
}

// behind reports whether the relay has no turn any more, or its newest is below a turn that this
// device has kept: it was restored, or lies. Nothing is sealed until a higher one comes.
func (t *turns) behind() bool { return t.newest != nil && (t.lost || t.newest.N < t.highest) }

// keep keeps the newest turn on disk, and from then on it may be sealed under.
func (t *turns) keep() {
	turn := t.newest
	switch {
	case !t.verified || t.behind() || t.device.own.ID == "":
		return
	case t.highKid == turn.Kid && (t.wrap == nil || t.wrapKept):
		t.kept = true
		return
	}
	t.wrapKept, t.kept = t.wrap != nil, false
	t.keeping++
	t.do(client.KeepTurn{Turn: *turn, Wrap: t.wrap}, func(r client.CryptoResult) {
		t.keeping--
		kept, ok := r.(client.TurnKept)
		if !ok {
			kept.N, t.device.fleeting = turn.N, true
		}
		if kept.N >= t.highest {
			if t.highest, t.highKid = kept.N, ""; kept.N > turn.N {
				t.highAt, t.high = t.step.Now, kept.Higher
			}
			if kept.N == turn.N {
				// Of two turns with the same number, the users whom the first shuts out stay so.
				if t.highKid = turn.Kid; t.high == nil || t.high.N < turn.N {
					t.high = turn
				}
			}
		}
		t.kept = t.kept || t.keeping == 0 && t.newest == turn && t.verified
	})
}

// highOut returns the users whom the highest turn shuts out.
func (t *turns) highOut() []string {
	if t.high == nil {
		return nil
	}
	return t.high.Out
}

// out returns the users whom the newest turn shuts out.
func (t *turns) out() []string {
	if t.newest == nil {
		return nil
	}
	return t.newest.Out
}
