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
	// asksMax bounds the requests that wait, and recordsMax the devices that are remembered: a relay can name any number.
	asksMax    = 200
	recordsMax = 10_000
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
	*env
	device *device

	certs  map[string]*record
	asks   []ask
	asking int       // the request under way; 0: none
	tries  int       // of the first
	askAt  time.Time // the next try
}

// remember notes what the check of a device has shown. What was good before is no worse because
// somebody shows another certificate.
func (r *records) remember(d *protocol.Device, cert *client.Certificate) {
	known := r.record(d.ID)
	if cert.Device == d.ID && cert.Until >= known.Until {
		known.Certificate, known.cert = *cert, d.Cert
	}
}

// nobody is the record of a device that was not checked.
var nobody record

// record returns the record of a device, also of one that is not known.
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

// certOf returns the certificate of a device: without a user if it was not checked, or is bad.
func (r *records) certOf(id string) *client.Certificate {
	if known := r.certs[id]; known != nil {
		return &known.Certificate
	}
	return &nobody.Certificate
}

// admitted returns the devices that may have a secret for which users are out.
func (r *records) admitted(ids, out []string) (may []string) {
	for _, id := range ids {
		if cert := r.certOf(id); r.good(cert) && !slices.Contains(out, cert.User) {
			may = append(may, id)
		}
	}
	return may
}

// check checks devices that were not checked with these certificates before. It tells whether they could be checked.
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

// withDevices goes on once the relay has given the records of devices that are not known as good, and they were checked. It tells
// whether both were possible.
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

// withMembers goes on with the ids of the devices of the room's members, once they were checked.
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

// askNext makes the first request that waits.
func (r *records) askNext() {
	if len(r.asks) == 0 || r.asking != 0 || !r.device.joined {
		return
	}
	r.asking = r.step.Request()
	r.step.Emit(client.FetchDevices{Req: r.asking, Token: r.tokens.Token(), IDs: r.asks[0].ids})
}

// answered takes the answer to a request, or that there is none. Of more devices than a room may have, the rest does not count.
func (r *records) answered(devices []protocol.Device, answered bool) {
	devices = devices[:min(len(devices), protocol.RoomDevicesMax)]
	a := r.asks[0]
	r.asks, r.asking, r.tries = r.asks[1:], 0, 0
	a.then(devices, answered)
	r.askNext()
}

// fail takes the failure of the request under way.
func (r *records) fail(status int) {
	if status == 401 {
		r.tokens.TokenRefused()
	}
	if r.tries++; r.tries >= askTries {
		r.answered(nil, false)
		return
	}
	r.asking, r.askAt = 0, r.in(askAgainAfter)
}

// interrupt lets what is asked wait for the next join.
func (r *records) interrupt() { r.asking, r.tries, r.askAt = 0, 0, time.Time{} }

func (r *records) deadline() time.Time { return r.askAt }

func (r *records) fire() {
	if r.step.Due(&r.askAt) {
		r.askNext()
	}
}
