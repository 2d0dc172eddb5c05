package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// received routes a frame to the parts that it concerns.
func (c *Client) received(ev client.Received) {
	f, ok := c.conn.Received(ev)
	if !ok {
		return
	}
	switch f := f.(type) {
	case protocol.Welcome:
		c.welcome(f)
	case protocol.Joined:
		c.joined(f)
	case protocol.Changed:
		c.streamed(f)
	case protocol.Presence:
		if f.Room == c.cfg.Room && f.Members != c.members {
			c.members, c.step.Changed = f.Members, true
		}
	case protocol.Typist:
		c.types(f)
	case protocol.Read:
		c.readElsewhere(f)
	case protocol.Settings:
		c.settings(f)
	case protocol.Moderated:
		c.moderated(f)
	case protocol.Reported:
		c.reported(f)
	case protocol.Reports:
		if f.Room == c.cfg.Room {
			c.moderation.reports, c.step.Changed = f.Open, true
			c.queueChanged()
		}
	case protocol.Error:
		c.refused(f)
	case protocol.Goaway:
		c.conn.Goaway(&f)
	}
}

func (c *Client) welcome(f protocol.Welcome) {
	if f.User.ID != c.me.ID || f.User.Name != c.me.Name {
		if f.User.ID == c.me.ID {
			f.User.Role = c.me.Role // the room's
		}
		c.me, c.step.Changed = f.User, true
	}
	c.timeline.SetUser(c.me.ID)
	c.servesPinned = slices.Contains(f.Features, protocol.FeaturePinned)
	if f.Limits.TextBytes > 0 {
		c.limits = f.Limits
	}
	c.conn.Welcome(&f)
}

func (c *Client) joined(f protocol.Joined) {
	if f.Room != c.cfg.Room || !c.conn.Joined() {
		return
	}
	c.members = f.Members
	if f.Role != "" {
		c.me.Role = f.Role
	}
	c.step.Changed = true
	c.readJoined(f)
	c.joinedRules(f)
	c.catchUpTo(f.Epoch, f.Head)
	c.sync.streamed = f.Head
}

// refused routes an error frame: about a message, a request, the join, or the stream.
func (c *Client) refused(f protocol.Error) {
	if f.Of != "" {
		c.requestRefused(f)
		return
	}
	if f.Room == c.cfg.Room {
		c.heed(f)
	}
	if f.ID == "" {
		c.conn.Refused(&f, c.moderation.banned != nil)
		return
	}
	if ch := c.changes.writtenTo(f.ID); ch != nil && !c.outbox.Has(f.ID) {
		c.changeRefused(ch, f)
	} else {
		c.outbox.Refused(&f)
	}
}
