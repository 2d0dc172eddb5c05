package vault

import (
	"context"
	"errors"
	"strconv"

	"hallway/e2ee"
	"hallway/protocol"
)

// call carries out one op of the core. It collects the input of the next op of the cipher, field by field. After the first
// error it asks the cipher nothing more, and all answers are empty fields: so a method needs no branch after each step.
type call struct {
	*Vault
	ctx context.Context
	in  []byte // in the format of e2ee.Append
	err error
}

// The methods that add a field are not inlined, because they have many callers and the page would grow.

//go:noinline
func (c *call) add(field []byte) { c.in = e2ee.Append(c.in, field) }

//go:noinline
func (c *call) text(field string) { c.in = e2ee.AppendText(c.in, field) }

// decoded adds the bytes that are written as base64url.
func (c *call) decoded(field string) { c.add(e2ee.Decode(field)) }

// number adds a number in decimal digits.
func (c *call) number(n int64) { c.text(strconv.FormatInt(n, 10)) }

// name adds the name of a value that the device stores for the room.
func (c *call) name(kind string) { c.text(kind + c.options.Room) }

// link adds the kids of a turn and of the turn before it, and the additional data of the link between their secrets.
func (c *call) link(t *protocol.Turn) {
	c.text(t.Kid)
	c.text(t.PrevKid)
	c.add(e2ee.LinkAAD(c.options.Room, t.Kid, t.PrevKid))
}

var errAnswer = errors.New("vault: the cipher's answer is malformed")

// ask runs an op of the cipher with the fields that were added, and returns the n fields of its answer.
func (c *call) ask(op e2ee.Op, n int) [][]byte {
	in := c.in
	c.in = nil
	if c.err == nil {
		out, err := c.options.Cipher.Do(c.ctx, op, in)
		if c.err = err; err == nil {
			if fields, ok := e2ee.Split(out); ok && len(fields) == n {
				return fields
			}
			c.err = errAnswer
		}
	}
	return make([][]byte, n)
}

// one is ask for an answer of one field.
//
//go:noinline
func (c *call) one(op e2ee.Op) []byte { return c.ask(op, 1)[0] }

// yes is ask for an answer that is yes or no.
func (c *call) yes(op e2ee.Op) bool { return isYes(c.one(op)) }

// encoded is ask for an answer of one field, which it returns as base64url.
func (c *call) encoded(op e2ee.Op) string { return e2ee.Encode(c.one(op)) }

// isYes reports whether a field is yes.
func isYes(field []byte) bool { return string(field) == e2ee.Yes }

// isNo reports whether a field is not yes.
func isNo(field []byte) bool { return !isYes(field) }
