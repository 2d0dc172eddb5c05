package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// keys tells of devices, turns and wraps once they are stored, and asks devices to hand secrets on.
type keys struct {
	*shared
	rooms    *rooms
	sessions *sessions
	wanting  []*room // rooms with wants
}

// lock is what a room in memory has if it is end-to-end encrypted.
type lock struct {
	turn *protocol.Turn // the newest; nil: there is none
	due  bool           // a new turn is
	out  []string       // users for whom

	devices map[string][]*member // streams by their devices
	holders []*member            // streams whose devices have a secret, in the order in which they got it
	wants   []*want
}

// An enrolled is what a member has in an end-to-end encrypted room.
type enrolled struct {
	device string         // under which the member stands in lock.devices; "": it does not
	wrap   *protocol.Wrap // of turn, for its next joined
	turn   int64
	opened bool           // the device has the secret of turn
	inside bool           // the device is in the room
	holds  int64          // the newest turn whose secret its device has
	got    map[int64]bool // turns whose wrap this connection was sent
}

// register takes the device of a connection. What follows on the connection is of this device, though it is not stored
// yet: where it is refused, so is the rest.
func (k *keys) register(s *Session, f protocol.Register) (op rules.Op, ok bool) {
	id := rules.DeviceID(f.Device.Sign)
	if f.Device.ID != "" && f.Device.ID != id {
		s.send(protocol.Error{Code: protocol.CodeBadRequest, Message: "device.id is not of the thumbprint of device.sign", Of: "device"})
		return op, false
	}
	f.Device.ID = id
	s.device = &f.Device
	return rules.Op{Do: rules.Register{Device: f.Device}, Sender: protocol.User{ID: s.user.id, Name: s.name}}, true
}

// deviceID returns the id of the session's device; "": it has none.
func (s *Session) deviceID() string {
	if s.device == nil {
		return ""
	}
	return s.device.ID
}

// withDevice returns an op about keys as one of the session's device.
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

// done tells the result of an op about keys.
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

// unregistered forgets a device that was deleted.
func (k *keys) unregistered(gone rules.Unregistered) {
	for _, s := range k.sessions.ofUser(gone.User) {
		if s.deviceID() != gone.ID {
			continue
		}
		s.device = nil
		for _, m := range s.members {
			k.rooms.discharge(m)
		}
	}
	for _, d := range gone.Due {
		k.dueIn(d, "")
	}
}

// turned tells of a new turn, and hands its wraps over.
func (k *keys) turned(now time.Time, r *room, m *member, o *rules.Outcome, t rules.Turned) {
	name, f := t.Room, protocol.Turned{Room: t.Room, Turn: t.Turn}
	if k.gossip != nil {
		k.gossip.rulings.changed(r)
		k.tellElsewhere(name, o.Epoch, f)
	}
	if r != nil && r.lock != nil {
		k.rooms.setTurn(r, t.Turn)
		k.enroll(r, m)
		k.hold(r, m, t.Turn.N)
	}
	k.wrapped(now, r, name, o.Epoch, t.Turn.N, t.Wraps)
}

// tellElsewhere tells the other relays.
func (k *keys) tellElsewhere(room, epoch string, f protocol.RelayFrame) {
	if k.gossip != nil {
		k.gossip.tell(&bus.Told{Room: room, Epoch: epoch, Frame: f.Append(nil)})
	}
}

// wrapped hands wraps over, here and elsewhere.
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

// deliver hands a wrap to the streams of its device.
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

// received notes that the connection was sent its wrap of a turn.
func (m *member) received(n int64) {
	if m.e2ee.got == nil {
		m.e2ee.got = make(map[int64]bool)
	}
	m.e2ee.got[n] = true
}

// enroll notes the device of a stream.
func (k *keys) enroll(r *room, m *member) {
	if r == nil || r.lock == nil || m == nil || !m.joined || m.session.device == nil || m.e2ee.device == m.session.device.ID {
		return
	}
	k.rooms.discharge(m)
	id := m.session.device.ID
	m.e2ee.device = id
	if r.lock.devices == nil {
		r.lock.devices = make(map[string][]*member)
	}
	r.lock.devices[id] = append(r.lock.devices[id], m)
}

// discharge forgets the device of a stream.
func (rs *rooms) discharge(m *member) {
	l, id := m.presence.room.lock, m.e2ee.device
	m.e2ee = enrolled{}
	if l == nil || id == "" {
		return
	}
	is := func(x *member) bool { return x == m }
	l.holders = slices.DeleteFunc(l.holders, is)
	if l.devices[id] = slices.DeleteFunc(l.devices[id], is); len(l.devices[id]) == 0 {
		delete(l.devices, id)
	}
	l.wants = slices.DeleteFunc(l.wants, func(w *want) bool { return w.member == m })
	for _, w := range l.wants {
		if w.holder == m { // it does not answer any more
			w.holder, w.again = nil, 0
		}
	}
}

