package native

import (
	"crypto/cipher"
	"crypto/rand"
	"strconv"
	"strings"

	"hallway/e2ee"
)

// take stores a secret under kid if kid commits to the secret, and returns the kid. If kid is "", take computes it.
func (c *Cipher) take(n, kid string, b []byte) (string, error) {
	commitment, err := derive(b, c.infos[0], kidBytes)
	if err != nil {
		return "", err
	}
	number, err := strconv.ParseInt(n, 10, 64)
	if err != nil {
		return "", errInput
	}
	own := e2ee.Kid(number, commitment)
	if kid != "" && kid != own {
		return "", nil
	}
	s := secret{bytes: b}
	for i, aead := range []*cipher.AEAD{&s.messages, &s.link} {
		key, err := derive(b, c.infos[1+i], keyBytes)
		if err != nil {
			return "", err
		}
		if *aead, err = newGCM(key); err != nil {
			return "", err
		}
	}
	c.secrets[own] = s
	return own, nil
}

// took is take for a received secret. It returns a field that says whether kid commits to the secret.
func (c *Cipher) took(kid string, b []byte) ([][]byte, error) {
	n, _, _ := strings.Cut(kid, ".")
	if len(b) != secretBytes {
		return say(false), nil
	}
	own, err := c.take(n, kid, b)
	return say(err == nil && own != ""), nil
}

func (c *Cipher) newSecret(first, _ [][]byte) ([][]byte, error) {
	b := make([]byte, secretBytes)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	kid, err := c.take(string(first[0]), "", b)
	return one([]byte(kid)), err
}

// linkIV is the initialisation vector of all links. It may be constant because the key of a link encrypts only once.
var linkIV [ivBytes]byte

func (c *Cipher) link(first, _ [][]byte) ([][]byte, error) {
	s, before := c.secrets[string(first[0])], c.secrets[string(first[1])]
	if s.link == nil || before.bytes == nil {
		return one(nil), nil
	}
	return one(s.link.Seal(nil, linkIV[:], before.bytes, first[2])), nil
}

func (c *Cipher) unlink(first, _ [][]byte) ([][]byte, error) {
	s := c.secrets[string(first[0])]
	if s.link == nil {
		return say(false), nil
	}
	if b, err := s.link.Open(nil, linkIV[:], first[3], first[2]); err == nil {
		return c.took(string(first[1]), b)
	}
	return say(false), nil
}

func (c *Cipher) wrap(first, each [][]byte) ([][]byte, error) {
	s, d := c.secrets[string(first[0])], c.devices[string(each[0])]
	if s.bytes == nil || d.box == nil {
		return [][]byte{nil, nil}, nil
	}
	if enc, ct, err := wrap(d.box, each[1], s.bytes); err == nil {
		return [][]byte{enc, ct}, nil
	}
	return [][]byte{nil, nil}, nil // the key is not a point of the curve
}

func (c *Cipher) unwrap(first, _ [][]byte) ([][]byte, error) {
	if b, err := c.keys.unwrap(first[1], first[2], first[3]); err == nil {
		return c.took(string(first[0]), b)
	}
	return say(false), nil
}

func (c *Cipher) seal(first, each [][]byte) ([][]byte, error) {
	s := c.secrets[string(first[0])]
	if s.messages == nil {
		return [][]byte{nil, nil}, nil
	}
	iv := make([]byte, ivBytes)
	if _, err := rand.Read(iv); err != nil {
		return nil, err
	}
	return [][]byte{iv, s.messages.Seal(nil, iv, each[1], each[0])}, nil
}

func (c *Cipher) open(_, each [][]byte) ([][]byte, error) {
	s := c.secrets[string(each[0])]
	if s.messages == nil {
		return [][]byte{nil, nil}, nil
	}
	if len(each[2]) == ivBytes {
		if b, err := s.messages.Open(nil, each[2], each[3], each[1]); err == nil {
			return [][]byte{[]byte(e2ee.Yes), b}, nil
		}
	}
	return [][]byte{[]byte("0"), nil}, nil
}
