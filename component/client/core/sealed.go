package core

import (
	"hallway/component/client/lock"
	"hallway/protocol"
)

// scansMax bounds how often messages are looked at again in one step: once to ask for their
// secrets, and once more where there turn out to be none.
const scansMax = 3

// encrypt makes it a chat that encrypts.
func (c *Client) encrypt() {
	c.lock = lock.New(&c.step, c.conn, c.conn, lock.Config{
		Room: c.cfg.Room, Enter: c.conn.Join, Opened: c.history.opened,
		Rescan: func() {
			c.timeline.Rescan()
			c.outbox.Seals.Rescan()
		},
	})
	c.timeline.Encrypts = true
	c.outbox.Seals.Encrypt()
	c.timed = append(c.timed, c.lock)
}

// seal opens what came, and seals what waits to be written.
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
	contents := c.outbox.Seals.Unsealed(c.lock.Kid(), user)
	kid, ok := c.lock.Seals()
	if !ok {
		return
	}
	if contents = append(contents, c.requests.Unsealed(kid, user, c.lock.EditNumber)...); len(contents) == 0 {
		return
	}
	c.lock.Seal(contents, func(sealed []protocol.Encrypted) {
		for i := range contents {
			if contents[i].Edit > 0 {
				c.requests.SetSealed(contents[i], sealed[i])
			} else {
				c.outbox.Seals.SetSealed(contents[i].ID, sealed[i])
			}
		}
	})
}
