package vault

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// The names of the values that a device stores on disk.
const (
	keptCert = "cert"
	keptTurn = "turn " // followed by the room
	keptMade = "made " // followed by the room: the number of the highest turn that the device has made
)

// openDevice opens the user's device, with a valid certificate and the stored turn.
func (c *call) openDevice(user string, renew bool) client.CryptoResult {
	if c.opened == nil || c.user != user {
		c.opened = nil
		c.openKeys(user)
	}
	if c.err != nil {
		return nil
	}
	opened := *c.opened
	c.certify(&opened, renew)
	c.loadTurn(&opened)
	return opened
}

// openKeys opens the keys of a user's device. The cipher then forgets all secrets.
func (c *call) openKeys(user string) {
	c.text(c.options.Relay)
	c.text(user)
	for _, purpose := range [...]string{e2ee.KeyID, e2ee.KeyMessage, e2ee.KeyLink} {
		c.add(e2ee.KeyInfo(purpose, c.options.Room))
	}
	out := c.ask(e2ee.OpDevice, 3)
	opened := &client.DeviceOpened{Fleeting: isYes(out[2])}
	d := &opened.Device
	d.Sign, d.Box = publicKey(out[0]), publicKey(out[1])
	c.text(e2ee.JWK(d.Sign))
	sum := c.one(e2ee.OpDigest)
	c.add(e2ee.DeviceBytes(user, d.Box))
	d.ID, d.Sig = e2ee.DeviceID(sum), c.encoded(e2ee.OpSign)
	if c.err == nil {
		c.user, c.id, c.jkt, c.opened = user, d.ID, e2ee.Encode(sum), opened
	}
}

// certify adds a certificate to a device. It takes the stored one if that is fresh, and otherwise asks the host for a new one.
func (c *call) certify(o *client.DeviceOpened, renew bool) {
	if !renew {
		c.text(keptCert)
		if o.Device.Cert = string(c.one(e2ee.OpKept)); c.fresh(o.Device.Cert) && c.checkOwn(o) {
			return
		}
	}
	switch {
	case c.err != nil:
		return
	case c.options.GetDevice == nil:
		c.err = ErrNoCert
		return
	}
	o.Device.Cert, c.err = c.options.GetDevice(c.ctx, c.jkt)
	if !c.checkOwn(o) {
		if c.err == nil {
			c.err = ErrCert
		}
		return
	}
	c.text(keptCert)
	c.number(o.Cert.Until)
	c.text(o.Device.Cert)
	c.one(e2ee.OpKeep)
}

// fresh reports whether more than a fifth of a stored certificate's lifetime is left.
func (c *call) fresh(token string) bool {
	cert, ok := e2ee.ReadCertificate(token, c.options.Room)
	return ok && c.options.Now().Unix() < cert.Until-(cert.Until-cert.From)/5
}

// checkOwn checks the certificate of this vault's own device. It must name the vault's user.
func (c *call) checkOwn(o *client.DeviceOpened) bool {
	o.Cert = c.check([]protocol.Device{o.Device})[0]
	return c.err == nil && o.Cert.User == c.user
}

// loadTurn loads the stored turn and takes its secret.
func (c *call) loadTurn(o *client.DeviceOpened) {
	c.name(keptTurn)
	turn, wrap := readKept(c.one(e2ee.OpKept))
	if o.Turn = turn; wrap != nil {
		o.HasKey = c.take(turn.Kid, wrap)
	}
	c.name(keptMade)
	o.Offered, _ = strconv.ParseInt(string(c.one(e2ee.OpKept)), 10, 64)
}

// readKept decodes what keepTurn has stored. It returns nil for the format of a later version of the page.
func readKept(kept []byte) (*protocol.Turn, *protocol.Wrap) {
	fields, ok := e2ee.Split(kept)
	if !ok || len(fields) != 2 {
		return nil, nil
	}
	turn, err := protocol.DecodeTurn(fields[0])
	if err != nil {
		return nil, nil
	}
	wrap, err := protocol.DecodeWrap(fields[1])
	if err != nil {
		return &turn, nil
	}
	return &turn, &wrap
}

