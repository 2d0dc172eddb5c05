package vault

import (
	"context"
	"errors"
	"time"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// keysAge is the shortest time between two reads of the issuer's keys that a bad certificate causes.
const keysAge = time.Minute

// keysAgeMax is the age at which a check reads the issuer's keys again, because the issuer may have withdrawn one.
const keysAgeMax = time.Hour

// The errors of a vault. The host has to fix the cause.
var (
	ErrNoCert = errors.New("getDevice is missing: it must give this device's certificate")
	ErrCert   = errors.New("getDevice returned a certificate that the issuer has not signed for this device and this user")
)

// Options holds the settings of a vault.
type Options struct {
	Cipher e2ee.Cipher
	Relay  string // as in driver.Options
	Room   string
	// GetDevice returns a certificate for the sign key with a thumbprint. It may block until its
	// context ends.
	GetDevice func(ctx context.Context, jkt string) (string, error)
	// IssuerKeys reads the issuer's key set (RFC 7517).
	IssuerKeys func(ctx context.Context) ([]byte, error)
	Now        func() time.Time
}

// Vault holds the keys of one chat. One goroutine at a time may use it.
type Vault struct {
	options Options
	user    string               // the user of the open device
	id      string               // the id of the open device
	jkt     string               // the thumbprint of its sign key
	opened  *client.DeviceOpened // the open device, without a certificate; nil: none

	keys     []byte    // the issuer's keys
	keysRead time.Time // the time of the last try to read them
}

// New returns a vault.
func New(o Options) *Vault { return &Vault{options: o} }

// Close forgets the vault's device. A cipher forgets its secrets when it is no longer used.
func (v *Vault) Close() error {
	v.id, v.keys, v.opened = "", nil, nil
	return nil
}

// Do carries out an op and returns its result.
func (v *Vault) Do(ctx context.Context, op client.CryptoOp) (client.CryptoResult, error) {
	c := &call{Vault: v, ctx: ctx}
	result := c.do(op)
	if c.err != nil {
		return nil, c.err
	}
	return result, nil
}

func (c *call) do(op client.CryptoOp) client.CryptoResult {
	switch op := op.(type) {
	case client.OpenDevice:
		return c.openDevice(op.User, op.Renew)
	case client.KeepTurn:
		return c.keepTurn(&op.Turn, op.Wrap)
	case client.CheckDevices:
		return client.DevicesChecked{Certs: c.check(op.Devices)}
	case client.CheckTurn:
		return c.checkTurn(&op.Turn)
	case client.MakeTurn:
		return c.makeTurn(op)
	case client.Unwrap:
		return c.unwrap(op.Kid, &op.Wrap)
	case client.ReadBack:
		return c.readBack(op.Turns)
	case client.WrapKey:
		return client.KeyWrapped{Wraps: c.wrap(op.Kid, op.To)}
	case client.Seal:
		return client.ContentsSealed{Sealed: c.seal(op.Kid, op.Contents)}
	case client.Open:
		return client.ContentsOpened{Opened: c.open(op.Messages)}
	}
	panic("vault: the core asks for an op that the vault does not know")
}

// point returns the coordinates x and y of a key, or nil if one is malformed.
func point(k *protocol.PublicKey) []byte {
	x, y := e2ee.Decode(k.X), e2ee.Decode(k.Y)
	if len(x) != coordinateBytes || len(y) != coordinateBytes {
		return nil
	}
	return append(x, y...)
}

const coordinateBytes = 32

// publicKey returns the key with the coordinates xy.
func publicKey(xy []byte) protocol.PublicKey {
	if len(xy) != 2*coordinateBytes {
		return protocol.PublicKey{}
	}
	return protocol.PublicKey{X: e2ee.Encode(xy[:coordinateBytes]), Y: e2ee.Encode(xy[coordinateBytes:])}
}
