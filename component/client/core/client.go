package core

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/timeline"
	"hallway/protocol"
)

// The limits of the core.
const (
	// aheadMax is how many changes above a gap are remembered while it is filled;
	// beyond it they are fetched too.
	aheadMax = 1024
	// changesInFlightMax is how many changes are unanswered at a time.
	changesInFlightMax = 8
	// changeTriesMax is after how many connections without an answer a change is
	// dropped.
	changeTriesMax = 3
	// reviewPage is how many reports of the queue are asked for at a time.
	reviewPage = 50
	// requestsMax is how many acts, reports and changes of the room's settings may wait
	// for their answers; more are refused.
	requestsMax = 20
	// typistsMax is how many others are shown as writing.
	typistsMax = 20
)

// The times of a chat that the protocol leaves to the client.
const (
	// dialTimeout is how long a dial may take.
	dialTimeout = 10 * time.Second
	// answerTimeouts × timeout is how long welcome, joined or an echo may be
	// missing on a connection that is alive otherwise.
	answerTimeouts = 3
	// lateGrace is how late a timer may fire before the silence that it was to
	// judge is blamed on the timer.
	lateGrace = time.Second
	// refreshLead is how long before its expiry a token is refreshed, at most;
	// never earlier than after four fifths of its time.
	refreshLead = time.Minute
	// refusalsMax is how many tokens in a row may be refused before the chat stops.
	refusalsMax = 3
	// resendAfter is how long a refused send or change waits where the relay names no time.
	resendAfter = 500 * time.Millisecond
	// waitMax is how long a relay may have the chat wait: slow mode asks for no more.
	waitMax = protocol.SlowModeSMax * time.Second
	// requestTimeout is how long an answer may be missing to an act, a report or a change
	// of the room's settings: to clear takes its time.
	requestTimeout = 30 * time.Second
	// typingEvery is how often the relay is told that the user writes, at most.
	typingEvery = 3 * time.Second
	// typingShown is how long someone is shown as writing after word of it.
	typingShown = 6 * time.Second
	// readEvery is how often the relay is told how far the user has read, at most.
	readEvery = 2 * time.Second
)

// Client is one chat. It is not safe for concurrent use: one owner steps it.
type Client struct {
	cfg client.Config

	// Of the step under way.
	now     time.Time
	out     []client.Effect
	changed bool

	conn     connection
	auth     auth
	setup    setup
	sync     catchUp
	timeline *timeline.Timeline
	outbox   outbox
	tabs     tabs
	changes  changes
	reading  reading
	typing   typing
	search   search

	moderation moderation
	review     review

	me           protocol.User
	servesPinned bool // the relay has a list of pinned messages
	limits       protocol.Limits
	members      int64
	unread       int

	deviceOffline bool
	hidden        bool

	timerAt time.Time // of the last SetTimer; zero: none
	// Of the last Changed:
	told    client.Status
	retryAt time.Time
}

// New makes a chat that has not begun.
func New(cfg client.Config) *Client {
	if cfg.Offline == "" {
		cfg.Offline = client.OfflineQueue
	}
	return &Client{
		timeline: timeline.New(""),
		cfg:      cfg,
		limits:   protocol.Limits{TextBytes: protocol.TextBytesMax, FrameBytes: protocol.FrameBytesMax},
		conn:     connection{heartbeat: protocol.Heartbeat, timeout: protocol.Timeout},
	}
}

// Step takes one event at a time now, which must not lie before that of the
// last step, and returns what to do, in order.
func (c *Client) Step(now time.Time, ev client.Event) []client.Effect {
	c.now, c.out, c.changed = now, nil, false
	c.take(ev)
	c.finishDraining()
	c.flush()
	c.flushChanges()
	c.flushRequests()
	c.flushRead()
	c.tellPeers()
	if s := c.status(); s != c.told {
		c.told, c.changed = s, true
		c.statusChanged(s)
	}
	if at := c.nextTry(); !at.Equal(c.retryAt) {
		c.retryAt, c.changed = at, true
	}
	if c.changed {
		c.emit(client.Changed{})
	}
	c.setTimer()
	return c.out
}

func (c *Client) emit(e client.Effect) { c.out = append(c.out, e) }

