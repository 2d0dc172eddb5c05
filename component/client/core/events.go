package core

import (
	"hallway/component/client"
	"hallway/component/client/catchup"
	"hallway/component/client/outbox"
	"hallway/protocol"
)

// Each kind of event is routed in one place: in take, or in one of the functions that it calls. To add an action of the user,
// add a case to takeFromWriter or takeFromReader, or to Lock.Take in package lock if it concerns encryption.

// take routes the events of the connection, the storage and the device to their parts.
func (c *Client) take(ev client.Event) {
	switch ev := ev.(type) {
	case client.Started:
		c.conn.Start(ev.Token)
	case client.TokenGot:
		if c.conn.TokenGot(ev) {
			c.tokenGot()
		}
	case client.TokenSource:
		c.conn.TokenSource(c.rights.IsBanned())
	case client.Opened:
		c.conn.Opened(ev.Gen)
	case client.DialFailed:
		c.conn.DialFailed(ev)
	case client.Received:
		c.received(ev)
	case client.Closed:
		c.closed(ev)
	case client.TimerFired:
		c.timerFired()
	case client.OutboxLoaded:
		if ev.User == c.conn.User() {
			c.outbox.Loaded(ev)
		}
	case client.Owns:
		if ev.User == c.conn.User() {
			c.outbox.Tabs.Own(ev)
		}
	case client.PeerSaid:
		c.outbox.Tabs.Heard(ev.Note, outbox.Place{Epoch: c.catchup.Epoch(), Cursor: c.catchup.Cursor()})
	case client.ItemSaved:
		c.outbox.Stored(ev.ID, nil, false)
	case client.StorageFailed:
		c.outbox.Stored(ev.ID, ev.Err, ev.Full)
	case client.Online:
		c.conn.DeviceOnline()
		c.wake()
	case client.Offline:
		c.conn.DeviceOffline()
	case client.Visible:
		c.reading.SetHidden(false)
		c.wake()
	case client.Hidden:
		c.reading.SetHidden(true)
	default:
		c.takeFromWriter(ev)
	}
}

// takeFromWriter routes the user's actions on the chat, on messages and on other users.
func (c *Client) takeFromWriter(ev client.Event) {
	switch ev := ev.(type) {
	case client.SendText:
		c.sendText(ev)
	case client.Retry:
		c.outbox.Retry(ev.ID)
	case client.Discard:
		c.outbox.Discard(ev.ID)
	case client.EditText, client.Delete, client.React, client.Pin, client.Moderate, client.Report, client.SetRoom:
		c.requests.Ask(ev, c.state())
	case client.ResolveReport:
		c.review.Resolve(ev)
	case client.Typed:
		if c.status() == client.StatusLive {
			c.typing.Typed()
		}
	case client.AttachFile:
		c.attach(ev.File)
	case client.DetachFile:
		c.uploads.Detach(ev.ID)
		c.outbox.DetachFile(ev.ID)
	case client.RetryFile:
		c.uploads.Retry(ev.ID)
		c.outbox.RetryFile(ev.ID)
	case client.DescribeFile:
		c.uploads.Describe(ev.ID, ev.Alt)
	case client.TryNow:
		c.wake()
	case client.SetOffline:
		c.cfg.Offline = ev.Mode
		c.step.Changed = true
	case client.Close:
		c.reading.Leave()
		c.conn.End(client.StatusClosed, "")
	default:
		c.takeFromReader(ev)
	}
}

// takeFromReader routes the user's requests to see something.
func (c *Client) takeFromReader(ev client.Event) {
	switch ev := ev.(type) {
	case client.Seen:
		if c.catchup.HasHistory() {
			c.reading.Seen(min(ev.Seq, c.timeline.Last()), c.timeline.Newest())
		}
	case client.Search:
		if c.lock == nil { // a relay cannot search encrypted messages
			c.search.For(protocol.CleanText(ev.Words))
		}
	case client.SearchMore:
		c.search.More()
	case client.LoadAround:
		c.history.loadAround(catchup.Target{Seq: ev.Seq, ID: ev.ID})
	case client.LoadOlder:
		c.catchup.Load(catchup.Older)
	case client.LoadNewer:
		c.catchup.Load(catchup.Newer)
	case client.LoadNewest:
		c.catchup.Load(catchup.End)
	case client.AskPeople:
		c.people.Ask(ev)
	case client.Review:
		c.review.Open(ev.On, c.rights.Moderates())
	case client.ReviewMore:
		c.review.More()
	case client.LoadFile:
		c.loads.Load(ev)
	default:
		c.takeAnswer(ev)
	}
}

