package simulation

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"sync"

	"hallway/e2ee"
)

// symbols holds the shared knowledge of all ciphers of a world: the secret and the place for each encrypted text, link and wrap, and
// the key and data of each signature. It stands in for mathematics, so only ciphers and checks may read it.
type symbols struct {
	made   uint64            // the number of secrets, encrypted texts and wraps so far
	sealed map[string]symbol // by the encrypted bytes
	signed map[string]string // the key and the signed data, by signature
}

// symbol holds the content of encrypted bytes, and what opens them.
type symbol struct {
	key   string // the secret or the public key that opens the bytes
	bound string // the place to which they are bound
	plain []byte
}

// fresh returns n new bytes that differ from all earlier ones.
func (s *symbols) fresh(n int) []byte {
	s.made++
	var out []byte
	for len(out) < n {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(fmt.Appendf(nil, "%d ", len(out)), s.made))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// encrypt returns n bytes that open to plain.
func (s *symbols) encrypt(n int, key, bound string, plain []byte) []byte {
	ct := s.fresh(n)
	s.sealed[string(ct)] = symbol{key, bound, plain}
	return ct
}

// decrypt returns the plaintext of the bytes.
func (s *symbols) decrypt(ct []byte, key, bound string) ([]byte, bool) {
	made, ok := s.sealed[string(ct)]
	return made.plain, ok && made.key == key && made.bound == bound
}

// sign returns a signature by a key.
func (s *symbols) sign(key string, data []byte) []byte {
	sig := s.fresh(64)
	s.signed[string(sig)] = key + string(data)
	return sig
}

// verify reports whether the key has signed the data.
func (s *symbols) verify(key string, data, sig []byte) bool {
	return s.signed[string(sig)] == key+string(data)
}

// identity holds the keys of a device. The signing key is a real one, because the relay checks a device's signature.
type identity struct {
	sign      *ecdsa.PrivateKey
	signPoint []byte
	boxPoint  []byte
}

var identities sync.Map // the keys by name, because it takes long to make keys

// identityOf returns the keys for a name. The same name always gets the same keys.
func identityOf(name string) *identity {
	if known, ok := identities.Load(name); ok {
		return known.(*identity)
	}
	keyOf := func(name string) (*ecdsa.PrivateKey, []byte) {
		scalar := sha256.Sum256([]byte(name))
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
		if err != nil {
			panic(err)
		}
		point, err := key.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		return key, point[1:]
	}
	made := &identity{}
	made.sign, made.signPoint = keyOf("sign " + name)
	_, made.boxPoint = keyOf("box " + name)
	identities.Store(name, made)
	return made
}

// signReally returns a real signature. The same key and data always give the same signature.
func (i *identity) signReally(data []byte) []byte {
	digest := sha256.Sum256(data)
	r, s := deterministic(i.sign, digest[:])
	return append(r, s...)
}

// cipher is the e2ee.Cipher of one page. It holds the page's memory; the device's cabinet keeps the rest.
type cipher struct {
	p       *page
	self    *identity
	store   *cabinet
	checked map[string][2]string // the keys to sign and to receive of checked devices, by id
	secrets map[string]string    // by kid
	keyID   string
}

// cabinet holds the values that a device keeps for ciphers.
type cabinet struct {
	generation int // the number of the keys: earlier ones were evicted
	kept       map[string]keptValue
}

type keptValue struct {
	number int64
	value  []byte
}

// Do implements [e2ee.Cipher].
func (c *cipher) Do(_ context.Context, op e2ee.Op, in []byte) ([]byte, error) {
	f, ok := e2ee.Split(in)
	if !ok {
		panic("the fields of an op cannot be read")
	}
	var out []byte
	answer := func(field []byte) { out = e2ee.Append(out, field) }
	yes := func(ok bool) {
		if ok {
			answer([]byte(e2ee.Yes))
		} else {
			answer(nil)
		}
	}
	s := &c.p.w.sealed.symbols
	switch op {
	case e2ee.OpDevice:
		c.open(string(f[1]))
		c.keyID = string(f[2])
		c.secrets[e2ee.OwnKid] = "own " + string(c.self.boxPoint) + c.keyID
		answer(c.self.signPoint)
		answer(c.self.boxPoint)
		yes(c.store != &c.p.dev.cabinet)
	case e2ee.OpKeep:
		answer([]byte(strconv.FormatInt(c.keep(f), 10)))
	case e2ee.OpKept:
		answer(c.store.kept[string(f[0])].value)
	case e2ee.OpDigest:
		for _, data := range f {
			sum := sha256.Sum256(data)
			answer(sum[:])
		}
	case e2ee.OpSign:
		for _, data := range f {
			if bytes.HasPrefix(data, e2ee.T("device")) {
				answer(c.self.signReally(data))
				continue
			}
			answer(s.sign(string(c.self.signPoint), data))
		}
	case e2ee.OpCheck:
		for d := f[1:]; len(d) > 0; d = d[9:] {
			yes(c.check(f[0], d))
		}
	case e2ee.OpVerify:
		for ; len(f) > 0; f = f[3:] {
			answer(c.verify(f))
		}
	default:
		c.withSecrets(op, f, answer, yes)
	}
	return out, nil
}

// withSecrets carries out the ops about secrets.
func (c *cipher) withSecrets(op e2ee.Op, f [][]byte, answer func([]byte), yes func(bool)) {
	s := &c.p.w.sealed.symbols
	switch op {
	case e2ee.OpSecret:
		secret := string(s.fresh(32))
		n, _ := strconv.ParseInt(string(f[0]), 10, 64)
		kid := e2ee.Kid(n, c.commitment(secret))
		c.secrets[kid] = secret
		answer([]byte(kid))
	case e2ee.OpLink:
		answer(s.encrypt(48, "link "+c.secrets[string(f[0])], string(f[2]), []byte(c.secrets[string(f[1])])))
	case e2ee.OpUnlink:
		secret, ok := s.decrypt(f[3], "link "+c.secrets[string(f[0])], string(f[2]))
		yes(ok && c.take(string(f[1]), string(secret)))
	case e2ee.OpWrap:
		kid := string(f[0])
		for f = f[1:]; len(f) > 0; f = f[2:] {
			keys, known := c.checked[string(f[0])]
			if !known {
				answer(nil)
				answer(nil)
				continue
			}
			c.p.sealed.noteWrap(kid, string(f[0]))
			answer(s.fresh(65))
			answer(s.encrypt(48, keys[1], string(f[1]), []byte(c.secrets[kid])))
		}
	case e2ee.OpUnwrap:
		secret, ok := s.decrypt(f[3], string(c.self.boxPoint), string(f[1]))
		yes(ok && c.take(string(f[0]), string(secret)))
	default:
		c.withContents(op, f, answer)
	}
}

// withContents carries out the ops that encrypt and decrypt messages and files.
func (c *cipher) withContents(op e2ee.Op, f [][]byte, answer func([]byte)) {
	s := &c.p.w.sealed.symbols
	switch op {
	case e2ee.OpSeal:
		kid := string(f[0])
		for f = f[1:]; len(f) > 0; f = f[2:] {
			c.p.sealed.noteSeal(kid, f[0], f[1], c.store == &c.p.dev.cabinet)
			answer(s.fresh(12))
			answer(s.encrypt(64, "message "+c.secrets[kid], string(f[0]), f[1]))
		}
	case e2ee.OpOpen:
		for ; len(f) > 0; f = f[4:] {
			secret, has := c.secrets[string(f[0])]
			plain, ok := s.decrypt(f[3], "message "+secret, string(f[1]))
			switch {
			case !has:
				answer(nil)
				answer(nil)
			case ok:
				answer([]byte("1"))
				answer(plain)
			default:
				answer([]byte("0"))
				answer(nil)
			}
		}
	case e2ee.OpSealFile:
		for _, data := range f {
			key, iv := s.fresh(32), s.fresh(12)
			answer(key)
			answer(iv)
			answer(s.encrypt(len(data)+16, "file "+string(key), string(iv), data))
		}
	default:
		panic("the cipher does not know " + string(op))
	}
}

// open loads the keys of the device, or of the page if the device cannot store them.
func (c *cipher) open(user string) {
	d, name := c.p.dev, user
	c.store = &d.cabinet
	if d.missing {
		// A tab has the same keys in all its lives. Otherwise the user would soon have too many devices.
		c.store, name = &cabinet{kept: map[string]keptValue{}}, fmt.Sprint(user, " tab ", c.p.place)
	}
	c.self = identityOf(fmt.Sprint(name, " ", c.store.generation))
	c.checked, c.secrets = map[string][2]string{}, map[string]string{}
}

// keep stores a value, unless a higher one is stored.
func (c *cipher) keep(f [][]byte) int64 {
	name := string(f[0])
	n, _ := strconv.ParseInt(string(f[1]), 10, 64)
	if old := c.store.kept[name]; old.number > n {
		return old.number
	}
	c.store.kept[name] = keptValue{n, bytes.Clone(f[2])}
	return n
}

// check checks one device, whose fields come first in d.
func (c *cipher) check(keySet []byte, d [][]byte) bool {
	s := &c.p.w.sealed.symbols
	thumbprint := sha256.Sum256(d[3])
	digest := sha256.Sum256(d[5])
	ok := string(d[0]) == e2ee.DeviceID(thumbprint[:]) && string(d[4]) == e2ee.Encode(thumbprint[:]) &&
		verifyReally(d[1], digest[:], d[6]) && s.verify(string(keySet), d[7], d[8])
	if ok {
		c.checked[string(d[0])] = [2]string{string(d[1]), string(d[2])}
	}
	return ok
}

// verify verifies a signature of a device.
func (c *cipher) verify(f [][]byte) []byte {
	keys, known := c.checked[string(f[0])]
	switch {
	case !known:
		return nil
	case c.p.w.sealed.symbols.verify(keys[0], f[1], f[2]):
		return []byte("1")
	}
	return []byte("0")
}

// commitment returns the part of a kid that commits to the secret.
func (c *cipher) commitment(secret string) []byte {
	sum := sha256.Sum256([]byte(c.keyID + secret))
	return sum[:16]
}

// take keeps a secret if the kid commits to it.
func (c *cipher) take(kid, secret string) bool {
	if !strings.HasSuffix(kid, "."+e2ee.Encode(c.commitment(secret))) {
		return false
	}
	c.p.sealed.noteTaken(kid)
	c.secrets[kid] = secret
	return true
}

// deterministic returns a signature that is made without randomness, so that a seed always gives the same run.
func deterministic(key *ecdsa.PrivateKey, digest []byte) (r, s []byte) {
	der, err := key.Sign(nil, digest, crypto.SHA256)
	if err != nil {
		panic(err)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		panic(err)
	}
	return sig.R.FillBytes(make([]byte, 32)), sig.S.FillBytes(make([]byte, 32))
}

// verifyReally reports whether the key with a point has signed a digest.
func verifyReally(point, digest, sig []byte) bool {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, point...))
	return err == nil && len(sig) == 64 && ecdsa.Verify(key, digest, new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
}
