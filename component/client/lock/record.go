package lock

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// askIDsMax is how many records of devices are asked for at once.
	askIDsMax = 50
	// askAgainAfter is how long a failed request waits, and askTries how often it is made.
	askAgainAfter = 2 * time.Second
	askTries      = 3
)

// record is a device that was checked. That of a bad one has no certificate.
type record struct {
	client.Certificate
	cert string // that was checked
}

// ask is a request for records of devices.
type ask struct {
	ids  []string // none: those of the room's members
	then func(devices []protocol.Device)
}

// records are the devices that were checked, by id, and what is asked about others.
type records struct {
	certs   map[string]record
	asks    []ask
	asking  int       // the request under way; 0: none
	tries   int       // of the first
	askAt   time.Time // the next try
	readers []client.Reader
}

// remember notes what the check of a device has shown.
func (l *Lock) remember(d *protocol.Device, cert client.Certificate) {
	if cert.Device != d.ID {
		cert = client.Certificate{}
	}
	// What was good before is no worse because somebody shows another certificate.
	if old, ok := l.certs[d.ID]; ok && cert.Until <= old.Until && (cert.Device == "" || cert.Until < old.Until) {
		return
	}
	l.certs[d.ID] = record{cert, d.Cert}
}

// check checks devices that were not checked with these certificates before.
func (l *Lock) check(devices []protocol.Device, then func()) {
	devices = slices.DeleteFunc(slices.Clone(devices), func(d protocol.Device) bool {
		known, ok := l.certs[d.ID]
		return ok && known.cert == d.Cert
	})
	if len(devices) == 0 {
		then()
		return
	}
	l.do(client.CheckDevices{Devices: devices}, func(r client.CryptoResult) {
		if checked, ok := r.(client.DevicesChecked); ok {
			for i := range checked.Certs {
				l.remember(&devices[i], checked.Certs[i])
			}
		}
		then()
	})
}

// withDevices goes on once devices were checked whose records the relay must give, or cannot.
func (l *Lock) withDevices(ids []string, then func()) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, ok := l.certs[id]; return ok })
	if len(ids) == 0 {
		then()
		return
	}
	l.ask(ask{ids: ids, then: func(devices []protocol.Device) { l.check(devices, then) }})
}

// withMembers goes on with the ids of the devices of the room's members, once they were checked.
func (l *Lock) withMembers(then func(ids []string)) {
	l.ask(ask{then: func(devices []protocol.Device) {
		ids := []string{l.own.ID}
		for i := range devices {
			if devices[i].ID != l.own.ID {
				ids = append(ids, devices[i].ID)
			}
		}
		l.check(devices, func() { then(ids) })
	}})
}

func (l *Lock) ask(a ask) {
	l.asks = append(l.asks, a)
	if l.asking == 0 && l.askAt.IsZero() {
		l.askNext()
	}
}

// askNext makes the first request that waits.
func (l *Lock) askNext() {
	if len(l.asks) == 0 || l.asking != 0 || !l.joined {
		return
	}
	l.asking = l.step.Request()
	l.step.Emit(client.FetchDevices{Req: l.asking, Token: l.tokens.Token(), IDs: l.asks[0].ids})
}

// DevicesLoaded takes records of devices.
func (l *Lock) DevicesLoaded(ev client.DevicesLoaded) {
	if ev.Req == l.asking {
		l.answered(ev.Devices)
	}
}

func (l *Lock) answered(devices []protocol.Device) {
	a := l.asks[0]
	l.asks, l.asking, l.tries = l.asks[1:], 0, 0
	a.then(devices)
	if l.asking == 0 {
		l.askNext()
	}
}

// Failed takes the failure of a request for turns or devices.
func (l *Lock) Failed(ev client.RequestFailed) {
	switch ev.Req {
	case l.readBack.request:
		l.turnsFailed()
	case l.asking:
		if ev.Status == 401 {
			l.tokens.TokenRefused()
		}
		if l.tries++; l.tries >= askTries {
			l.answered(nil)
			return
		}
		l.asking, l.askAt = 0, l.step.Now.Add(askAgainAfter)
	}
}

// interruptRecords lets what is asked wait for the next join.
func (l *Lock) interruptRecords() { l.asking, l.tries, l.askAt = 0, 0, time.Time{} }

// ShowReaders finds out who can read, or ends to show it.
func (l *Lock) ShowReaders(on bool) {
	l.readers, l.step.Changed = nil, true
	if !on || !l.joined {
		return
	}
	l.withMembers(func(ids []string) {
		l.readers, l.step.Changed = nil, true
		for _, id := range l.admitted(ids, l.shutOut()) {
			cert := l.certs[id].Certificate
			i := slices.IndexFunc(l.readers, func(r client.Reader) bool { return r.User.ID == cert.User })
			if i < 0 {
				i = len(l.readers)
				l.readers = append(l.readers, client.Reader{User: protocol.User{ID: cert.User, Name: cert.Name, Role: cert.Role}})
			}
			l.readers[i].Devices = append(slices.Clip(l.readers[i].Devices), id)
		}
	})
}
