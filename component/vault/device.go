package vault

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

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
func (v *Vault) openDevice(ctx context.Context, op client.OpenDevice) (client.CryptoResult, error) {
	if v.opened == nil || v.user != op.User {
		v.opened = nil
		if err := v.openKeys(ctx, op.User); err != nil {
			return nil, err
		}
	}
	opened := *v.opened
	var err error
	if opened.Device, opened.Cert, err = v.certify(ctx, opened.Device, v.jkt, op.Renew); err != nil {
		return nil, err
	}
	return v.loadTurn(ctx, opened)
}

// openKeys opens the keys of a user's device. The cipher then forgets all secrets.
func (v *Vault) openKeys(ctx context.Context, user string) error {
	var in list
	in.text(v.options.Relay)
	in.text(user)
	for _, purpose := range []string{e2ee.KeyID, e2ee.KeyMessage, e2ee.KeyLink} {
		in.add(e2ee.KeyInfo(purpose, v.options.Room))
	}
	out, err := v.cipher(ctx, e2ee.OpDevice, in, 3)
	if err != nil {
		return err
	}
	device := protocol.Device{Sign: publicKey(out[0]), Box: publicKey(out[1])}
	opened := client.DeviceOpened{Fleeting: string(out[2]) == e2ee.Yes}
	sum, err := v.one(ctx, e2ee.OpDigest, []byte(e2ee.JWK(device.Sign)))
	if err != nil {
		return err
	}
	sig, err := v.one(ctx, e2ee.OpSign, e2ee.DeviceBytes(user, device.Box))
	if err != nil {
		return err
	}
	device.ID, device.Sig = e2ee.DeviceID(sum), e2ee.Encode(sig)
	opened.Device = device
	v.user, v.id, v.jkt, v.opened = user, device.ID, e2ee.Encode(sum), &opened
	return nil
}

// certify adds a certificate to a device. It takes the stored one if that is fresh, and otherwise asks the host for a new one.
func (v *Vault) certify(ctx context.Context, d protocol.Device, jkt string, renew bool) (protocol.Device, client.Certificate, error) {
	if !renew {
		kept, err := v.one(ctx, e2ee.OpKept, []byte(keptCert))
		if err != nil {
			return d, client.Certificate{}, err
		}
		d.Cert = string(kept)
		if v.fresh(d.Cert) {
			if cert, err := v.checkOwn(ctx, d); err == nil {
				return d, cert, nil
			} else if !errors.Is(err, ErrCert) {
				return d, cert, err
			}
		}
	}
	if v.options.GetDevice == nil {
		return d, client.Certificate{}, ErrNoCert
	}
	var err error
	if d.Cert, err = v.options.GetDevice(ctx, jkt); err != nil {
		return d, client.Certificate{}, err
	}
	cert, err := v.checkOwn(ctx, d)
	if err != nil {
		return d, cert, err
	}
	_, err = v.one(ctx, e2ee.OpKeep, []byte(keptCert), []byte(strconv.FormatInt(cert.Until, 10)), []byte(d.Cert))
	return d, cert, err
}

// fresh reports whether more than a fifth of a stored certificate's lifetime is left.
func (v *Vault) fresh(token string) bool {
	c, ok := e2ee.ReadCertificate(token, v.options.Room)
	return ok && v.options.Now().Unix() < c.Until-(c.Until-c.From)/5
}

// checkOwn checks the certificate of this vault's own device. It must name the vault's user.
func (v *Vault) checkOwn(ctx context.Context, d protocol.Device) (client.Certificate, error) {
	certs, err := v.check(ctx, []protocol.Device{d})
	if err != nil {
		return client.Certificate{}, err
	}
	if certs[0].User != v.user {
		return client.Certificate{}, ErrCert
	}
	return certs[0], nil
}