// keepTurn stores a turn unless a higher one is stored, and returns the higher one.
func (c *call) keepTurn(turn *protocol.Turn, w *protocol.Wrap) client.CryptoResult {
	var wrap []byte
	if w != nil {
		wrap = w.Append(nil)
	}
	c.name(keptTurn)
	c.number(turn.N)
	c.add(e2ee.Append(e2ee.Append(nil, turn.Append(nil)), wrap))
	n, err := strconv.ParseInt(string(c.one(e2ee.OpKeep)), 10, 64)
	if c.err == nil {
		c.err = err
	}
	result := client.TurnKept{N: n}
	if n > turn.N {
		c.name(keptTurn)
		result.Higher, _ = readKept(c.one(e2ee.OpKept))
	}
	return result
}

// check checks devices, and returns an empty certificate for each bad one. It reads the issuer's keys first if they are older
// than keysAgeMax. If they do not verify a certificate, it reads them again, but not twice within keysAge. If the keys cannot
// be read, check uses the old ones.
func (c *call) check(devices []protocol.Device) []client.Certificate {
	certs := make([]client.Certificate, len(devices))
	asked := 0 // well-formed devices
	for i := range devices {
		if c.describe(&devices[i], &certs[i]) {
			asked++
		}
	}
	described := c.in
	c.in = nil
	if asked == 0 || c.err != nil {
		return certs
	}
	if c.keys == nil || c.olderThan(keysAgeMax) {
		if err := c.readKeys(); err != nil && c.keys == nil {
			c.err = err
		}
	}
	good := c.checked(described, asked)
	if c.err == nil && slices.ContainsFunc(good, isNo) && c.olderThan(keysAge) && c.readKeys() == nil {
		good = c.checked(described, asked)
	}
	for i := range certs {
		if cert := &certs[i]; cert.User != "" {
			if isNo(good[0]) {
				*cert = client.Certificate{}
			}
			good = good[1:]
		}
	}
	return certs
}

// describe adds a device to the input, to be checked, and fills in the claims of its certificate. It reports whether the device
// is well-formed; of another one nothing is taken.
func (c *call) describe(d *protocol.Device, cert *client.Certificate) bool {
	claims, ok := e2ee.ReadCertificate(d.Cert, c.options.Room)
	sign, box := point(&d.Sign), point(&d.Box)
	if !ok || sign == nil || box == nil {
		return false
	}
	*cert = client.Certificate{Device: d.ID, User: claims.User, Name: claims.Name, Role: claims.Role, From: claims.From, Until: claims.Until}
	at := strings.LastIndexByte(d.Cert, '.')
	c.text(d.ID)
	c.add(sign)
	c.add(box)
	c.text(e2ee.JWK(d.Sign))
	c.text(claims.JKT)
	c.add(e2ee.DeviceBytes(claims.User, d.Box))
	c.decoded(d.Sig)
	c.text(d.Cert[:at])
	c.decoded(d.Cert[at+1:])
	return true
}

// checked returns the cipher's verdict on each of n devices.
func (c *call) checked(described []byte, n int) [][]byte {
	c.add(c.keys)
	c.in = append(c.in, described...)
	return c.ask(e2ee.OpCheck, n)
}

// olderThan reports whether the issuer's keys were read that long ago.
func (c *call) olderThan(age time.Duration) bool { return c.options.Now().Sub(c.keysRead) >= age }

// readKeys reads the issuer's keys.
func (c *call) readKeys() error {
	keys, err := c.options.IssuerKeys(c.ctx)
	c.keysRead = c.options.Now()
	if err != nil {
		return errors.New("the issuer's keys cannot be read: " + err.Error())
	}
	c.keys = keys
	return nil
}
