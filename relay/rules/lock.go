package rules

import (
	"slices"
	"time"

	"hallway/e2ee"
	"hallway/protocol"
)

// Locked holds the state of a room's encryption, as a device sees it.
type Locked struct {
	Turn *protocol.Turn // the newest; nil: no turn was made
	Wrap *protocol.Wrap // of the turn's secret, for the sender's device; nil: none is stored
	// Inside reports that the sender's device is in the room.
	Inside bool
	// Holds reports that the device has the secret of the turn.
	Holds bool
	// Due reports that a new turn is due, which must leave out the users in Out.
	Due bool
	Out []string
}

// A lockbook is the part of the working set that holds the encryption of one room: its newest turn, and its devices.
type lockbook struct {
	room    *Room
	vault   Vault
	changes *Changes
	now     protocol.Time
}

// locks returns the lockbook of a room.
func (s *Set) locks(r *Room) lockbook {
	return lockbook{room: r, vault: s.Vault, changes: &s.Changes, now: s.Now}
}

// encrypted reports whether the room is end-to-end encrypted.
func (b lockbook) encrypted() bool { return b.room.Rules.E2EE != 0 }

// newest returns the newest turn of an encrypted room.
func (b lockbook) newest() *Lock {
	if b.room.lock == nil {
		b.room.lock = &Lock{}
		if !b.room.made {
			*b.room.lock = b.vault.Lock(b.room)
		}
	}
	return b.room.lock
}

// IsDue reports whether a new turn is due, and for which users.
func (l *Lock) IsDue() (due bool, out []string) {
	for _, user := range l.Due {
		if user != "" {
			out = append(out, user)
		}
	}
	return l.N == 0 || len(l.Due) > 0, out
}

// setDue replaces the users whom the next turn must leave out.
func (b lockbook) setDue(due []string) {
	b.newest().Due = due
	b.vault.SetDue(b.room, due)
	b.changes.noteLocked(b.room)
}

// microseconds returns a duration as the difference of two times.
func microseconds(d time.Duration) protocol.Time { return protocol.Time(d / time.Microsecond) }

// refuseOpen refuses a message that is not encrypted, is malformed, or is encrypted with an old key; otherwise its Code is "".
func (b lockbook) refuseOpen(e *protocol.Encrypted, files []protocol.Attachment) Outcome {
	switch {
	case !b.encrypted():
		return Outcome{}
	case e == nil, slices.ContainsFunc(files, func(a protocol.Attachment) bool { return a.Alt != "" }):
		return bar(protocol.WhyEncrypted, "this room takes only encrypted messages: update the app")
	case e2ee.Decode(e.IV) == nil || e2ee.Decode(e.CT) == nil: // no device of the room could open it
		return refuse(protocol.CodeBadRequest, "encrypted.iv and encrypted.ct must be base64url without padding")
	case e.Kid != b.newest().Kid:
		return Outcome{Refusal: Refusal{
			Code: protocol.CodeUnavailable, Why: protocol.WhyStaleKey, Reason: "the room has another key now: encrypt the message anew",
		}}
	}
	return Outcome{}
}

// noteTraffic notes that a message was stored. If the newest turn is older than TurnEvery, it makes another one due and
// returns true.
func (b lockbook) noteTraffic() (due bool) {
	if !b.encrypted() {
		return false
	}
	l := b.newest()
	if l.N == 0 || slices.Contains(l.Due, "") || b.now < l.At+microseconds(TurnEvery) {
		return false
	}
	b.setDue(append(slices.Clone(l.Due), ""))
	return true
}

// expel removes a user's devices from the room. If that makes a turn due, it returns true.
func (b lockbook) expel(user string) (due bool) {
	if !b.encrypted() || b.room.made {
		return false
	}
	b.vault.Leave(Leaver{Room: b.room, User: user})
	b.room.lock = nil
	b.changes.noteLocked(b.room)
	return true
}

