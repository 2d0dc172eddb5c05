package lock

import (
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// clockGrace is the tolerated difference between the clocks of two devices.
const clockGrace = 10 * time.Minute

// turns holds the newest turn, and the highest turn that this device has stored.
type turns struct {
	*env
	device  *device
	records *records
	checked func() // called when the newest turn is verified

	newest   *protocol.Turn // the last turn that the relay has sent; nil: none
	toldAt   time.Time      // the time at which it came on this connection
	lost     bool           // the relay no longer has a turn
	chapter  int64          // the first turn of the chapter, or a later one if this page has missed some turns
	verified bool           // the newest turn's signature and its maker's role are valid
	hash     string         // the hash of its signed bytes, if it is verified
	code     string         // the code that people compare, if it is verified
	kept     bool           // it is verified and on disk, so its secret may seal
	keeping  int            // the number of KeepTurn ops under way; each may report a higher turn of another tab
	highest  int64          // the number of the highest turn that this device has stored
	highKid  string         // the kid of the highest turn; "": another tab has stored it
	high     *protocol.Turn // the highest turn; nil: none, or unknown
	highAt   time.Time      // the time at which this page learned of another tab's highest turn
	wrap     *protocol.Wrap // the wrap of the newest secret for this device; nil: none
	wrapKept bool           // the wrap is on disk, with the turn
}

// loaded takes the stored turn. It was verified before it was stored.
func (t *turns) loaded(turn *protocol.Turn, hasKey bool) {
	t.highest, t.highKid, t.high = turn.N, turn.Kid, turn
	if t.newest == nil {
		t.newest, t.verified, t.kept, t.wrapKept = turn, true, true, hasKey
	}
	t.keep()
}

// tell makes a turn the newest one and verifies it. It returns false if that turn is the newest already.
func (t *turns) tell(turn *protocol.Turn) bool {
	t.lost = false
	same := t.newest != nil && t.newest.Kid == turn.Kid && t.newest.Sig == turn.Sig
	if same && t.hash != "" {
		return false
	}
	if !same && (turn.Link == "" || t.newest == nil || turn.PrevKid != t.newest.Kid) {
		t.chapter = turn.N
	}
	kept := t.kept && same // a turn from disk has no hash yet
	t.newest, t.toldAt, t.verified, t.kept, t.hash, t.code = turn, t.step.Now, kept, kept, "", ""
	t.wrap, t.wrapKept = nil, kept && t.wrapKept
	t.step.Changed = true
	t.verify()
	return true
}

// verify checks the newest turn's signature and its maker's role. It ignores a turn whose number differs from the kid's, or is
// above turnMax.
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

// lapsed reports whether the highest turn shuts out the maker of the newest one, and the issuer has not certified the maker since.
// So a banned moderator cannot return by making a turn.
func (t *turns) lapsed(cert *client.Certificate) bool {
	if t.newest.Kid == t.highKid || !contains(t.highOut(), cert.User) {
		return false
	}
	at, ok := madeAt(t.high)
	return !ok || cert.From <= at.Unix()
}

// secondsMax is the highest number that counts as seconds. A higher one counts as milliseconds.
const secondsMax = 1 << 36

// madeAt parses the time of a turn by its maker's clock: RFC 3339, or seconds or milliseconds since 1970.
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

// behind reports whether the relay has lost its turn, or its newest turn is below one that this device has stored. The relay was
// restored from a backup, or lies. Nothing is sealed until a higher turn comes.
func (t *turns) behind() bool { return t.newest != nil && (t.lost || t.newest.N < t.highest) }

// keep stores the newest turn on disk. After that its secret may seal.
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
