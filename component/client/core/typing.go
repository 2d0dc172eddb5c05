package core

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// typing is who writes.
type typing struct {
	toldAt  time.Time // when the relay was told last that the user does
	typists []typist  // others, in the order in which they began
}

type typist struct {
	user  protocol.User
	until time.Time
}

// typed tells the others that the user writes, no more often than they need it.
func (c *Client) typed() {
	if c.status() != client.StatusLive || c.step.Now.Before(c.typing.toldAt.Add(typingEvery)) {
		return
	}
	c.typing.toldAt = c.step.Now
	c.conn.Write(protocol.Typing{Room: c.cfg.Room})
}

// types takes word of someone who is writing.
func (c *Client) types(f protocol.Typist) {
	if f.Room != c.cfg.Room || !c.conn.IsJoined() || f.User.ID == c.me.ID {
		return
	}
	t := typist{user: f.User, until: c.step.Now.Add(typingShown)}
	list := c.typing.typists
	switch i := slices.IndexFunc(list, func(o typist) bool { return o.user.ID == f.User.ID }); {
	case i >= 0:
		c.step.Changed = c.step.Changed || list[i].user != t.user
		list[i] = t
	case len(list) < typistsMax:
		c.typing.typists, c.step.Changed = append(list, t), true
	}
}

// stopTyping takes those for whom it holds from the list.
func (c *Client) stopTyping(over func(t typist) bool) {
	before := len(c.typing.typists)
	c.typing.typists = slices.DeleteFunc(c.typing.typists, over)
	c.step.Changed = c.step.Changed || len(c.typing.typists) != before
}

// typistDue is when the next of them is taken from the list.
func (c *Client) typistDue() (at time.Time) {
	for _, t := range c.typing.typists {
		if at.IsZero() || t.until.Before(at) {
			at = t.until
		}
	}
	return at
}

func (c *Client) typistsLate() {
	c.stopTyping(func(t typist) bool { return !c.step.Now.Before(t.until) })
}

func (t *typing) users() []protocol.User {
	var users []protocol.User
	for _, t := range t.typists {
		users = append(users, t.user)
	}
	return users
}
