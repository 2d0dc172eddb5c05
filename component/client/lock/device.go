package lock

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

const (
	// reopenAfter is the wait before the next try to open the device.
	reopenAfter = 30 * time.Second
	// renewBefore is the time before its expiry at which a certificate is renewed. A certificate that lives for less than
	// twice that time is renewed after half of its life.
	renewBefore = time.Hour
)

// device holds the user's device, and its state at the relay and in the room.
type device struct {
	*env
	opened func(d *client.DeviceOpened, first bool) // called when the device is open, and after each renewal of its certificate

	user     string
	own      protocol.Device // its ID is "" until the device is open
	cert     client.Certificate
	fleeting bool      // the device is not stored, and ends with the page
	opening  bool      // an op that opens the device is under way
	failed   bool      // the last try to open the device has failed
	openAt   time.Time // the next try to open the device, or the renewal of its certificate
	joinAt   time.Time // the time at which the room is joined without the relay's answer

	welcomed   bool          // the relay has sent its welcome
	serves     bool          // the relay supports encrypted rooms
	registered bool          // the relay has registered the device on this connection
	refused    protocol.Code // the relay's reason for refusing the device; "": not refused
	joined     bool
	joining    bool // a join is under way
	encrypted  bool // the joined room is encrypted
}

// open loads or creates the device, or renews its certificate.
func (d *device) open(renew bool) {
	if d.opening {
		return
	}
	d.opening = true
	d.do(client.OpenDevice{User: d.user, Renew: renew}, func(r client.CryptoResult) {
		d.opening = false
		o, ok := r.(client.DeviceOpened)
		if d.failed = !ok; d.failed {
			d.wake(&d.openAt, reopenAfter)
			d.join()
			return
		}
		first := d.own.ID == ""
		d.own, d.cert, d.fleeting = o.Device, o.Cert, o.Fleeting
		life := time.Unix(o.Cert.Until, 0).Sub(d.step.Now)
		d.wake(&d.openAt, max(reopenAfter, life-min(renewBefore, life/2)))
		d.opened(&o, first)
		d.register()
	})
}

// welcome handles the relay's welcome. serves says whether the relay supports encrypted rooms. If it does, the room is joined
// after the device is registered.
func (d *device) welcome(serves bool) {
	d.welcomed, d.serves = true, serves
	if !d.joined && (!serves || d.failed) {
		d.join()
	}
	d.register()
}

// register sends the device to the relay.
func (d *device) register() {
	if d.welcomed && d.serves && d.own.ID != "" {
		d.wake(&d.joinAt, step.AnswerTimeouts*d.link.Timeout())
		d.link.Write(protocol.Register{Device: d.own})
	}
}

// confirm handles the relay's confirmation that a device is registered.
func (d *device) confirm(id string) {
	if id != d.own.ID {
		return
	}
	d.refused, d.joinAt = "", time.Time{}
	if !d.registered {
		d.registered = true
		d.join()
	}
}

// refuse handles the relay's refusal of the certificate, and plans to renew it.
func (d *device) refuse(code protocol.Code) {
	d.refused, d.step.Changed = code, true
	d.openAt = step.Earliest(d.openAt, d.in(reopenAfter))
	d.join()
}

// frameRefused handles the refusal of a frame that only a registered device may send. It registers the device again, because a
// relay that was restored from a backup may have lost it.
func (d *device) frameRefused(f *protocol.Error) {
	if f.Code == protocol.CodeForbidden {
		d.register()
	}
}

// join joins the room, with or without a device. It joins again once the device is registered.
func (d *device) join() {
	if d.welcomed && (!d.joined || d.registered) {
		d.joining = true
		d.cfg.Join()
	}
}

// leads reports whether this device may make turns.
func (d *device) leads() bool { return d.good(&d.cert) && client.Moderates(d.cert.Role) }

// inPlain reports whether the joined room is not encrypted.
func (d *device) inPlain() bool { return d.joined && !d.encrypted }

func (d *device) interrupt() {
	d.welcomed, d.registered, d.joined, d.joining, d.joinAt = false, false, false, false, time.Time{}
}

func (d *device) deadline() time.Time { return step.Earliest(d.openAt, d.joinAt) }

func (d *device) fire() {
	if d.step.Due(&d.openAt) {
		d.open(d.own.ID != "")
	}
	if d.step.Due(&d.joinAt) && !d.joined {
		d.join()
	}
}
