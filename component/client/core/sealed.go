package core

import (
	"hallway/component/client"
	"hallway/component/client/lock"
	"hallway/component/client/step"
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

// takeCrypto routes the events that concern encryption, in a chat that encrypts.
func (c *Client) takeCrypto(ev client.Event) {
	switch ev := ev.(type) {
	case client.CryptoDone:
		c.lock.Done(ev)
	case client.TurnsLoaded:
		c.lock.TurnsLoaded(ev)
	case client.DevicesLoaded:
		c.lock.DevicesLoaded(ev)
	case client.ShowReaders:
		c.lock.ShowReaders(ev.On)
	case client.NewTurn:
		c.lock.NewTurn()
	case client.Readmit:
		c.lock.Readmit(ev.User)
	default:
		step.Assert(false, "every event has a route")
	}
}

// turned routes frames about the room's encryption.
func (c *Client) turned(f protocol.RelayFrame) {
	room := c.cfg.Room
	c.step.Changed = true
	switch f := f.(type) {
	case protocol.Registered:
		c.lock.Registered(&f)
	case protocol.Turned:
		if f.Room == room && c.conn.IsJoined() {
			c.lock.Turned(&f)
		}
	case protocol.Wrapped:
		if f.Room == room && c.conn.IsJoined() {
			c.lock.Wrapped(&f)
		}
	case protocol.Wanted:
		if f.Room == room && c.conn.IsJoined() {
			c.lock.Wanted(&f)
		}
	case protocol.Due:
		if f.Room == room && c.conn.IsJoined() {
			c.lock.Due(&f)
		}
	}
}