// takeAnswer routes the shell's answers to requests. A part ignores answers to requests of other parts.
func (c *Client) takeAnswer(ev client.Event) {
	switch ev := ev.(type) {
	case client.PageLoaded:
		c.history.pageLoaded(ev)
		c.search.Loaded(ev)
	case client.PeopleLoaded:
		c.people.Loaded(ev)
	case client.ReportsLoaded:
		c.review.Loaded(ev)
	case client.ReportClosed:
		c.review.Closed(ev)
	case client.FileGot:
		c.loads.Got(ev)
	case client.UploadProgress:
		c.uploads.Progressed(ev)
	case client.UploadDone:
		c.uploads.Done(ev)
	case client.UploadRefused:
		c.uploads.Refused(ev)
	case client.RequestFailed:
		c.history.pageFailed(ev)
		c.search.Failed(ev)
		c.review.Failed(ev)
		c.people.Failed(ev)
		c.loads.Failed(ev)
		if c.lock != nil {
			c.lock.Take(ev)
		}
	default:
		if c.lock != nil {
			c.lock.Take(ev)
		}
	}
}

// wake lets each part try again at once.
func (c *Client) wake() {
	c.conn.Wake(c.rights.IsBanned())
	c.catchup.Wake()
	c.uploads.Wake()
}

// closed handles the end of the connection. If a frame was too large, it was the oldest unanswered one.
func (c *Client) closed(ev client.Closed) {
	if ev.Code == protocol.CloseTooLarge && c.conn.Carries(ev.Gen) {
		const reason = "the message is too large for the relay"
		if !c.outbox.FailOldest(protocol.CodeTooLarge, reason) {
			c.requests.FailOldest(protocol.CodeTooLarge, reason)
		}
	}
	c.conn.Closed(ev)
}

// sendText queues a message, or refuses it.
func (c *Client) sendText(ev client.SendText) {
	text, mentions := protocol.CleanMentions(ev.Text, ev.Mentions)
	files := c.uploads.Choose(ev.Files)
	code, reason := protocol.CheckText(text, c.limits.TextBytes)
	if text == "" && len(files) > 0 {
		code = "" // a message with files needs no text
	}
	silenced, sentence := c.rights.Silenced()
	why := protocol.Why("")
	switch {
	case code != "":
	case c.conn.IsEnded():
		code, reason = protocol.CodeForbidden, "the chat has ended"
	case silenced != "":
		code, reason, why = protocol.CodeForbidden, sentence, silenced
	case c.lock == nil && c.encrypted:
		code, reason, why = protocol.CodeForbidden, "the room is encrypted, and this chat does not encrypt", protocol.WhyEncrypted
	case c.lock != nil && !c.lock.MayWrite():
		code, reason = protocol.CodeUnavailable, "the chat has no key for this room yet"
	case c.outbox.IsFull():
		code, reason = protocol.CodeUnavailable, "too many messages wait to be sent"
	case c.cfg.Offline == client.OfflineDisable && !c.composerOpen():
		code, reason = protocol.CodeUnavailable, "the chat is not connected"
	case c.outbox.Has(ev.ID):
		code, reason = protocol.CodeConflict, "the id is taken"
	case c.lock != nil:
		code, reason = c.checkSealed(text, mentions, files)
	}
	if code != "" {
		c.step.Emit(client.Refused{Code: code, Reason: reason, ID: ev.ID, Why: why})
		return
	}
	c.uploads.Taken(files)
	c.outbox.Send(client.Item{ID: ev.ID, Text: text, ReplyTo: ev.ReplyTo, Mentions: mentions, Files: files})
	c.catchup.Load(catchup.End) // the user wants to see the new message
}