func (c *Client) take(ev client.Event) {
	switch ev := ev.(type) {
	case client.Started:
		c.start(ev.Token)
	case client.OutboxLoaded:
		c.outboxLoaded(ev)
	case client.Owns:
		c.own(ev)
	case client.PeerSaid:
		c.heardFrom(ev.Note)
	case client.ItemSaved:
		c.itemStored(ev.ID, nil)
	case client.StorageFailed:
		c.itemStored(ev.ID, ev.Err)
	case client.TokenGot:
		c.tokenGot(ev)
	case client.Opened:
		c.opened(ev.Gen)
	case client.DialFailed:
		c.dialFailed(ev)
	case client.Received:
		c.received(ev)
	case client.Closed:
		c.closed(ev)
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

func (c *Client) takeFromPeople(ev client.Event) {
	switch ev := ev.(type) {
	case client.Online:
		c.deviceOffline = false
		c.wake()
	case client.Offline:
		c.deviceOffline = true
		c.lost()
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
		c.retry(ev.ID)
	case client.Discard:
		c.discard(ev.ID)
	case client.TokenSource:
		c.tokenSource()
	case client.SetOffline:
		c.cfg.Offline = ev.Mode
		c.changed = true
	case client.Close:
		if !c.readDue().IsZero() {
			c.tellRead()
		}
		c.end(client.StatusClosed, "")
	default:
		c.takeFromReader(ev)
	}
}

// takeFromReader takes what people do with the messages that they see.
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

func (c *Client) setUnread(n int) {
	if c.unread != n {
		c.unread, c.changed = n, true
	}
}

// setTimer makes the one timer follow the earliest deadline.
func (c *Client) setTimer() {
	var next time.Time
	for _, at := range c.deadlines() {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !next.Equal(c.timerAt) {
		c.timerAt = next
		c.emit(client.SetTimer{At: next})
	}
}

// deadlines are all times at which something is to be done; a zero one is none.
func (c *Client) deadlines() [15]time.Time {
	return [...]time.Time{
		c.conn.dialAt, c.conn.answerDue, c.conn.rejoinAt, c.heartbeatDue(), c.echoDue(),
		c.auth.askAt, c.sync.fetchAt, c.outbox.resendAt,
		c.changeDue(), c.changes.resumeAt, c.typistDue(), c.readDue(),
		c.sanctionEnds(), c.moderation.nextSendAt, c.moderation.giveUp,
	}
}

// due reports whether the time at has come, and by how much too late.
func (c *Client) due(at time.Time) (late time.Duration, ok bool) {
	if at.IsZero() || c.now.Before(at) {
		return 0, false
	}
	return c.now.Sub(at), true
}

// takeDue is due for a deadline that is over once it has come.
func (c *Client) takeDue(at *time.Time) bool {
	_, ok := c.due(*at)
	if ok {
		*at = time.Time{}
	}
	return ok
}

func (c *Client) timerFired() {
	c.timerAt = time.Time{}
	if c.takeDue(&c.conn.dialAt) {
		c.dial()
	}
	if c.takeDue(&c.conn.answerDue) {
		c.lost()
		c.unreached()
	}
	if c.takeDue(&c.conn.rejoinAt) {
		c.join()
	}
	if late, ok := c.due(c.heartbeatDue()); ok {
		c.beat(late)
	}
	if late, ok := c.due(c.echoDue()); ok {
		c.echoLate(late)
	}
	if c.takeDue(&c.auth.askAt) {
		c.askToken()
	}
	if c.takeDue(&c.sync.fetchAt) {
		c.fetch()
	}
	if late, ok := c.due(c.changeDue()); ok {
		c.changeLate(late)
	}
	if _, ok := c.due(c.typistDue()); ok {
		c.typistsLate()
	}
	c.sanctionsEnd()
	if c.takeDue(&c.moderation.giveUp) {
		c.requestsLost(false)
	}
	// flush and flushChanges, at the end of every step, go on where these are over.
	c.takeDue(&c.outbox.resendAt)
	c.takeDue(&c.changes.resumeAt)
	if c.takeDue(&c.moderation.nextSendAt) {
		c.changed = true
	}
}
