package lock

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

const (
	// reopenAfter is how long the lock waits before it tries again to open the device.
	reopenAfter = 30 * time.Second
	// renewBefore is how long before its end a certificate is renewed, unless its whole life is
	// shorter than twice that.
	renewBefore = time.Hour
)

// device is the user's device, and how far the relay and the room know it.
type device struct {
	*env
	opened func(d *client.DeviceOpened, first bool) // called once it is there, and with each renewed certificate

	user     string
	own      protocol.Device // ID "": not there yet
	cert     client.Certificate
	fleeting bool // it lives with the page
	opening  bool
	failed   bool      // keys or a certificate cannot be had
	openAt   time.Time // the next try, or the renewal of the certificate
	enterAt  time.Time // the room is joined although the relay has not answered

	welcomed   bool // the relay waits for the join
	serves     bool // the relay knows encrypted rooms
	registered bool // the relay knows the device of this connection
	refused    protocol.Code
	joined     bool
	entering   bool // a join is under way
	encrypted  bool // joined: the room is
}

// open loads or makes the device, or renews its certificate.
func (d *device) open(renew bool) {
	if d.opening {
		return
	}
	d.opening = true
	d.do(client.OpenDevice{User: d.user, Renew: renew}, func(r client.CryptoResult) {
		d.opening = false
		o, ok := r.(client.DeviceOpened)
		if d.failed = !ok; d.failed {
			d.openAt = d.in(reopenAfter)
			d.enter()
			return
		}
		first := d.own.ID == ""
		d.own, d.cert, d.fleeting = o.Device, o.Cert, o.Fleeting
		life := time.Unix(o.Cert.Until, 0).Sub(d.step.Now)
		d.openAt = d.in(max(reopenAfter, life-min(renewBefore, life/2)))
		d.opened(&o, first)
		d.register()
	})
}

// welcome takes whether the relay knows encrypted rooms. The room is joined once the relay
// knows the device.
func (d *device) welcome(serves bool) {
	d.welcomed, d.serves = true, serves
	if !d.joined && (!serves || d.failed) {
		d.enter()
	}
	d.register()
}

func (d *device) register() {
	if d.welcomed && d.serves && d.own.ID != "" {
		d.enterAt = d.in(step.AnswerTimeouts * d.link.Timeout())
		d.link.Write(protocol.Register{Device: d.own})
	}
}

// known takes the relay's echo of a device.
func (d *device) known(id string) {
	if id != d.own.ID {
		return
	}
	d.refused, d.enterAt = "", time.Time{}
	if !d.registered {
		d.registered = true
		d.enter()
	}
}

// refuse takes the refusal of the certificate by the relay: another one may do.
func (d *device) refuse(code protocol.Code) {
	d.refused, d.step.Changed = code, true
	d.openAt = step.Earliest(d.openAt, d.in(reopenAfter))
	d.enter()
}

// refusedTo takes the refusal of a frame that only a registered device may send. A relay that has fallen back to an older state
// may have lost the device.
func (d *device) refusedTo(f *protocol.Error) {
	if f.Code == protocol.CodeForbidden {
		d.register()
	}
}

// enter lets the chat join the room, with or without a device; or anew, with one.
func (d *device) enter() {
	if d.welcomed && (!d.joined || d.registered) {
		d.entering = true
		d.cfg.Enter()
	}
}

// leads reports whether this device may make turns.
func (d *device) leads() bool { return d.good(&d.cert) && client.Moderates(d.cert.Role) }

// inPlain reports whether the room that was joined does not encrypt.
func (d *device) inPlain() bool { return d.joined && !d.encrypted }

func (d *device) interrupt() {
	d.welcomed, d.registered, d.joined, d.entering, d.enterAt = false, false, false, false, time.Time{}
}

func (d *device) deadline() time.Time { return step.Earliest(d.openAt, d.enterAt) }

func (d *device) fire() {
	if d.step.Due(&d.openAt) {
		d.open(d.own.ID != "")
	}
	if d.step.Due(&d.enterAt) && !d.joined {
		d.enter()
	}
}
