package core

import (
	"time"

	"hallway/component/client"
)

// Snapshot is what people see now.
func (c *Client) Snapshot() client.Snapshot {
	s := client.Snapshot{
		Status:        c.status(),
		RetryAt:       c.nextTry(),
		Crowded:       c.conn.Crowded(),
		Me:            c.me,
		Members:       c.members,
		Loaded:        c.loaded(),
		Loading:       c.sync.page != wantNothing,
		MoreBefore:    c.timeline.MoreBefore(),
		MoreAfter:     c.timeline.MoreAfter(),
		ComposerOpen:  c.composerOpen(),
		OutboxFull:    c.outbox.IsFull(),
		StorageFailed: c.outbox.IsFailing(),
		Outbox:        c.outbox.Items(),
		Unread:        c.unread,
		TextBytesMax:  c.limits.TextBytes,

		Changing:    c.changes.ids(),
		Pinned:      c.timeline.Pinned(),
		Found:       c.found(),
		Typing:      c.typing.users(),
		ReadSeq:     c.reading.seq,
		FirstUnread: c.reading.first,

		Silenced:   c.silenced(),
		Muted:      c.moderation.muted,
		Frozen:     c.moderation.rules.Frozen,
		SlowModeS:  c.moderation.rules.SlowModeS,
		NextSendAt: c.moderation.nextSendAt,
		Reports:    c.moderation.reports,
		Queue:      c.review.queue,
	}
	if s.Loaded {
		s.Messages = c.timeline.Messages()
	}
	if s.Status == client.StatusNotAllowed {
		s.Banned = c.moderation.banned
	}
	if s.Status == client.StatusNotAllowed || s.Status == client.StatusUpdateNeeded {
		s.Reason = c.conn.Reason()
	}
	return s
}

// status is the state as people see it.
func (c *Client) status() client.Status {
	return c.conn.Status(c.caughtUp() && c.loaded())
}

// nextTry is when a chat that reconnects tries again, zero while it does.
func (c *Client) nextTry() time.Time {
	if c.status() != client.StatusReconnecting {
		return time.Time{}
	}
	return c.conn.NextTry()
}
