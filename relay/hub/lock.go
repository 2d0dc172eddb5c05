package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A lock is the encryption of a room in memory: its newest turn, and the streams whose devices have its secrets.
type lock struct {
	turn *protocol.Turn // the newest; nil: no turn was made
	due  bool           // a new turn is due
	out  []string       // the users for whom it is due

	devices map[string][]*member // streams by their devices
	holders []*member            // streams whose devices have a secret, oldest first
	wants   []*want
}

// An enrolled is a member's part in the encryption of an end-to-end encrypted room. Members of other rooms have none.
type enrolled struct {
	kid    string         // the key of the last send
	device string         // the member's key in lock.devices; "": it has none
	wrap   *protocol.Wrap // of turn, for its next joined
	turn   int64
	opened bool           // the device has the secret of turn
	inside bool           // the device is in the room
	holds  int64          // the newest turn whose secret its device has
	got    map[int64]bool // turns whose wrap this connection was sent
}

// encryption returns the member's part in the encryption, and makes it if it is missing.
func (m *member) encryption() *enrolled {
	if m.e2ee == nil {
		m.e2ee = &enrolled{}
	}
	return m.e2ee
}

// lastKid returns the key of the last send; "": it had none.
func (e *enrolled) lastKid() string {
	if e == nil {
		return ""
	}
	return e.kid
}

// deviceID returns the id of the device of a member; "": it has none in the room.
func (e *enrolled) deviceID() string {
	if e == nil {
		return ""
	}
	return e.device
}

// received notes that the connection has its wrap of a turn.
func (m *member) received(n int64) {
	e := m.encryption()
	if e.got == nil {
		e.got = make(map[int64]bool)
	}
	e.got[n] = true
}

// enroll notes the device of a stream.
func (k *keys) enroll(r *room, m *member) {
	if r == nil || r.lock == nil || m == nil || !m.joined || m.session.device() == nil || m.e2ee.deviceID() == m.session.deviceID() {
		return
	}
	k.discharge(m)
	id := m.session.deviceID()
	m.encryption().device = id
	if r.lock.devices == nil {
		r.lock.devices = make(map[string][]*member)
	}
	r.lock.devices[id] = append(r.lock.devices[id], m)
}

// discharge forgets the device of a stream.
func (k *keys) discharge(m *member) {
	if m.e2ee == nil {
		return
	}
	l, id := m.presence.room.lock, m.e2ee.device
	*m.e2ee = enrolled{kid: m.e2ee.kid}
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
		if w.holder == m { // its stream has ended
			w.holder, w.again = nil, 0
		}
	}
}

// hold notes that the device of a stream has the secret of a turn. The device is asked at once for secrets that no
// device could hand on before.
func (k *keys) hold(r *room, m *member, n int64) {
	if m == nil || m.e2ee.deviceID() == "" || m.e2ee.holds >= n {
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

// setTurn tells a room of a turn, unless the room knows it or a later one. No turn is due then.
func (k *keys) setTurn(r *room, t protocol.Turn) {
	l := r.lock
	if l == nil || l.turn != nil && l.turn.N >= t.N {
		return
	}
	l.turn, l.due, l.out = &t, false, nil
	for _, m := range l.devices[t.By] { // the maker has the secret, even if the result of the turn was lost
		k.hold(r, m, t.N)
	}
	if r.streams > 0 {
		k.rooms.flush(r)
		k.rooms.broadcast(r, [][]byte{protocol.Turned{Room: r.name, Turn: t}.Append(nil)})
	}
}

// setDue notes whether a turn is due, and tells the moderators of the room if they do not know.
func (k *keys) setDue(r *room, due bool, out []string) {
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

// setLock takes the database's state of a room: its newest turn, and whether another one is due.
func (k *keys) setLock(r *room, turn *protocol.Turn, due bool, out []string) {
	if r.lock == nil {
		return
	}
	if turn != nil {
		k.setTurn(r, *turn)
	}
	if known := r.lock.turn; known == nil || turn != nil && known.N == turn.N {
		k.setDue(r, due, out)
	}
}

// setRuledLock is setLock with a lock that was read from the database.
func (k *keys) setRuledLock(r *room, l *rules.Lock) {
	due, out := l.IsDue()
	if l.N == 0 {
		k.setLock(r, nil, due, out)
	} else {
		k.setLock(r, &l.Turn, due, out)
	}
}

// unlock notes the state of the encryption for a member that joins.
func (k *keys) unlock(m *member, l *rules.Locked) {
	if l == nil {
		return
	}
	k.setLock(m.presence.room, l.Turn, l.Due, l.Out)
	e := m.encryption()
	e.wrap, e.inside, e.opened = l.Wrap, l.Inside, l.Holds
	if l.Turn != nil {
		e.turn = l.Turn.N
	}
}

// entered notes the device of a member that has joined, and the secret that the device holds.
func (k *keys) entered(now time.Time, m *member) {
	r := m.presence.room
	if r.lock == nil || m.e2ee == nil {
		return
	}
	had := *m.e2ee
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
	k.setDue(r, true, all)
}

// lockFrame returns the state of the encryption for a member; nil: the room is not encrypted.
func (k *keys) lockFrame(m *member) *protocol.Locked {
	r := m.presence.room
	if r.lock == nil {
		return nil
	}
	f := &protocol.Locked{Turn: r.lock.turn}
	if r.lock.turn != nil && m.e2ee != nil && r.lock.turn.N == m.e2ee.turn {
		f.Wrap = m.e2ee.wrap
	}
	if moderates(m.role) && r.lock.due {
		f.Due, f.Out = true, r.lock.out
	}
	return f
}
