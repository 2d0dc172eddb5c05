package rules

import (
	"slices"
	"strconv"
	"time"

	"hallway/protocol"
)

// Locked tells how the encryption of a room stands.
type Locked struct {
	Turn *protocol.Turn // the newest; nil: there is none
	Wrap *protocol.Wrap // of its secret for the sender's device; nil: there is none
	// Inside reports that the sender's device is in the room.
	Inside bool
	// Holds reports that the device has the secret of the turn.
	Holds bool
	// Due reports that a new turn is due, Out for whom.
	Due bool
	Out []string
}

// lock returns the newest turn of an end-to-end encrypted room.
func (s *Set) lock(r *Room) *Lock {
	if r.lock == nil {
		r.lock = &Lock{}
		if !r.made {
			*r.lock = s.Vault.Lock(r)
		}
	}
	return r.lock
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

// setDue replaces the users for whom a new turn of a room is due.
func (s *Set) setDue(r *Room, due []string) {
	s.lock(r).Due = due
	s.Vault.SetDue(r, due)
	s.noteLocked(r)
}

// noteLocked puts a room among those whose encryption stands otherwise now.
func (s *Changes) noteLocked(r *Room) {
	if !slices.Contains(s.Locked, r) {
		s.Locked = append(s.Locked, r)
	}
}

// microseconds returns a duration as the difference of two times.
func microseconds(d time.Duration) protocol.Time { return protocol.Time(d / time.Microsecond) }

// unsealed refuses a message that is not encrypted, or not with the newest key; its Code is "" where the room takes it.
func (s *Set) unsealed(r *Room, e *protocol.Encrypted, files []protocol.Attachment) Outcome {
	switch {
	case r.Rules.E2EE == 0:
		return Outcome{}
	case e == nil, slices.ContainsFunc(files, func(a protocol.Attachment) bool { return a.Alt != "" }):
		return bar(protocol.WhyEncrypted, "this room takes only encrypted messages: update the app")
	case e.Kid != s.lock(r).Kid:
		return Outcome{Refusal: Refusal{
			Code: protocol.CodeUnavailable, Why: protocol.WhyStaleKey, Reason: "the room has another key now: encrypt the message anew",
		}}
	}
	return Outcome{}
}

// noteTraffic makes a turn due in an encrypted room that has had its turn for long, and reports whether it has.
func (s *Set) noteTraffic(r *Room) (due bool) {
	if r.Rules.E2EE == 0 {
		return false
	}
	l := s.lock(r)
	if l.N == 0 || slices.Contains(l.Due, "") || s.Now < l.At+microseconds(TurnEvery) {
		return false
	}
	s.setDue(r, append(slices.Clone(l.Due), ""))
	return true
}

// expel takes the devices of a user out of an encrypted room, which makes a turn due there, and reports whether it did.
func (s *Set) expel(r *Room, user string) (due bool) {
	if r.Rules.E2EE == 0 || r.made {
		return false
	}
	s.Vault.Leave(Leaver{Room: r, User: user})
	r.lock = nil
	s.noteLocked(r)
	return true
}

// readmit takes a user out of those for whom a turn is due.
func (s *Set) readmit(r *Room, user string) {
	if r.Rules.E2EE == 0 || r.made {
		return
	}
	if l := s.lock(r); slices.Contains(l.Due, user) {
		s.setDue(r, slices.DeleteFunc(slices.Clone(l.Due), func(u string) bool { return u == user }))
	}
}

// enterRoom puts the sender's device into an encrypted room, unless it is there. A device that is not registered, or was deleted, stays
// outside, which is no refusal.
func (s *Set) enterRoom(r *Room, op *Op, id string) (inside bool, refused Outcome) {
	if id == "" {
		return false, Outcome{}
	}
	if d := s.Vault.Device(id); d == nil || d.Deleted || d.User != op.Sender.ID {
		return false, Outcome{}
	}
	if len(s.Vault.RoomDevices(r, []string{id})) > 0 {
		return true, Outcome{}
	}
	if s.Vault.CountDevices(r, s.Now-microseconds(DeviceTime)) >= protocol.RoomDevicesMax {
		return false, refuse(protocol.CodeConflict, "the room has as many devices as it may have")
	}
	s.Vault.Enter(r, id)
	return true, Outcome{}
}

// locked returns how the encryption stands for the sender's device, once it is in the room.
func (s *Set) locked(r *Room, op *Op, device string) (locked *Locked, refused Outcome) {
	if r.Rules.E2EE == 0 {
		return nil, Outcome{}
	}
	inside := false
	if !r.made {
		if inside, refused = s.enterRoom(r, op, device); refused.Code != "" {
			return nil, refused
		}
	}
	l := s.lock(r)
	locked = &Locked{Inside: inside}
	locked.Due, locked.Out = l.IsDue()
	if l.N == 0 {
		return locked, Outcome{}
	}
	locked.Turn = &l.Turn
	if inside {
		locked.Wrap = s.Vault.Wrap(r, l.N, device)
		locked.Holds = s.Vault.Holds(r, l.N, device)
	}
	return locked, Outcome{}
}

// own refuses an op about the keys of a room whose sender has no device in it; its Code is "" where the sender has.
func (s *Set) own(r *Room, op *Op, device string) Outcome {
	if r.Rules.E2EE == 0 {
		return refuse(protocol.CodeConflict, "this room is not end-to-end encrypted")
	}
	inside, refused := s.enterRoom(r, op, device)
	if refused.Code == "" && !inside {
		refused = refuse(protocol.CodeForbidden, "this connection has registered no device")
	}
	return refused
}

// makeTurn stores a new turn, with wraps of its secret.
func (s *Set) makeTurn(r *Room, op *Op, do MakeTurn) Outcome {
	if refused := s.own(r, op, do.Device); refused.Code != "" {
		return refused
	}
	l, t := s.lock(r), do.Turn
	switch {
	case t.By != do.Device:
		return refuse(protocol.CodeForbidden, "another device than this connection's has made the turn")
	case t.N <= l.N:
		return refuse(protocol.CodeConflict, "the room has turn "+strconv.FormatInt(l.N, 10)+" already")
	}
	next := Lock{N: t.N, Kid: t.Kid, Chapter: t.N, At: s.Now, By: do.Device, Turn: t}
	if t.Link != "" && t.PrevKid == l.Kid {
		next.Chapter = l.Chapter
	}
	due := s.stillDue(r, l.Due, t.Out)
	s.Vault.AddTurn(r, &next)
	r.lock = &next
	wraps := s.deliverable(r, do.Wraps)
	held := wraps
	if !slices.ContainsFunc(wraps, func(w protocol.Wrap) bool { return w.To == do.Device }) {
		held = append(slices.Clone(wraps), protocol.Wrap{To: do.Device}) // the maker has the secret
	}
	s.Vault.AddWraps(r, t.N, held)
	s.setDue(r, due)
	d := details(nil).member("n", strconv.AppendInt(nil, t.N, 10)).text("kid", t.Kid).text("device", t.By)
	if len(t.Out) > 0 {
		d = d.member("out", quotes(t.Out))
	}
	s.audit(op, "turn", "", "", d)
	out := Outcome{Result: Turned{Room: r.Name, Turn: t, Wraps: wraps}}
	if len(due) > 0 {
		_, out.Due = next.IsDue()
		out.DueNow = len(due) > 0
	}
	return out
}

// stillDue returns the users for whom a turn was due and who get the key of the new one: it does not name them. Whoever
// has come back with a device since is not among them.
func (s *Set) stillDue(r *Room, due, out []string) (still []string) {
	for _, user := range due {
		if user != "" && !slices.Contains(out, user) && !s.Vault.Present(r, user) {
			still = append(still, user)
		}
	}
	return still
}

// deliverable returns the wraps for devices in the room whose users may have the newest key.
func (s *Set) deliverable(r *Room, wraps []protocol.Wrap) (good []protocol.Wrap) {
	if len(wraps) == 0 {
		return nil
	}
	ids := make([]string, len(wraps))
	for i := range wraps {
		ids[i] = wraps[i].To
	}
	users := s.Vault.RoomDevices(r, ids)
	for _, w := range wraps {
		if user, inside := users[w.To]; inside && !slices.Contains(s.lock(r).Turn.Out, user) {
			good = append(good, w)
		}
	}
	return good
}

// handOn stores wraps of a turn's secret.
func (s *Set) handOn(r *Room, op *Op, do HandOn) Outcome {
	refused := s.own(r, op, do.Device)
	switch {
	case refused.Code != "":
		return refused
	case !s.Vault.Holds(r, do.N, do.Device):
		return refuse(protocol.CodeForbidden, "this device does not have the secret of the turn")
	}
	wraps := s.deliverable(r, do.Wraps)
	if len(wraps) > 0 {
		s.Vault.AddWraps(r, do.N, wraps)
	}
	return Outcome{Result: HandedOn{N: do.N, Wraps: wraps}}
}

// want answers a device that lacks the secret of a turn.
func (s *Set) want(r *Room, op *Op, do Want) Outcome {
	if refused := s.own(r, op, do.Device); refused.Code != "" {
		return refused
	}
	switch l := s.lock(r); {
	case do.N > l.N:
		return refuse(protocol.CodeNotFound, "the room has no such turn")
	case slices.Contains(l.Turn.Out, op.Sender.ID):
		return refuse(protocol.CodeForbidden, "the room's turn leaves you out")
	}
	return Outcome{Result: Wanted{N: do.N, Wrap: s.Vault.Wrap(r, do.N, do.Device)}}
}

// quotes returns texts as a list in JSON.
func quotes(texts []string) []byte {
	list := []byte{'['}
	for i, text := range texts {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, quote(text)...)
	}
	return append(list, ']')
}
