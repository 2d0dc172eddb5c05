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
	then func(devices []protocol.Device, answered bool)
}

// records are the devices that were checked, by id, and what is asked about others.
type records struct {
	certs   map[string]*record
	asks    []ask
	asking  int       // the request under way; 0: none
	tries   int       // of the first
	askAt   time.Time // the next try
	readers []client.Reader
}

// remember notes what the check of a device has shown. What was good before is no worse because
// somebody shows another certificate.
func (l *Lock) remember(d *protocol.Device, cert *client.Certificate) {
	r := l.record(d.ID)
	if cert.Device == d.ID && cert.Until >= r.Until {
		r.Certificate, r.cert = *cert, d.Cert
	}
}

// nobody is the record of a device that was not checked.
var nobody record

// record returns the record of a device, also of one that is not known.
func (l *Lock) record(id string) *record {
	r := l.certs[id]
	if r == nil {
		r = new(record)
		l.certs[id] = r
	}
	return r
}

// certOf returns the certificate of a device: without a user if it was not checked, or is bad.
func (l *Lock) certOf(id string) *client.Certificate {
	if r := l.certs[id]; r != nil {
		return &r.Certificate
	}
	return &nobody.Certificate
}

// check checks devices that were not checked with these certificates before. It tells whether they could be checked.
func (l *Lock) check(devices []protocol.Device, then func(checked bool)) {
	var unknown []protocol.Device
	for i := range devices {
		if r := l.certs[devices[i].ID]; r == nil || r.cert != devices[i].Cert {
			unknown = append(unknown, devices[i])
		}
	}
	if len(unknown) == 0 {
		then(true)
		return
	}
	l.do(client.CheckDevices{Devices: unknown}, func(r client.CryptoResult) {
		checked, ok := r.(client.DevicesChecked)
		if ok {
			for i := range checked.Certs {
				l.remember(&unknown[i], &checked.Certs[i])
			}
		}
		then(ok)
	})
}

// withDevices goes on once the relay has given the records of devices that are not known as good, and they were checked. It tells
// whether both were possible.
func (l *Lock) withDevices(ids []string, then func(answered bool)) {
	var unknown []string
	for _, id := range ids {
		if !l.good(l.certOf(id)) {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) == 0 {
		then(true)
		return
	}
	l.ask(ask{ids: unknown, then: func(devices []protocol.Device, answered bool) {
		l.check(devices, func(checked bool) { then(answered && checked) })
	}})
}

// withMembers goes on with the ids of the devices of the room's members, once they were checked.
func (l *Lock) withMembers(then func(ids []string)) {
	l.ask(ask{then: func(devices []protocol.Device, _ bool) {
		ids := []string{l.own.ID}
		for i := range devices {
			if devices[i].ID != l.own.ID {
				ids = append(ids, devices[i].ID)
			}
		}
		l.check(devices, func(bool) { then(ids) })
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
		l.answered(ev.Devices, true)
	}
}

func (l *Lock) answered(devices []protocol.Device, answered bool) {
	a := l.asks[0]
	l.asks, l.asking, l.tries = l.asks[1:], 0, 0
	a.then(devices, answered)
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
			l.answered(nil, false)
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
			cert := l.certOf(id)
			i := slices.IndexFunc(l.readers, func(r client.Reader) bool { return r.User.ID == cert.User })
			if i < 0 {
				i = len(l.readers)
				l.readers = append(l.readers, client.Reader{User: protocol.User{ID: cert.User, Name: cert.Name, Role: cert.Role}})
			}
			l.readers[i].Devices = append(slices.Clip(l.readers[i].Devices), id)
		}
	})
}
