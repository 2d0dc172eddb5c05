package core

import (
	"hallway/component/client"
	"hallway/protocol"
)

// Snapshot returns the state for the view. Each part adds its share.
func (c *Client) Snapshot() client.Snapshot {
	s := client.Snapshot{
		Status: c.status(), Members: c.members, ComposerOpen: c.composerOpen(), TextBytesMax: c.limits.TextBytes,
		KnowsMentions: c.knowsMentions,
	}
	c.conn.Show(&s)
	c.catchup.Show(&s)
	c.timeline.Show(&s)
	c.outbox.Show(&s)
	c.requests.Show(&s)
	c.search.Show(&s)
	c.review.Show(&s)
	c.people.Show(&s)
	c.uploads.Show(&s)
	s.KnowsFiles = s.KnowsFiles && (c.lock != nil || !c.encrypted) // an unencrypted chat sends no files to an encrypted room
	c.rights.Show(&s)
	c.reading.Show(&s)
	c.typing.Show(&s)
	if c.lock != nil {
		c.lock.Show(&s)
	} else if c.encrypted && s.Silenced == "" {
		s.Silenced = protocol.WhyEncrypted
	}
	return s
}