// loadTurn loads the stored turn and takes its secret.
func (v *Vault) loadTurn(ctx context.Context, opened client.DeviceOpened) (client.CryptoResult, error) {
	kept, err := v.one(ctx, e2ee.OpKept, []byte(keptTurn+v.options.Room))
	if err != nil {
		return nil, err
	}
	turn, wrap := readKept(kept)
	if opened.Turn = turn; wrap != nil {
		if opened.HasKey, err = v.take(ctx, turn.Kid, *wrap); err != nil {
			return nil, err
		}
	}
	made, err := v.one(ctx, e2ee.OpKept, []byte(keptMade+v.options.Room))
	opened.Offered, _ = strconv.ParseInt(string(made), 10, 64)
	return opened, err
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
func (v *Vault) keepTurn(ctx context.Context, op client.KeepTurn) (client.CryptoResult, error) {
	var kept list
	kept.add(op.Turn.Append(nil))
	if op.Wrap != nil {
		kept.add(op.Wrap.Append(nil))
	} else {
		kept.text("")
	}
	number, err := v.one(ctx, e2ee.OpKeep, []byte(keptTurn+v.options.Room), []byte(strconv.FormatInt(op.Turn.N, 10)), kept)
	if err != nil {
		return nil, err
	}
	var result client.TurnKept
	if result.N, err = strconv.ParseInt(string(number), 10, 64); err != nil || result.N <= op.Turn.N {
		return result, err
	}
	stored, err := v.one(ctx, e2ee.OpKept, []byte(keptTurn+v.options.Room))
	result.Higher, _ = readKept(stored)
	return result, err
}

// check checks devices, and returns an empty certificate for each bad one. It reads the issuer's keys first if they are older
// than keysAgeMax. If they do not verify a certificate, it reads them again, but not twice within keysAge. If the keys cannot
// be read, check uses the old ones.
func (v *Vault) check(ctx context.Context, devices []protocol.Device) ([]client.Certificate, error) {
	var in list
	certs := make([]client.Certificate, len(devices))
	var asked []int // the indices of well-formed devices
	for i := range devices {
		d := &devices[i]
		c, ok := e2ee.ReadCertificate(d.Cert, v.options.Room)
		at := strings.LastIndexByte(d.Cert, '.')
		if !ok || point(d.Sign) == nil || point(d.Box) == nil {
			continue
		}
		asked = append(asked, i)
		certs[i] = client.Certificate{Device: d.ID, User: c.User, Name: c.Name, Role: c.Role, From: c.From, Until: c.Until}
		in.text(d.ID)
		in.add(point(d.Sign))
		in.add(point(d.Box))
		in.text(e2ee.JWK(d.Sign))
		in.text(c.JKT)
		in.add(e2ee.DeviceBytes(c.User, d.Box))
		in.add(e2ee.Decode(d.Sig))
		in.text(d.Cert[:at])
		in.add(e2ee.Decode(d.Cert[at+1:]))
	}
	if len(asked) == 0 {
		return certs, nil
	}
	if v.keys == nil || v.options.Now().Sub(v.keysRead) >= keysAgeMax {
		if err := v.readKeys(ctx); err != nil && v.keys == nil {
			return nil, err
		}
	}
	good, err := v.checked(ctx, in, len(asked))
	if err == nil && slices.Contains(good, false) && v.options.Now().Sub(v.keysRead) >= keysAge {
		if v.readKeys(ctx) == nil {
			good, err = v.checked(ctx, in, len(asked))
		}
	}
	if err != nil {
		return nil, err
	}
	for n, i := range asked {
		if !good[n] {
			certs[i] = client.Certificate{}
		}
	}
	return certs, nil
}

// checked returns the cipher's verdict on each of n devices.
func (v *Vault) checked(ctx context.Context, devices list, n int) ([]bool, error) {
	out, err := v.cipher(ctx, e2ee.OpCheck, append(e2ee.Append(nil, v.keys), devices...), n)
	good := make([]bool, len(out))
	for i := range out {
		good[i] = string(out[i]) == e2ee.Yes
	}
	return good, err
}

// readKeys reads the issuer's keys.
func (v *Vault) readKeys(ctx context.Context) error {
	keys, err := v.options.IssuerKeys(ctx)
	v.keysRead = v.options.Now()
	if err != nil {
		return errors.New("the issuer's keys cannot be read: " + err.Error())
	}
	v.keys = keys
	return nil
}
