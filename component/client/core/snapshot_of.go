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
		Crowded:       c.setup.crowded,
		Me:            c.me,
		Members:       c.members,
		Loaded:        c.loaded(),
		Loading:       c.sync.page != wantNothing,
		MoreBefore:    c.timeline.MoreBefore(),
		MoreAfter:     c.timeline.MoreAfter(),
		ComposerOpen:  c.composerOpen(),
		OutboxFull:    len(c.outbox.entries) >= client.OutboxMax,
		StorageFailed: c.outbox.failing,
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
		s.Reason = c.conn.reason
	}
	if n := len(c.outbox.entries); n > 0 {
		s.Outbox = make([]client.Own, 0, n)
	}
	for _, e := range c.outbox.entries {
		s.Outbox = append(s.Outbox, client.Own{Item: e.Item, State: e.state()})
	}
	return s
}

func (e *entry) state() client.ItemState {
	switch {
	case e.failed():
		return client.ItemFailed
	case e.inFlight:
		return client.ItemSending
	case e.mirror == client.ItemSending || e.mirror == client.ItemSent:
		return e.mirror
	}
	return client.ItemWaiting
}

// nextTry is when a chat that reconnects tries again, zero while it does.
func (c *Client) nextTry() time.Time {
	switch {
	case c.status() != client.StatusReconnecting:
		return time.Time{}
	case c.conn.phase == phaseIdle:
		return c.auth.askAt
	}
	return c.conn.dialAt
}
