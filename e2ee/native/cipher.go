package native

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"strconv"
	"sync"

	"hallway/e2ee"
)

// Cipher is the [e2ee.Cipher] of a native client. Any goroutine may call its methods.
type Cipher struct {
	shelf Shelf

	mu      sync.Mutex
	keys    Keys
	prefix  string    // the prefix of the names of stored values
	infos   [3][]byte // the infos of KeyID, KeyMessage and KeyLink
	secrets map[string]secret
	devices map[string]device
}

var _ e2ee.Cipher = (*Cipher)(nil)

// Shelf stores a device's secret values.
type Shelf interface {
	// Load returns the value with a name, or nil.
	Load(name string) ([]byte, error)
	// Save replaces the value with a name. When it returns nil, the value survives a crash.
	Save(name string, value []byte) error
}

// device is a checked device.
type device struct {
	sign *ecdsa.PublicKey
	box  []byte // x and y
}

// secret is the secret of a turn, with the ciphers of its keys.
type secret struct {
	bytes          []byte
	messages, link cipher.AEAD
}

// New returns a cipher that stores its keys on a shelf. If shelf is nil, the keys end with the cipher.
func New(shelf Shelf) *Cipher { return &Cipher{shelf: shelf} }

var errInput = errors.New("native: the fields of an op are malformed")

// op describes an operation: the number of its first fields, the number of fields in each group, and the function for a group.
type op struct {
	first, each int
	do          func(c *Cipher, first, each [][]byte) (out [][]byte, err error)
}

// ops holds all operations. An operation without groups runs once.
var ops = map[e2ee.Op]op{
	e2ee.OpDevice: {5, 0, (*Cipher).device},
	e2ee.OpKeep:   {3, 0, (*Cipher).keep},
	e2ee.OpKept:   {1, 0, (*Cipher).kept},
	e2ee.OpDigest: {0, 1, (*Cipher).digest},
	e2ee.OpSign:   {0, 1, (*Cipher).signature},
	e2ee.OpCheck:  {1, 9, (*Cipher).check},
	e2ee.OpVerify: {0, 3, (*Cipher).verify},
	e2ee.OpSecret: {1, 0, (*Cipher).newSecret},
	e2ee.OpLink:   {3, 0, (*Cipher).link},
	e2ee.OpUnlink: {4, 0, (*Cipher).unlink},
	e2ee.OpWrap:   {1, 2, (*Cipher).wrap},
	e2ee.OpUnwrap: {4, 0, (*Cipher).unwrap},
	e2ee.OpSeal:   {1, 2, (*Cipher).seal},
	e2ee.OpOpen:   {0, 4, (*Cipher).open},

	e2ee.OpSealFile: {0, 1, (*Cipher).sealFile},
	e2ee.OpOpenFile: {0, 3, (*Cipher).openFile},
}

// Do implements [e2ee.Cipher].
func (c *Cipher) Do(ctx context.Context, name e2ee.Op, in []byte) ([]byte, error) {
	fields, ok := e2ee.Split(in)
	op, known := ops[name]
	if !ok || !known || len(fields) < op.first || op.each == 0 && len(fields) > op.first || op.each > 0 && (len(fields)-op.first)%op.each != 0 {
		return nil, errInput
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	first, rest := fields[:op.first], fields[op.first:]
	var out []byte
	for n := 0; n == 0 && op.each == 0 || len(rest) > 0; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		results, err := op.do(c, first, rest[:op.each])
		if err != nil {
			return nil, err
		}
		for _, result := range results {
			out = e2ee.Append(out, result)
		}
		rest = rest[op.each:]
	}
	return out, nil
}

func one(result []byte) [][]byte { return [][]byte{result} }

// say returns the field that means yes or no.
func say(yes bool) [][]byte {
	if yes {
		return one([]byte(e2ee.Yes))
	}
	return one(nil)
}

func (c *Cipher) device(first, _ [][]byte) ([][]byte, error) {
	c.prefix = string(e2ee.T("device", string(first[0]), string(first[1])))
	for i := range c.infos {
		c.infos[i] = bytes.Clone(first[2+i])
	}
	c.secrets, c.devices = map[string]secret{}, map[string]device{}
	stored, err := c.load("keys")
	if err != nil {
		return nil, err
	}
	if stored == nil {
		if c.keys, err = NewKeys(); err == nil {
			stored, err = c.keys.Bytes()
		}
		if err == nil {
			err = c.save("keys", stored)
		}
	} else {
		c.keys, err = ReadKeys(stored)
	}
	if err != nil {
		return nil, err
	}
	own, err := c.keys.own(c.infos[1])
	if err != nil {
		return nil, err
	}
	c.secrets[e2ee.OwnKid] = secret{messages: own}
	fleeting := say(c.shelf == nil)[0]
	sign, box := c.keys.Sign(), c.keys.Box()
	xy := func(x, y string) []byte { return append(e2ee.Decode(x), e2ee.Decode(y)...) }
	return [][]byte{xy(sign.X, sign.Y), xy(box.X, box.Y), fleeting}, nil
}

func (c *Cipher) load(name string) ([]byte, error) {
	if c.shelf == nil {
		return nil, nil
	}
	return c.shelf.Load(c.prefix + name)
}

func (c *Cipher) save(name string, value []byte) error {
	if c.shelf == nil {
		return nil
	}
	return c.shelf.Save(c.prefix+name, value)
}

func (c *Cipher) keep(first, _ [][]byte) ([][]byte, error) {
	name := "kept " + string(first[0])
	number, err := strconv.ParseInt(string(first[1]), 10, 64)
	if err != nil {
		return nil, errInput
	}
	before, err := c.load(name)
	if err != nil {
		return nil, err
	}
	if fields, ok := e2ee.Split(before); ok && len(fields) == 2 {
		if n, err := strconv.ParseInt(string(fields[0]), 10, 64); err == nil && n > number {
			return one(fields[0]), nil
		}
	}
	return one(first[1]), c.save(name, e2ee.Append(e2ee.Append(nil, first[1]), first[2]))
}

func (c *Cipher) kept(first, _ [][]byte) ([][]byte, error) {
	value, err := c.load("kept " + string(first[0]))
	if fields, ok := e2ee.Split(value); ok && len(fields) == 2 {
		return one(fields[1]), err
	}
	return one(nil), err
}

func (c *Cipher) digest(_, each [][]byte) ([][]byte, error) {
	sum := sha256.Sum256(each[0])
	return one(sum[:]), nil
}

func (c *Cipher) signature(_, each [][]byte) ([][]byte, error) {
	sig, err := sign(c.keys.sign, each[0])
	return one(sig), err
}

func (c *Cipher) check(first, each [][]byte) ([][]byte, error) {
	id, signXY, box, jwk, jkt := string(each[0]), each[1], each[2], each[3], string(each[4])
	sum := sha256.Sum256(jwk)
	key := verifier(signXY)
	ok := e2ee.DeviceID(sum[:]) == id && e2ee.Encode(sum[:]) == jkt && len(box) == 2*coordinateBytes &&
		verify(key, each[5], each[6]) && signedByIssuer(first[0], each[7], each[8])
	if ok {
		c.devices[id] = device{key, bytes.Clone(box)}
	}
	return say(ok), nil
}

func (c *Cipher) verify(_, each [][]byte) ([][]byte, error) {
	d, known := c.devices[string(each[0])]
	switch {
	case !known:
		return one(nil), nil
	case verify(d.sign, each[1], each[2]):
		return say(true), nil
	}
	return one([]byte("0")), nil
}