// hold notes that the device of a stream has the secret of a turn. What nobody could hand on before, it is asked for at once.
func (k *keys) hold(r *room, m *member, n int64) {
	if m == nil || m.e2ee.device == "" || m.e2ee.holds >= n {
		return
	}
	if m.e2ee.holds == 0 {
		r.lock.holders = append(r.lock.holders, m)
	}
	m.e2ee.holds = n
	for _, w := range r.lock.wants {
		if len(w.asked) == 0 {
			w.again = 0
		}
	}
}

// setTurn tells a room of a turn, unless it knows that or a later one. With it no turn is due.
func (rs *rooms) setTurn(r *room, t protocol.Turn) {
	l := r.lock
	if l == nil || l.turn != nil && l.turn.N >= t.N {
		return
	}
	l.turn, l.due, l.out = &t, false, nil
	if r.streams > 0 {
		rs.flush(r)
		rs.cast(r, [][]byte{protocol.Turned{Room: r.name, Turn: t}.Append(nil)})
	}
}

// setDue tells the moderators of a room that a turn is due, unless they know.
func (rs *rooms) setDue(r *room, due bool, out []string) {
	l := r.lock
	if l == nil || l.due == due && slices.Equal(l.out, out) {
		return
	}
	if l.due, l.out = due, out; !due {
		return
	}
	frame := protocol.Due{Room: r.name, Out: out}.Append(nil)
	for _, m := range r.moderators {
		m.session.sendEncoded(frame)
	}
}

// setLock takes how the encryption of a room stands in the database.
func (rs *rooms) setLock(r *room, turn *protocol.Turn, due bool, out []string) {
	if r.lock == nil {
		return
	}
	if turn != nil {
		rs.setTurn(r, *turn)
	}
	if known := r.lock.turn; known == nil || turn != nil && known.N == turn.N {
		rs.setDue(r, due, out)
	}
}

// setRuledLock is setLock for what the database was read for.
func (rs *rooms) setRuledLock(r *room, l *rules.Lock) {
	due, out := l.IsDue()
	if l.N == 0 {
		rs.setLock(r, nil, due, out)
	} else {
		rs.setLock(r, &l.Turn, due, out)
	}
}

// unlock takes how the encryption stands for a member that joins.
func (rs *rooms) unlock(m *member, l *rules.Locked) {
	if l == nil {
		return
	}
	rs.setLock(m.presence.room, l.Turn, l.Due, l.Out)
	m.e2ee.wrap, m.e2ee.inside, m.e2ee.opened = l.Wrap, l.Inside, l.Holds
	if l.Turn != nil {
		m.e2ee.turn = l.Turn.N
	}
}

// entered notes the device of a member that was told joined, and what it has.
func (k *keys) entered(now time.Time, m *member) {
	r, had := m.presence.room, m.e2ee
	if r.lock == nil {
		return
	}
	m.e2ee.wrap, m.e2ee.opened = nil, false
	if !had.inside {
		return
	}
	k.enroll(r, m)
	if had.wrap != nil {
		m.received(had.turn)
	}
	if had.opened {
		k.hold(r, m, had.turn)
		k.serve(now, r)
	}
}

// dueNow tells that a turn is due, which the database has noted.
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

// dueIn tells that a turn of a room is due for a user; "": for another reason.
func (k *keys) dueIn(d rules.DueRoom, user string) {
	out := []string{user}
	if user == "" {
		out = nil
	}
	k.dueNow(d.Room, d.Epoch, out)
}

// addDue adds users for whom a turn is due.
func (k *keys) addDue(r *room, out []string) {
	if r.lock == nil {
		return
	}
	all := slices.Clone(r.lock.out)
	for _, user := range out {
		if !slices.Contains(all, user) {
			all = append(all, user)
		}
	}
	slices.Sort(all)
	k.rooms.setDue(r, true, all)
}

// lockFrame returns how the encryption of a room stands for a member; nil: the room has none.
func (rs *rooms) lockFrame(m *member) *protocol.Locked {
	r := m.presence.room
	if r.lock == nil {
		return nil
	}
	f := &protocol.Locked{Turn: r.lock.turn}
	if r.lock.turn != nil && r.lock.turn.N == m.e2ee.turn {
		f.Wrap = m.e2ee.wrap
	}
	if moderates(m.role) && r.lock.due {
		f.Due, f.Out = true, r.lock.out
	}
	return f
}
