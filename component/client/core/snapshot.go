package core

import (
	"time"

	"hallway/component/client"
)

// Snapshot returns what people see now.
func (c *Client) Snapshot() client.Snapshot {
	s := client.Snapshot{
		Status:  c.status(),
		RetryAt: c.nextTry(),
		Crowded: c.conn.Crowded(),
		Members: c.members,

		Loaded:     c.catchup.IsLoaded(),
		Loading:    c.catchup.IsLoading(),
		MoreBefore: c.timeline.MoreBefore(),
		MoreAfter:  c.timeline.MoreAfter(),
		Outbox:     c.outbox.Items(),
		Changing:   c.requests.Changing(),

		Pinned: c.timeline.Pinned(),
		Found:  c.search.Shown(),
		Typing: c.typing.Users(),

		ReadSeq:     c.reading.Seq(),
		FirstUnread: c.reading.FirstUnread(),

		ComposerOpen:  c.composerOpen(),
		OutboxFull:    c.outbox.IsFull(),
		StorageFailed: c.outbox.IsFailing(),
		Unread:        c.reading.Unread(),
		TextBytesMax:  c.limits.TextBytes,

		Reports: c.review.OpenReports(),
		Queue:   c.review.Queue(),
	}
	c.rights.Show(&s)
	if s.Loaded {
		s.Messages = c.timeline.Messages()
	}
	if s.Status == client.StatusNotAllowed || s.Status == client.StatusUpdateNeeded {
		s.Reason = c.conn.Reason()
	}
	return s
}

// status returns the state as people see it.
func (c *Client) status() client.Status {
	return c.conn.Status(c.catchup.IsCaughtUp() && c.catchup.IsLoaded())
}

// nextTry returns when a chat that reconnects tries again; zero: it does so now.
func (c *Client) nextTry() time.Time {
	if c.status() != client.StatusReconnecting {
		return time.Time{}
	}
	return c.conn.NextTry()
}

// composerOpen reports whether the user may write and send.
func (c *Client) composerOpen() bool {
	silenced, _ := c.rights.Silenced()
	if !c.catchup.IsLoaded() || !c.outbox.IsReady() || c.conn.IsEnded() || c.outbox.IsFull() || silenced != "" {
		return false
	}
	return c.cfg.Offline == client.OfflineQueue || c.mayWrite()
}