// readmit removes a user from those whom the next turn leaves out.
func (b lockbook) readmit(user string) {
	if !b.encrypted() || b.room.made {
		return
	}
	if l := b.newest(); slices.Contains(l.Due, user) {
		b.setDue(slices.DeleteFunc(slices.Clone(l.Due), func(u string) bool { return u == user }))
	}
}

// enter puts a user's device into the room. An unregistered or deleted device stays outside, without a refusal.
func (b lockbook) enter(user, device string) (inside bool, refused Outcome) {
	if device == "" {
		return false, Outcome{}
	}
	if d := b.vault.Device(device); d == nil || d.Deleted || d.User != user {
		return false, Outcome{}
	}
	if len(b.vault.RoomDevices(b.room, []string{device})) > 0 {
		return true, Outcome{}
	}
	if b.vault.CountDevices(b.room, b.now-microseconds(DeviceTime)) >= protocol.RoomDevicesMax {
		return false, refuse(protocol.CodeConflict, "the room has too many devices")
	}
	b.vault.Enter(b.room, device)
	return true, Outcome{}
}

// join puts a user's device into the room and returns the state of the encryption for it; nil: the room is not encrypted.
func (b lockbook) join(user, device string) (locked *Locked, refused Outcome) {
	if !b.encrypted() {
		return nil, Outcome{}
	}
	inside := false
	if !b.room.made {
		if inside, refused = b.enter(user, device); refused.Code != "" {
			return nil, refused
		}
	}
	l := b.newest()
	locked = &Locked{Inside: inside}
	locked.Due, locked.Out = l.IsDue()
	if l.N == 0 {
		return locked, Outcome{}
	}
	locked.Turn = &l.Turn
	if inside {
		locked.Wrap = b.vault.Wrap(b.room, l.N, device)
		locked.Holds = b.vault.Holds(b.room, l.N, device)
	}
	return locked, Outcome{}
}

// refuseOutside refuses an op about the room's keys if the user's device is not in the room; otherwise its Code is "".
func (b lockbook) refuseOutside(user, device string) Outcome {
	if !b.encrypted() {
		return refuse(protocol.CodeConflict, "this room is not end-to-end encrypted")
	}
	inside, refused := b.enter(user, device)
	if refused.Code == "" && !inside {
		refused = refuse(protocol.CodeForbidden, "this connection has not registered a device")
	}
	return refused
}

// add stores a new turn with wraps of its secret, and returns the wraps that it has stored.
func (b lockbook) add(next *Lock, wraps []protocol.Wrap) (stored []protocol.Wrap) {
	due := b.stillDue(b.newest().Due, next.Turn.Out)
	b.vault.AddTurn(b.room, next)
	b.room.lock = next
	stored = b.deliverable(wraps)
	held := stored
	if !slices.ContainsFunc(stored, func(w protocol.Wrap) bool { return w.To == next.By }) {
		held = append(slices.Clone(stored), protocol.Wrap{To: next.By}) // the maker has the secret
	}
	b.vault.AddWraps(b.room, next.N, held)
	b.setDue(due)
	return stored
}

// stillDue returns the users whom the new turn should leave out but does not, except users who have come back with a
// device.
func (b lockbook) stillDue(due, out []string) (still []string) {
	for _, user := range due {
		if user != "" && !slices.Contains(out, user) && !b.vault.Present(b.room, user) {
			still = append(still, user)
		}
	}
	return still
}

// deliverable returns the wraps for devices in the room whose users may have the newest key.
func (b lockbook) deliverable(wraps []protocol.Wrap) (good []protocol.Wrap) {
	if len(wraps) == 0 {
		return nil
	}
	ids := make([]string, len(wraps))
	for i := range wraps {
		ids[i] = wraps[i].To
	}
	users := b.vault.RoomDevices(b.room, ids)
	for _, w := range wraps {
		if user, inside := users[w.To]; inside && !slices.Contains(b.newest().Turn.Out, user) {
			good = append(good, w)
		}
	}
	return good
}
