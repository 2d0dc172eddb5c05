package lock

import (
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// askIDsMax is the highest number of devices in one request.
	askIDsMax = 50
	// askAgainAfter is the wait after a failed request, and askTries the number of tries.
	askAgainAfter = 2 * time.Second
	askTries      = 3
	// asksMax bounds the waiting requests, and recordsMax the remembered devices: a relay can name any number.
	asksMax    = 200
	recordsMax = 10_000
)

// record is the result of checking a device. The record of a bad device has no certificate.
type record struct {
	client.Certificate
	cert string // the encoded certificate that was checked
}

// ask is a request for records of devices.
type ask struct {
	ids  []string // empty: the devices of the room's members
	then func(devices []protocol.Device, answered bool)
}

// records holds the checked devices by id, and the requests for others.
type records struct {
	*env
	device *device

	certs  map[string]*record
	asks   []ask
	asking int       // the number of the request under way; 0: none
	tries  int       // the failed tries of the first request
	askAt  time.Time // the time of the next try
}

// remember stores the certificate of a checked device. A bad or an older certificate does not replace a good one.
func (r *records) remember(d *protocol.Device, cert *client.Certificate) {
	known := r.record(d.ID)
	if cert.Device == d.ID && cert.Until >= known.Until {
		known.Certificate, known.cert = *cert, d.Cert
	}
}

// nobody is the record of an unchecked device.
var nobody record

// record returns the record of a device, and adds an empty one for an unknown device. It is not inlined, because
// it has many callers and the page would grow.
//
//go:noinline
func (r *records) record(id string) *record {
	known := r.certs[id]
	if known == nil {
		if len(r.certs) >= recordsMax {
			r.forgetBad()
		}
		known = new(record)
		r.certs[id] = known
	}
	return known
}

// forgetBad forgets the devices without a certificate.
func (r *records) forgetBad() {
	for id, known := range r.certs {
		if known.Device == "" {
			delete(r.certs, id)
		}
	}
}

// certOf returns the certificate of a device. It has no user if the device is unchecked or bad. It is not inlined,
// because it has many callers and the page would grow.
//
//go:noinline
func (r *records) certOf(id string) *client.Certificate {
	if known := r.certs[id]; known != nil {
		return &known.Certificate
	}
	return &nobody.Certificate
}

// admitted returns the devices with a good certificate whose users are not in out.
func (r *records) admitted(ids, out []string) (may []string) {
	for _, id := range ids {
		if cert := r.certOf(id); r.good(cert) && !contains(out, cert.User) {
			may = append(may, id)
		}
	}
	return may
}

// check checks the devices whose certificates are new, and calls then with whether the check was possible.
func (r *records) check(devices []protocol.Device, then func(checked bool)) {
	var unknown []protocol.Device
	for i := range devices {
		if known := r.certs[devices[i].ID]; known == nil || known.cert != devices[i].Cert {
			unknown = append(unknown, devices[i])
		}
	}
	if len(unknown) == 0 {
		then(true)
		return
	}
	r.do(client.CheckDevices{Devices: unknown}, func(result client.CryptoResult) {
		checked, ok := result.(client.DevicesChecked)
		if ok {
			for i := range checked.Certs {
				r.remember(&unknown[i], &checked.Certs[i])
			}
		}
		then(ok)
	})
}

// withDevices loads and checks the devices that are not known as good, and then calls then with whether that was possible.
func (r *records) withDevices(ids []string, then func(answered bool)) {
	var unknown []string
	for _, id := range ids {
		if !r.good(r.certOf(id)) {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) == 0 {
		then(true)
		return
	}
	r.ask(ask{ids: unknown, then: func(devices []protocol.Device, answered bool) {
		r.check(devices, func(checked bool) { then(answered && checked) })
	}})
}

// withMembers loads and checks the devices of the room's members, and then calls then with their ids. The user's device is first.
// It is not inlined, because the page would grow.
//
//go:noinline
func (r *records) withMembers(then func(ids []string)) {
	r.ask(ask{then: func(devices []protocol.Device, _ bool) {
		own := r.device.own.ID
		ids := []string{own}
		for i := range devices {
			if devices[i].ID != own {
				ids = append(ids, devices[i].ID)
			}
		}
		r.check(devices, func(bool) { then(ids) })
	}})
}

// ask queues a request.
func (r *records) ask(a ask) {
	if len(r.asks) >= asksMax {
		a.then(nil, false)
		return
	}
	r.asks = append(r.asks, a)
	if r.askAt.IsZero() {
		r.askNext()
	}
}

// askNext sends the first waiting request, unless one is under way.
func (r *records) askNext() {
	if len(r.asks) == 0 || r.asking != 0 || !r.device.joined {
		return
	}
	r.asking = r.step.Request()
	r.step.Emit(client.FetchDevices{Req: r.asking, Token: r.tokens.Token(), IDs: r.asks[0].ids})
}

// answered ends the first request with its devices. It ignores devices beyond the number that a room may have.
func (r *records) answered(devices []protocol.Device, answered bool) {
	devices = devices[:min(len(devices), protocol.RoomDevicesMax)]
	a := r.asks[0]
	r.asks, r.asking, r.tries = r.asks[1:], 0, 0
	a.then(devices, answered)
	r.askNext()
}

// fail handles a failure of the request under way.
func (r *records) fail(status int) {
	if status == 401 {
		r.tokens.TokenRefused()
	}
	if r.tries++; r.tries >= askTries {
		r.answered(nil, false)
		return
	}
	r.asking = 0
	r.wake(&r.askAt, askAgainAfter)
}

// interrupt stops the requests until the next join.
func (r *records) interrupt() { r.asking, r.tries, r.askAt = 0, 0, time.Time{} }

func (r *records) deadline() time.Time { return r.askAt }

func (r *records) fire() {
	if r.step.Due(&r.askAt) {
		r.askNext()
	}
}
