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

// device is the user's device, and how far the relay knows it.
type device struct {
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
}

// SetUser opens the device of a user.
func (l *Lock) SetUser(user string) {
	if l.user == user {
		return
	}
	l.Forget()
	l.user = user
	l.open(false)
}

func (l *Lock) open(renew bool) {
	if l.opening {
		return
	}
	l.opening = true
	l.do(client.OpenDevice{User: l.user, Renew: renew}, func(r client.CryptoResult) {
		l.opening = false
		d, ok := r.(client.DeviceOpened)
		if l.failed = !ok; l.failed {
			l.openAt = l.step.Now.Add(reopenAfter)
			l.enter()
			return
		}
		first := l.own.ID == ""
		if first {
			clear(l.certs) // the vault has forgotten whom it knew
		}
		l.own, l.cert, l.fleeting = d.Device, d.Cert, d.Fleeting
		l.remember(&d.Device, &d.Cert)
		life := time.Unix(d.Cert.Until, 0).Sub(l.step.Now)
		l.openAt = l.step.Now.Add(max(reopenAfter, life-min(renewBefore, life/2)))
		l.offered = max(l.offered, d.Offered)
		if first && d.Turn != nil {
			l.loaded(d.Turn, d.HasKey)
		}
		l.register()
	})
}

// Welcome takes whether the relay knows encrypted rooms. The room is joined once the relay
// knows the device.
func (l *Lock) Welcome(serves bool) {
	l.welcomed, l.serves = true, serves
	if !l.joined && (!serves || l.failed) {
		l.enter()
	}
	l.register()
}

func (l *Lock) register() {
	if l.welcomed && l.serves && l.own.ID != "" {
		l.enterAt = l.step.Now.Add(step.AnswerTimeouts * l.link.Timeout())
		l.link.Write(protocol.Register{Device: l.own})
	}
}

// Registered takes the relay's echo of a device.
func (l *Lock) Registered(f *protocol.Registered) {
	if f.ID != l.own.ID {
		return
	}
	l.refused, l.enterAt = "", time.Time{}
	if !l.registered {
		l.registered = true
		l.enter()
	}
}

// deviceRefused takes a certificate that the relay does not take: another one may do.
func (l *Lock) deviceRefused(f *protocol.Error) {
	l.refused, l.step.Changed = f.Code, true
	l.openAt = step.Earliest(l.openAt, l.step.Now.Add(reopenAfter))
	l.enter()
}

// enter lets the chat join the room, with or without a device; or anew, with one.
func (l *Lock) enter() {
	if l.welcomed && (!l.joined || l.registered) {
		l.cfg.Enter()
	}
}

// good reports whether a certificate is good now and opens the room.
func (l *Lock) good(cert *client.Certificate) bool {
	return cert.Device != "" && cert.Role != "" && l.step.Now.Unix() < cert.Until
}

// leads reports whether this device may make turns.
func (l *Lock) leads() bool { return l.good(&l.cert) && client.Leads(l.cert.Role) }
