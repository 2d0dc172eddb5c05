package lock

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Lock holds the state of one chat's encryption. It routes frames and events to its parts. New returns one.
type Lock struct {
	env
	device  device
	records records
	readers readers
	turns   turns
	outs    outs
	keys    keys
	back    back
	maker   maker
	contents
}

// timed is a part with deadlines.
type timed interface {
	deadline() time.Time
	fire()
}

// timed returns the parts with deadlines, in the order in which they fire.
func (l *Lock) timed() [5]timed {
	return [...]timed{&l.device, &l.keys, &l.maker, &l.records, &l.contents}
}

// New returns a lock without a user.
func New(s *step.Step, link step.Link, tokens step.Tokens, cfg Config) *Lock {
	l := &Lock{env: env{step: s, link: link, tokens: tokens, cfg: cfg}}
	l.Forget()
	return l
}

// Forget resets all state, for another user.
func (l *Lock) Forget() {
	e, d, r, t, o, k, b := &l.env, &l.device, &l.records, &l.turns, &l.outs, &l.keys, &l.back
	*l = Lock{
		env:      env{step: e.step, link: e.link, tokens: e.tokens, cfg: e.cfg, jobs: map[int]func(client.CryptoResult){}},
		device:   device{env: e, opened: l.deviceOpened},
		records:  records{env: e, device: d, certs: map[string]*record{}},
		readers:  readers{env: e, records: r, turns: t},
		turns:    turns{env: e, device: d, records: r, checked: l.turnChecked},
		outs:     outs{turns: t},
		keys:     keys{env: e, device: d, records: r, turns: t, outs: o, came: l.keyCame, kids: map[string]bool{}},
		back:     back{env: e, device: d, turns: t, keys: k},
		maker:    maker{env: e, device: d, records: r, turns: t, outs: o, keys: k},
		contents: contents{env: e, device: d, records: r, turns: t, keys: k, back: b, edits: map[string]int64{}},
	}
}

// deviceOpened takes the user's open device. first is false after a renewal of its certificate; another tab may then have stored a
// higher turn.
func (l *Lock) deviceOpened(d *client.DeviceOpened, first bool) {
	if first {
		clear(l.records.certs) // the vault has forgotten the devices that it had checked
	}
	l.records.remember(&d.Device, &d.Cert)
	l.maker.offered = max(l.maker.offered, d.Offered)
	if d.Turn != nil && (first || d.Turn.N > l.turns.highest) {
		if !first {
			l.turns.highAt = l.step.Now
		}
		l.keys.kids[d.Turn.Kid] = d.HasKey || l.keys.kids[d.Turn.Kid]
		l.turns.loaded(d.Turn, d.HasKey)
	}
	l.cfg.Rescan()
}

// keyCame runs when the vault has the secret of the newest turn.
func (l *Lock) keyCame() {
	l.back.reset()
	l.maker.clearDelay()
	l.maker.consider()
}

// SetUser opens the device of a user.
func (l *Lock) SetUser(user string) {
	if l.device.user != user {
		l.Forget()
		l.device.user = user
		l.device.open(false)
	}
}

// Welcome handles the relay's welcome. serves says whether the relay supports encrypted rooms.
func (l *Lock) Welcome(serves bool) { l.device.welcome(serves) }

// Joined takes the state of the room from the answer to a join.
func (l *Lock) Joined(f *protocol.Joined) {
	room := f.E2EE
	l.device.joined, l.device.joining, l.device.encrypted = true, false, room != nil
	l.back.ended, l.back.failed, l.turns.toldAt = false, false, l.step.Now
	if room == nil {
		return
	}
	l.records.askNext()
	l.cfg.Rescan() // the devices and turns that are still missing can be requested now
	l.outs.due, l.maker.due = room.Out, room.Due || room.Turn == nil || l.maker.asked || len(l.outs.expelled) > 0
	l.turns.lost = room.Turn == nil
	if room.Turn != nil {
		l.keys.tell(room.Turn)
		if room.Wrap != nil && l.keys.lacks() {
			l.keys.unwrap(room.Wrap)
		} else {
			l.keys.want()
		}
	}
	l.maker.consider()
}

// Received takes a frame about encryption. It ignores frames of the room's stream unless the chat has joined the room.
func (l *Lock) Received(f protocol.RelayFrame, joined bool) {
	switch f := f.(type) {
	case protocol.Registered:
		l.device.confirm(f.ID)
	case protocol.Turned:
		if joined && f.Room == l.cfg.Room {
			l.turned(&f.Turn)
		}
	case protocol.Wrapped:
		if joined && f.Room == l.cfg.Room && l.keys.lacks() && f.N == l.turns.newest.N {
			l.keys.unwrap(&f.Wrap)
		}
	case protocol.Wanted:
		if joined && f.Room == l.cfg.Room {
			l.keys.wanted(&f)
		}
	case protocol.Due:
		if joined && f.Room == l.cfg.Room {
			l.outs.due = f.Out
			l.maker.demand()
		}
	}
}

