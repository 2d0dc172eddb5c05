package core

import (
	"hallway/component/client/lock"
	"hallway/protocol"
)

// scansMax bounds how often one step scans for messages to open. The first scan asks for their secrets. Another one follows if a
// secret does not exist.
const scansMax = 3

// encrypt sets up encryption.
func (c *Client) encrypt() {
	c.lock = lock.New(&c.step, c.conn, c.conn, lock.Config{
		Room: c.cfg.Room, Join: c.conn.Join, Opened: c.history.opened,
		Rescan: func() {
			c.timeline.Rescan()
			c.outbox.Seals.Rescan()
		},
	})
	c.timeline.Encrypts = true
	c.outbox.Seals.Encrypt()
	c.timed = append(c.timed, c.lock)
	c.uploads.Encrypts = true
	c.loads.Sealed = c.sealedFile
}

// seal opens the messages that have come, and seals the waiting ones: for the room, or for this device alone while the room has
// no key.
func (c *Client) seal() {
	if c.lock == nil {
		return
	}
	user := c.conn.User()
	for range scansMax {
		sealed := append(c.outbox.Seals.TakeSealed(user), c.timeline.TakeSealed()...)
		if len(sealed) == 0 {
			break
		}
		c.lock.Open(sealed)
	}
	room := c.lock.Kid()
	kid, ok := c.lock.Seals()
	contents := c.outbox.Seals.Unsealed(room, kid, user)
	if !ok {
		return
	}
	stored := len(contents)
	if room != "" {
		contents = append(contents, c.requests.Unsealed(room, user, c.lock.EditNumber)...)
	}
	if len(contents) == 0 {
		return
	}
	c.lock.Seal(kid, contents, stored, func(sealed, own []protocol.Encrypted) {
		for i := range contents {
			switch {
			case i >= stored:
				c.requests.SetSealed(contents[i], sealed[i])
			case i < len(own):
				c.outbox.Seals.SetSealed(contents[i], &sealed[i], &own[i])
			default:
				c.outbox.Seals.SetSealed(contents[i], &sealed[i], nil)
			}
		}
	})
}
