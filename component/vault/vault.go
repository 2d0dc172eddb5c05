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
	switch op := op.(type) {
	case client.OpenDevice:
		return v.openDevice(ctx, op)
	case client.KeepTurn:
		return v.keepTurn(ctx, op)
	case client.CheckDevices:
		certs, err := v.check(ctx, op.Devices)
		return client.DevicesChecked{Certs: certs}, err
	case client.CheckTurn:
		return v.checkTurn(ctx, op)
	case client.MakeTurn:
		return v.makeTurn(ctx, op)
	case client.Unwrap:
		return v.unwrap(ctx, op)
	case client.ReadBack:
		return v.readBack(ctx, op)
	case client.WrapKey:
		wraps, err := v.wrap(ctx, op.Kid, op.To)
		return client.KeyWrapped{Wraps: wraps}, err
	case client.Seal:
		return v.seal(ctx, op)
	case client.Open:
		return v.open(ctx, op)
	}
	panic("vault: the core asks for an op that the vault does not know")
}

// list holds fields in the format of e2ee.Append.
type list []byte

// The methods of list are not inlined, because they have many callers and the page would grow.

//go:noinline
func (l *list) add(field []byte) { *l = e2ee.Append(*l, field) }

//go:noinline
func (l *list) text(field string) { *l = e2ee.AppendText(*l, field) }

var errAnswer = errors.New("vault: the cipher's answer is malformed")

// cipher runs an op of the cipher and returns the n fields of its answer.
func (v *Vault) cipher(ctx context.Context, op e2ee.Op, in list, n int) ([][]byte, error) {
	out, err := v.options.Cipher.Do(ctx, op, in)
	if err != nil {
		return nil, err
	}
	fields, ok := e2ee.Split(out)
	if !ok || len(fields) != n {
		return nil, errAnswer
	}
	return fields, nil
}

// one runs an op of the cipher with the fields in, and returns the only field of its answer.
func (v *Vault) one(ctx context.Context, op e2ee.Op, in ...[]byte) ([]byte, error) {
	var l list
	for _, field := range in {
		l.add(field)
	}
	fields, err := v.cipher(ctx, op, l, 1)
	if err != nil {
		return nil, err
	}
	return fields[0], nil
}

// point returns the coordinates x and y of a key, or nil if one is malformed.
func point(k protocol.PublicKey) []byte {
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
