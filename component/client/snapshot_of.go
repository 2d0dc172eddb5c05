package client

// Snapshot is what people see now.
func (c *Client) Snapshot() Snapshot {
	s := Snapshot{
		Status:        c.status(),
		Me:            c.me,
		Members:       c.members,
		Loaded:        c.sync.loaded,
		Loading:       c.sync.page != wantNothing,
		MoreBefore:    c.timeline.moreBefore,
		MoreAfter:     c.timeline.moreAfter,
		ComposerOpen:  c.composerOpen(),
		OutboxFull:    len(c.outbox.entries) >= OutboxMax,
		StorageFailed: c.outbox.failing,
		Unread:        c.unread,
		TextBytesMax:  c.limits.TextBytes,
	}
	if c.sync.loaded {
		n := len(c.timeline.messages)
		s.Messages = c.timeline.messages[:n:n]
	}
	switch s.Status {
	case StatusReconnecting:
		s.RetryAt = c.conn.dialAt
		if c.conn.phase == phaseIdle {
			s.RetryAt = c.auth.askAt
		}
	case StatusNotAllowed, StatusUpdateNeeded:
		s.Reason = c.conn.reason
	}
	for _, e := range c.outbox.entries {
		s.Outbox = append(s.Outbox, Own{Item: e.Item, State: e.state()})
	}
	return s
}

func (e *entry) state() ItemState {
	switch {
	case e.failed():
		return ItemFailed
	case e.inFlight:
		return ItemSending
	case e.mirror == ItemSending || e.mirror == ItemSent:
		return e.mirror
	}
	return ItemWaiting
}
