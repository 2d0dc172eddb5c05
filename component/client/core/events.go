package core

import (
	"hallway/component/client"
	"hallway/component/client/outbox"
	"hallway/component/client/step"
	"hallway/protocol"
)

// take routes an event to the parts that it concerns.
func (c *Client) take(ev client.Event) {
	switch ev := ev.(type) {
	case client.Started:
		c.conn.Start(ev.Token)
	case client.OutboxLoaded:
		if ev.User == c.conn.User() {
			c.outbox.Loaded(ev)
		}
	case client.Owns:
		if ev.User == c.conn.User() {
			c.outbox.Own(ev)
		}
	case client.PeerSaid:
		c.outbox.Heard(ev.Note, outbox.Place{Epoch: c.sync.epoch, Cursor: c.sync.cursor})
	case client.ItemSaved:
		c.outbox.Stored(ev.ID, nil)
	case client.StorageFailed:
		c.outbox.Stored(ev.ID, ev.Err)
	case client.TokenGot:
		c.tokenGot(ev)
	case client.Opened:
		c.conn.Opened(ev.Gen)
	case client.DialFailed:
		c.conn.DialFailed(ev)
	case client.Received:
		c.received(ev)
	case client.Closed:
		if ev.Code == protocol.CloseTooLarge && c.conn.Carries(ev.Gen) {
			c.failTooLarge()
		}
		c.conn.Closed(ev)
	case client.PageLoaded:
		c.pageLoaded(ev)
	case client.PageFailed:
		c.pageFailed(ev)
	case client.FoundLoaded:
		c.foundLoaded(ev)
	case client.FoundFailed:
		c.foundFailed(ev)
	case client.ReportsLoaded:
		c.reportsLoaded(ev)
	case client.ReportClosed:
		c.reportClosed(ev)
	case client.ReportsFailed:
		c.reportsFailed(ev)
	case client.TimerFired:
		c.timerFired()
	default:
		c.takeFromPeople(ev)
	}
}

// takeFromPeople routes the events of the device, and of people and their composer.
func (c *Client) takeFromPeople(ev client.Event) {
	switch ev := ev.(type) {
	case client.Online:
		c.conn.DeviceOnline()
		c.wake()
	case client.Offline:
		c.conn.DeviceOffline()
	case client.Visible:
		c.hidden = false
		c.setUnread(0)
		c.wake()
	case client.Hidden:
		c.hidden = true
	case client.TryNow:
		c.wake()
	case client.SendText:
		c.sendText(ev)
	case client.Retry:
		c.outbox.Retry(ev.ID)
	case client.Discard:
		c.outbox.Discard(ev.ID)
	case client.TokenSource:
		c.conn.TokenSource(c.moderation.banned != nil)
	case client.SetOffline:
		c.cfg.Offline = ev.Mode
		c.step.Changed = true
	case client.Close:
		if !c.readDue().IsZero() {
			c.tellRead()
		}
		c.conn.End(client.StatusClosed, "")
	default:
		c.takeFromReader(ev)
	}
}

// takeFromReader routes what people do with the messages that they see.
func (c *Client) takeFromReader(ev client.Event) {
	switch ev := ev.(type) {
	case client.EditText:
		c.ask(change{kind: changeText, id: ev.ID, text: ev.Text})
	case client.Delete:
		c.ask(change{kind: changeDelete, id: ev.ID})
	case client.React:
		c.ask(change{kind: changeReaction, id: ev.ID, emoji: ev.Emoji, on: ev.On})
	case client.Pin:
		c.ask(change{kind: changePin, id: ev.ID, on: ev.On})
	case client.Moderate:
		c.queue(request{of: ofModerate, act: ev.Act, user: ev.User, frame: protocol.Moderate{
			Room: c.cfg.Room, Act: ev.Act, User: ev.User, ForMs: ev.For.Milliseconds(), Reason: protocol.CleanText(ev.Reason),
		}})
	case client.Report:
		c.queue(request{of: ofReport, id: ev.ID, frame: protocol.Report{
			Room: c.cfg.Room, ID: ev.ID, Reason: protocol.CleanText(ev.Reason),
		}})
	case client.SetRoom:
		c.queue(request{of: ofSettings, frame: protocol.Adjust{Room: c.cfg.Room, SlowModeS: ev.SlowModeS, Frozen: ev.Frozen}})
	case client.Review:
		c.openReview(ev.On)
	case client.ReviewMore:
		c.reviewMore()
	case client.ResolveReport:
		c.resolve(ev)
	case client.Typed:
		c.typed()
	case client.Seen:
		c.seen(ev.Seq)
	case client.Search:
		c.searchFor(protocol.CleanText(ev.Words))
	case client.SearchMore:
		c.searchMore()
	case client.LoadAround:
		c.loadAround(around{seq: ev.Seq, id: ev.ID})
	case client.LoadOlder:
		c.load(wantOlder)
	case client.LoadNewer:
		c.load(wantNewer)
	case client.LoadNewest:
		c.load(wantEnd)
	}
}

// wake tries at once what waits for a time.
func (c *Client) wake() {
	c.conn.Wake(c.moderation.banned != nil)
	if !c.sync.fetchAt.IsZero() {
		c.fetch()
	}
}

// tokenGot lets go on what waited for a token.
func (c *Client) tokenGot(ev client.TokenGot) {
	if !c.conn.TokenGot(ev) {
		return
	}
	if c.sync.needsToken {
		c.sync.needsToken = false
		c.fetch()
	}
	if c.search.needsToken {
		c.askFound()
	}
	if c.review.needsToken {
		c.askReview()
	}
}

// failTooLarge gives up what a relay must have closed the connection for.
func (c *Client) failTooLarge() {
	const reason = "the message is too large for the relay"
	if c.outbox.FailOldest(protocol.CodeTooLarge, reason) {
		return
	}
	if ch := c.changes.oldestWritten(); ch != nil {
		c.dropChange(ch, protocol.CodeTooLarge, reason)
	}
}

// A tokenWait is of what is asked for beside the connection, and may have its token
// refused.
type tokenWait struct {
	needsToken bool // it waits for a fresh token
	refusals   int  // tokens in a row that were refused
}

// waitsForToken has what was refused wait for a fresh token; false: too many were refused
// in a row.
func (c *Client) waitsForToken(w *tokenWait) bool {
	if w.refusals++; w.refusals >= step.RefusalsMax {
		return false
	}
	w.needsToken = true
	c.conn.TokenRefused()
	return true
}
