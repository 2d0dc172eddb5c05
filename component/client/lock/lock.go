package lock

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Lock is the state of one chat's encryption. It routes frames and events to its parts, each the owner of its state.
// New makes one.
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

// timed is a part with deadlines of its own.
type timed interface {
	deadline() time.Time
	fire()
}

// timed returns the parts with deadlines, in the order in which they are fired.
func (l *Lock) timed() [5]timed {
	return [...]timed{&l.device, &l.keys, &l.maker, &l.records, &l.contents}
}

// New makes a lock of nobody.
func New(s *step.Step, link step.Link, tokens step.Tokens, cfg Config) *Lock {
	l := &Lock{env: env{step: s, link: link, tokens: tokens, cfg: cfg}}
	l.Forget()
	return l
}

// Forget begins anew for another user.
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

// deviceOpened takes the user's device, for the first time or with another certificate.
func (l *Lock) deviceOpened(d *client.DeviceOpened, first bool) {
	if first {
		clear(l.records.certs) // the vault has forgotten whom it knew
	}
	l.records.remember(&d.Device, &d.Cert)
	l.maker.offered = max(l.maker.offered, d.Offered)
	if first && d.Turn != nil {
		l.keys.kids[d.Turn.Kid] = d.HasKey || l.keys.kids[d.Turn.Kid]
		l.turns.loaded(d.Turn, d.HasKey)
	}
	l.cfg.Rescan()
}

// keyCame goes on once the secret of the newest turn is here.
func (l *Lock) keyCame() {
	l.back.reset()
	l.maker.resume()
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

// Welcome takes whether the relay knows encrypted rooms.
func (l *Lock) Welcome(serves bool) { l.device.welcome(serves) }

// Joined takes the state of the room.
func (l *Lock) Joined(f *protocol.Joined) {
	room := f.E2EE
	l.device.joined, l.device.entering, l.device.encrypted = true, false, room != nil
	l.back.ended, l.back.failed, l.turns.toldAt = false, false, l.step.Now
	if room == nil {
		return
	}
	l.records.askNext()
	l.cfg.Rescan() // what the relay could not be asked for before
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

// Received takes a frame about encryption. One of the room's stream counts while the chat has joined it.
func (l *Lock) Received(f protocol.RelayFrame, joined bool) {
	switch f := f.(type) {
	case protocol.Registered:
		l.device.known(f.ID)
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

// turned takes a new turn.
func (l *Lock) turned(t *protocol.Turn) {
	l.maker.ended(l.outs.left(t.Out))
	l.keys.tell(t)
	l.maker.handOn(t)
	l.keys.wantAt = l.in(wantAfter)
	l.maker.consider()
}

// turnChecked goes on once the newest turn is verified.
func (l *Lock) turnChecked() {
	if !l.turns.behind() {
		l.outs.settle()
	}
	l.maker.consider()
}

// Take takes an answer of the shell, or what a person asks for.
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
		l.maker.hurry()
	case client.Readmit:
		l.Readmit(ev.User)
	default:
		step.Assert(false, "every event has a route")
	}
}

// failed takes the failure of a request for turns or devices.
func (l *Lock) failed(req, status int) {
	switch req {
	case l.back.request:
		l.back.busy, l.back.failed = false, true
		l.openLater()
	case l.records.asking:
		l.records.fail(status)
	}
}

// Readmit lets a user in again whom a turn has shut out.
func (l *Lock) Readmit(user string) {
	if l.outs.readmit(user) {
		l.maker.demand()
	}
}

// ShutOut keeps the next secret from a user whom this user has put out.
func (l *Lock) ShutOut(user string) {
	if l.outs.expel(user) {
		l.maker.demand()
	}
}

// Refused takes the refusal of a frame of ours.
func (l *Lock) Refused(f *protocol.Error) {
	switch f.Of {
	case "device":
		l.device.refuse(f.Code)
	case "turn":
		l.maker.refused(f)
		l.device.refusedTo(f)
	case "want":
		l.device.refusedTo(f)
	}
}

// Interrupt forgets what hung on the connection.
func (l *Lock) Interrupt() {
	l.device.interrupt()
	l.keys.wantAt = time.Time{}
	l.maker.interrupt()
	l.records.interrupt()
}

// Deadline returns when Fire has something to do.
func (l *Lock) Deadline() (first time.Time) {
	for _, part := range l.timed() {
		first = step.Earliest(first, part.deadline())
	}
	return first
}

// Fire does what is due.
func (l *Lock) Fire() {
	for _, part := range l.timed() {
		part.fire()
	}
}

// Chapter returns the first turn whose secret everybody certainly reads who gets the newest one.
func (l *Lock) Chapter() int64 { return l.turns.chapter }

// Kid returns the kid under which messages may be sealed now; "": under none.
func (l *Lock) Kid() string { return l.keys.kid() }

// MayWrite reports whether messages may be written: they can be sealed, or could be before the
// last turn.
func (l *Lock) MayWrite() bool {
	switch l.state() {
	case client.LockReady:
		return true
	case client.LockWaiting:
		return l.keys.kids[l.turns.highKid]
	}
	return false
}

// Show puts what people see into a snapshot.
func (l *Lock) Show(s *client.Snapshot) {
	s.Lock = &client.Lock{State: l.state(), Fleeting: l.device.fleeting, Readers: l.readers.list}
	if l.turns.verified {
		s.Lock.Code, s.Lock.Out = l.turns.code, l.turns.newest.Out
	}
}

// state returns what stands in the way of writing.
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
