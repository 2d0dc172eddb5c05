package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// keys tells clients of stored devices, turns and wraps, and asks devices to hand secrets on.
type keys struct {
	*shared
	rooms    *rooms
	sessions *sessions
	wanting  []*room // rooms with wants
}

// register takes the device of a connection. Later frames of the connection belong to this device even before it is
// stored; if the device is refused, so are they.
func (k *keys) register(s *Session, f protocol.Register) (op rules.Op, ok bool) {
	id := rules.DeviceID(f.Device.Sign)
	if f.Device.ID != "" && f.Device.ID != id {
		s.send(protocol.Error{Code: protocol.CodeBadRequest, Message: "device.id is not of the thumbprint of device.sign", Of: "device"})
		return op, false
	}
	f.Device.ID = id
	s.setDevice(&f.Device)
	return rules.Op{Do: rules.Register{Device: f.Device}, Sender: protocol.User{ID: s.user.id, Name: s.name}}, true
}

// deviceID returns the id of the session's device; "": it has none.
func (s *Session) deviceID() string {
	if d := s.device(); d != nil {
		return d.ID
	}
	return ""
}

// withDevice sets the session's device in an op about keys.
func (s *Session) withDevice(op rules.Op) rules.Op {
	switch do := op.Do.(type) {
	case rules.MakeTurn:
		do.Device = s.deviceID()
		op.Do = do
	case rules.HandOn:
		do.Device = s.deviceID()
		op.Do = do
	case rules.Want:
		do.Device = s.deviceID()
		op.Do = do
	}
	return op
}

// done tells clients the result of an op about keys.
func (k *keys) done(now time.Time, p *pending, o *rules.Outcome) {
	r := k.rooms.opened(p.op.Room)
	var m *member
	if p.session != nil {
		m = p.session.member(p.op.Room)
	}
	switch result := o.Result.(type) {
	case rules.Registered:
		p.session.send(protocol.Registered{ID: result.Device.ID, Device: result.Device})
	case rules.Unregistered:
		k.unregistered(result)
		p.done(*o)
	case rules.Turned:
		k.turned(now, r, m, o, result)
	case rules.HandedOn:
		k.enroll(r, m)
		k.wrapped(now, r, p.op.Room, o.Epoch, result.N, result.Wraps)
	case rules.Wanted:
		k.enroll(r, m)
		k.wanted(now, r, m, result)
	}
}

// unregistered forgets a deleted device.
func (k *keys) unregistered(gone rules.Unregistered) {
	for _, s := range k.sessions.ofUser(gone.User) {
		if s.deviceID() != gone.ID {
			continue
		}
		s.setDevice(nil)
		for _, m := range s.members {
			k.discharge(m)
		}
	}
	for _, d := range gone.Due {
		k.dueIn(d, "")
	}
}

// turned sends the room a new turn, and delivers its wraps.
func (k *keys) turned(now time.Time, r *room, m *member, o *rules.Outcome, t rules.Turned) {
	name, f := t.Room, protocol.Turned{Room: t.Room, Turn: t.Turn}
	if k.gossip != nil {
		k.gossip.rulings.changed(r)
		k.tellElsewhere(name, o.Epoch, f)
	}
	if r != nil && r.lock != nil {
		k.setTurn(r, t.Turn)
		k.enroll(r, m)
		k.hold(r, m, t.Turn.N)
	}
	k.wrapped(now, r, name, o.Epoch, t.Turn.N, t.Wraps)
}

// wrapped delivers wraps, here and at the other relays.
func (k *keys) wrapped(now time.Time, r *room, name, epoch string, n int64, wraps []protocol.Wrap) {
	for i := range wraps {
		f := protocol.Wrapped{Room: name, N: n, Wrap: wraps[i]}
		k.deliver(r, f)
		k.tellElsewhere(name, epoch, f)
	}
	if r != nil {
		k.serve(now, r)
	}
}

// deliver sends a wrap to the streams of its device.
func (k *keys) deliver(r *room, f protocol.Wrapped) {
	if r == nil || r.lock == nil {
		return
	}
	l := r.lock
	l.wants = slices.DeleteFunc(l.wants, func(w *want) bool { return w.n == f.N && w.device.ID == f.Wrap.To })
	for _, m := range slices.Clone(l.devices[f.Wrap.To]) {
		m.session.send(f)
		m.received(f.N)
		k.hold(r, m, f.N)
	}
}

// dueNow tells the moderators, here and at the other relays, that a turn is due. The database has noted it.
func (k *keys) dueNow(room, epoch string, out []string) {
	r := k.rooms.opened(room)
	if k.gossip != nil {
		k.gossip.rulings.changed(r)
	}
	if r != nil {
		k.addDue(r, out)
	}
	k.tellElsewhere(room, epoch, protocol.Due{Room: room, Out: out})
}

// dueIn is dueNow for one user; "": for another reason.
func (k *keys) dueIn(d rules.DueRoom, user string) {
	out := []string{user}
	if user == "" {
		out = nil
	}
	k.dueNow(d.Room, d.Epoch, out)
}