// turned takes a new turn from the relay.
func (l *Lock) turned(t *protocol.Turn) {
	l.maker.ended(l.outs.left(t.Out))
	l.keys.tell(t)
	l.maker.handOn(t)
	l.wake(&l.keys.wantAt, wantAfter)
	l.maker.consider()
}

// turnChecked runs when the newest turn is verified.
func (l *Lock) turnChecked() {
	if !l.turns.behind() {
		l.outs.dropMet()
	}
	l.maker.consider()
}

// Take takes a result from the shell, or a request of the user.
func (l *Lock) Take(ev client.Event) {
	switch ev := ev.(type) {
	case client.CryptoDone:
		l.done(ev)
	case client.TurnsLoaded:
		l.back.loaded(&ev)
	case client.DevicesLoaded:
		if ev.Req == l.records.asking {
			l.records.answered(ev.Devices, true)
		}
	case client.RequestFailed:
		l.failed(ev.Req, ev.Status)
	case client.ShowReaders:
		l.readers.show(ev.On)
	case client.NewTurn:
		l.maker.makeNow()
	case client.Readmit:
		l.Readmit(ev.User)
	default:
		step.Assert(false, "every event has a route")
	}
}

// failed handles a failed request for turns or devices.
func (l *Lock) failed(req, status int) {
	switch req {
	case l.back.request:
		l.back.busy, l.back.failed = false, true
		l.openLater()
	case l.records.asking:
		l.records.fail(status)
	}
}

// Readmit lets in a user whom a turn has shut out.
func (l *Lock) Readmit(user string) {
	if l.outs.readmit(user) {
		l.maker.demand()
	}
}

// ShutOut keeps the next secret from a user whom this user has removed or banned.
func (l *Lock) ShutOut(user string) {
	if l.outs.expel(user) {
		l.maker.demand()
	}
}

// Refused handles the relay's refusal of a frame of this lock.
func (l *Lock) Refused(f *protocol.Error) {
	switch f.Of {
	case "device":
		l.device.refuse(f.Code)
	case "turn":
		l.maker.refused(f)
		l.device.frameRefused(f)
	case "want":
		l.device.frameRefused(f)
	}
}

// Interrupt resets the state of the connection.
func (l *Lock) Interrupt() {
	l.device.interrupt()
	l.keys.wantAt = time.Time{}
	l.maker.interrupt()
	l.records.interrupt()
}

// Deadline returns the time of the next call of Fire.
func (l *Lock) Deadline() (first time.Time) {
	for _, part := range l.timed() {
		first = step.Earliest(first, part.deadline())
	}
	return first
}

// Fire lets each part act on its passed deadlines.
func (l *Lock) Fire() {
	for _, part := range l.timed() {
		part.fire()
	}
}

// Chapter returns the first turn of the current chapter. A device with the newest secret can read the secrets back to that turn.
func (l *Lock) Chapter() int64 { return l.turns.chapter }

// Kid returns the kid to seal messages under, or "" if messages cannot be sealed now.
func (l *Lock) Kid() string { return l.keys.kid() }

// MayWrite reports whether the user may write messages: they can be sealed now, or could be sealed before the last turn.
func (l *Lock) MayWrite() bool {
	switch l.state() {
	case client.LockReady:
		return true
	case client.LockWaiting:
		return l.keys.kids[l.turns.highKid]
	}
	return false
}

// Show adds the state of encryption to a snapshot.
func (l *Lock) Show(s *client.Snapshot) {
	s.Lock = &client.Lock{State: l.state(), Fleeting: l.device.fleeting, Readers: l.readers.list}
	if l.turns.verified {
		s.Lock.Code, s.Lock.Out = l.turns.code, l.turns.newest.Out
	}
}

// state returns the lock's state for the view: ready, or the reason why messages cannot be sealed.
func (l *Lock) state() client.LockState {
	d := &l.device
	switch {
	case d.inPlain():
		return client.LockMissing
	case d.own.ID == "":
		if d.failed {
			return client.LockNoDevice
		}
	case d.refused != "":
		return client.LockNoDevice
	case l.Kid() != "":
		return client.LockReady
	case l.turns.newest != nil && l.outs.has(d.user):
		return client.LockOut
	}
	return client.LockWaiting
}
