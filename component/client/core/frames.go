package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// received routes a frame to its parts.
func (c *Client) received(ev client.Received) {
	f, ok := c.conn.Received(ev)
	if !ok {
		return
	}
	switch f := f.(type) {
	case protocol.Welcome:
		c.welcome(&f)
	case protocol.Joined:
		c.joined(&f)
	case protocol.Error:
		c.refused(&f)
	case protocol.Goaway:
		c.conn.Goaway(&f)
	default:
		c.streamed(f)
	}
}

// streamed routes a frame of the room's stream.
func (c *Client) streamed(f protocol.RelayFrame) {
	room := c.cfg.Room
	switch f := f.(type) {
	case protocol.Changed:
		if f.Message.Room == room && c.conn.IsJoined() {
			c.history.messageStreamed(&f)
		}
	case protocol.Presence:
		if f.Room == room && f.Members != c.members {
			c.members, c.step.Changed = f.Members, true
		}
	case protocol.Typist:
		if f.Room == room && c.conn.IsJoined() && f.User.ID != c.rights.Me().ID {
			c.typing.Heard(f.User)
		}
	case protocol.Read:
		if f.Room == room && c.conn.IsJoined() {
			c.reading.Elsewhere(f.Seq, c.timeline.Newest())
		}
	case protocol.Settings:
		if f.Room == room {
			c.rights.Settings(f)
			c.requests.SettingsChanged()
			if c.conn.IsJoined() && (f.E2EE != 0) != c.encrypted {
				c.conn.Join() // the answer contains the room's turn
			}
		}
	case protocol.Moderated:
		if f.Room == room {
			c.moderated(&f)
		}
	case protocol.Reported:
		if f.Room == room {
			c.requests.Reported(f.ID)
		}
	case protocol.Reports:
		if f.Room == room {
			c.review.Counted(f.Open, c.rights.Moderates())
		}
	default:
		if c.lock != nil {
			c.step.Changed = true
			c.lock.Received(f, c.conn.IsJoined())
		}
	}
}

func (c *Client) welcome(f *protocol.Welcome) {
	c.rights.Welcome(f.User)
	c.timeline.SetUser(f.User.ID)
	c.catchup.SetServesPinned(slices.Contains(f.Features, protocol.FeaturePinned))
	c.knowsMentions = slices.Contains(f.Features, protocol.FeatureMentions) && slices.Contains(f.Features, protocol.FeatureProfiles)
	if f.Limits.TextBytes > 0 {
		c.limits = f.Limits
	}
	c.uploads.SetLimits(fileLimits(f))
	c.conn.Welcome(f)
	if c.lock != nil {
		c.lock.Welcome(slices.Contains(f.Features, protocol.FeatureE2EE))
	}
}

func (c *Client) joined(f *protocol.Joined) {
	if f.Room != c.cfg.Room || !c.conn.Joined() {
		return
	}
	c.members, c.step.Changed = f.Members, true
	c.reading.Joined(f, c.timeline.Newest())
	c.rights.Joined(f)
	c.review.Counted(0, c.rights.Moderates()) // if there are reports, the relay sends their number next
	if !c.catchup.Continues(f.Epoch, f.Head) {
		c.history.startOver()
	}
	c.catchup.Joined(f.Epoch, f.Head)
	c.encrypted = f.E2EE != nil
	if c.lock != nil {
		c.lock.Joined(f)
	}
}

// moderated handles the frame about a moderator's act.
func (c *Client) moderated(f *protocol.Moderated) {
	me := c.rights.Me().ID
	if f.User.ID == me {
		c.rights.Moderated(f)
	}
	if f.By.ID == me && c.requests.Moderated(f.Act, f.User.ID) && c.lock != nil {
		switch f.Act {
		case protocol.ActUnban:
			c.lock.Readmit(f.User.ID)
		case protocol.ActBan, protocol.ActRemove:
			c.lock.ShutOut(f.User.ID)
		}
	}
	c.step.Emit(client.Acted{Moderated: *f})
}

// refused routes an error to the part whose frame the relay has refused.
func (c *Client) refused(f *protocol.Error) {
	if f.Of != "" {
		c.requests.ActRefused(f)
		if c.lock != nil {
			c.lock.Refused(f)
		}
		return
	}
	if f.Room == c.cfg.Room {
		c.rights.Refused(f)
	}
	switch {
	case f.ID == "":
		c.conn.Refused(f, c.rights.IsBanned())
	case c.outbox.Has(f.ID) || !c.requests.ChangeRefused(f):
		c.outbox.Refused(f)
	}
}
